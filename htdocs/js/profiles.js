/* profiles.js - which list of contacts this login uses, and what is done with
 * the list */

import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { say } from "./announcer.js";
import { api, vcardsUrl } from "./api.js";
import { model } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Removal } from "./removal.js";
import { texts } from "./texts.js";

const t = texts.favourites;

/** Which one; the list follows by events. */
export function ProfileChoice({ action })
{
	const all = model.profileList.value;
	const choose = (event) => action.run(() =>
		api.selectProfile(event.target.value));

	return html`<select class="profile" aria-label=${t.profile}
			value=${model.profile.value} onChange=${choose}>
		${all.map(({ id, name }) => html`<option key=${id} value=${id}
			selected=${id === model.profile.value}>${name}</option>`)}
	</select>`;
}

/** Another name for this one, or a new one of that name. */
function Name({ profile, action })
{
	const name = useSignal(null);
	const text = name.value ?? profile.name;

	async function add()
	{
		const made = await api.addProfile(text.trim());

		model.putProfile(made);
		await api.selectProfile(made.id);
		name.value = null;
	}

	async function rename()
	{
		model.putProfile(await api.renameProfile(profile, text.trim()));
		name.value = null;
	}

	return html`<form class="profile-name" onSubmit=${(event) => {
		event.preventDefault();
		action.run(rename);
	}}>
		<label class="field">${t.name}
			<input type="text" maxlength="64" required dir="auto"
				autocomplete="off" value=${text}
				onInput=${(event) => { name.value = event.target.value; }} />
		</label>
		<div class="buttons">
			<button type="submit" aria-disabled=${action.busy}
				disabled=${text.trim() === profile.name}>
				${t.rename}</button>
			<button type="button" aria-disabled=${action.busy}
				disabled=${text.trim() === profile.name}
				onClick=${() => action.run(add)}>${t.addProfile}</button>
		</div>
	</form>`;
}

/** What was read of a file, and what was not. */
function Outcome({ outcome })
{
	if (!outcome)
		return null;
	return html`<div role="status">
		<p>${t.added(outcome.added)}</p>
		${outcome.left_out.length > 0 && html`<details>
			<summary>${t.leftOut(outcome.left_out.length)}</summary>
			<ul>${outcome.left_out.map((one, i) => html`<li key=${i}>
				<bdi>${one.name || t.nameless}</bdi>: ${t.what[one.what]},
				${" "}${t.code[one.code]}</li>`)}</ul>
		</details>`}
	</div>`;
}

function Vcards({ profile, action })
{
	const outcome = useSignal(null);

	async function read(event)
	{
		const [file] = event.target.files;

		event.target.value = "";
		outcome.value = null;
		if (file)
			await action.run(async () => {
				outcome.value = await api.importContacts(profile.id,
					file);
				say(t.added(outcome.value.added));
			});
	}

	return html`<div class="vcards">
		<label class="field">${t.read}
			<input type="file" accept=".vcf,text/vcard" onChange=${read}
				disabled=${action.busy} />
		</label>
		<a class="button" href=${vcardsUrl(profile.id)}
			download="contacts.vcf">${t.write}</a>
	</div>
	<${Outcome} outcome=${outcome.value} />`;
}

export function ProfileTools()
{
	const action = useAction();
	const profile = model.profiles.get(model.profile.value);

	if (!profile)
		return null;
	return html`<div class="profile-tools" id="profile-tools" role="group"
			aria-label=${t.tools(profile.name)}>
		<${Name} key=${profile.id} profile=${profile} action=${action} />
		<${Removal} key=${`r${profile.id}`} label=${t.removeProfile}
			question=${t.removeProfileAsk(profile.name)} yes=${t.remove}
			disabled=${model.profileList.value.length < 2}
			action=${action}
			remove=${() => api.removeProfile(profile.id)} />
		<${Vcards} key=${`v${profile.id}`} profile=${profile}
			action=${action} />
		<${Failure} action=${action} />
	</div>`;
}

/** Opens and closes them. */
export function ToolsButton({ isOpen })
{
	return html`<button type="button" class="ghost" title=${t.manage}
		aria-label=${t.manage} aria-expanded=${isOpen.value}
		aria-controls="profile-tools"
		onClick=${() => { isOpen.value = !isOpen.value; }}>
		<${Icon} name="settings" />
	</button>`;
}
