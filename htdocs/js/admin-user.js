/* admin-user.js - one user: what he is, and his end */

import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { adminApi } from "./admin-api.js";
import { Devices } from "./admin-devices.js";
import { Disabled, Logins, Password } from "./admin-login.js";
import { moment } from "./clock.js";
import { Save, useDraft } from "./draft.js";
import { Choice, Field } from "./field.js";
import { html } from "./html.js";
import { goTo, linkTo } from "./place.js";
import { Removal } from "./removal.js";
import { isAdmin, mayHelp } from "./role.js";
import { useStored } from "./stored.js";
import { texts } from "./texts.js";

const t = texts.admin.users;

/** What the form changes. */
function shown({ number, display_name, role })
{
	return { number: number ?? "", display_name, role };
}

/** @param change  of useStored() */
function Details({ user, change })
{
	const action = useAction();
	const saved = useSignal(false);
	const draft = useDraft(shown(user), () => {
		saved.value = false;
		action.clear();
	});
	const fault = (name) => texts.fault(action.problem, `/${name}`);
	const edit = (name) => (event) =>
		draft.edit({ [name]: event.target.value });

	return html`<form aria-label=${t.user(user.name)}
			onSubmit=${async (event) => {
				event.preventDefault();
				saved.value = await action.run(() => draft.save((value) =>
					change(() => adminApi.putUser(user, { ...value,
						disabled: user.disabled }))));
			}}>
		<fieldset class="fields" disabled=${!isAdmin()}>
			<${Field} id="user-number" label=${t.number} maxlength="15"
				inputmode="numeric" hint=${t.numberHint}
				value=${draft.value.number} onInput=${edit("number")}
				fault=${fault("number")} />
			<${Field} id="user-display-name" label=${t.displayName}
				maxlength="128" dir="auto" hint=${t.displayNameHint}
				value=${draft.value.display_name}
				onInput=${edit("display_name")}
				fault=${fault("display_name")} />
			<${Choice} id="user-role" label=${t.role} choices=${t.roles}
				value=${draft.value.role} onChange=${edit("role")} />
		</fieldset>
		${isAdmin() && html`<${Save} draft=${draft} action=${action}
			saved=${saved.value} />`}
	</form>`;
}

function End({ user })
{
	const action = useAction();

	return html`<section aria-label=${texts.admin.delete}>
		<${Removal} label=${t.remove(user.name)}
			question=${t.removeAsk(user.name)} yes=${texts.admin.yes}
			action=${action} remove=${async () => {
				await adminApi.removeUser(user.name);
				goTo("admin", "users");
			}} />
		<${Failure} action=${action} />
	</section>`;
}

export function User({ name })
{
	const { value: user, change, action }
		= useStored(() => adminApi.user(name));

	return html`<p><a href=${linkTo("admin", "users")}>${t.all}</a></p>
		<h2 id="admin-title" tabindex="-1"><bdi>${t.user(name)}</bdi></h2>
		<${Failure} action=${action} />
		${user && html`<p class="hint">
				${t.facts(user, moment(user.created))}</p>
			<${Details} user=${user} change=${change} />
			${mayHelp(user) ? html`
				<${Disabled} user=${user} change=${change} />
				${!user.disabled && html`<${Logins} user=${user}
					change=${change} />`}
				<${Password} user=${user} change=${change} />`
				: html`<p class="hint">${t.adminOnly}</p>`}
			<${Devices} user=${user} />
			${isAdmin() && html`<${End} user=${user} />`}`}`;
}
