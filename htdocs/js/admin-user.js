/* admin-user.js - one user: what he is, his password, his end */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { adminApi } from "./admin-api.js";
import { Devices } from "./admin-devices.js";
import { api } from "./api.js";
import { moment } from "./clock.js";
import { Save, useDraft } from "./draft.js";
import { Check, Field } from "./field.js";
import { html } from "./html.js";
import { PasswordField } from "./password.js";
import { goTo, linkTo } from "./place.js";
import { Removal } from "./removal.js";
import { useStored } from "./stored.js";
import { texts } from "./texts.js";

const t = texts.admin.users;

/** What the form changes. */
function shown({ number, display_name, admin, disabled })
{
	return { number: number ?? "", display_name, admin, disabled };
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
	const tick = (name) => (event) =>
		draft.edit({ [name]: event.target.checked });

	return html`<form aria-label=${t.user(user.name)}
			onSubmit=${async (event) => {
				event.preventDefault();
				saved.value = await action.run(() => draft.save((value) =>
					change(() => adminApi.putUser(user, value))));
			}}>
		<div class="fields">
			<${Field} id="user-number" label=${t.number} maxlength="15"
				inputmode="numeric" hint=${t.numberHint}
				value=${draft.value.number} onInput=${edit("number")}
				fault=${fault("number")} />
			<${Field} id="user-display-name" label=${t.displayName}
				maxlength="128" dir="auto" hint=${t.displayNameHint}
				value=${draft.value.display_name}
				onInput=${edit("display_name")}
				fault=${fault("display_name")} />
		</div>
		<${Check} label=${t.admin} checked=${draft.value.admin}
			onChange=${tick("admin")} />
		<${Check} label=${t.disabled} checked=${draft.value.disabled}
			onChange=${tick("disabled")} />
		<${Save} draft=${draft} action=${action} saved=${saved.value} />
	</form>`;
}

/** All that is wrong with it, or null. */
function faults(problem, policy)
{
	const found = problem?.errors?.map(({ code }) =>
		texts.password.faults[code]?.(policy) ?? code);

	return found?.length ? found.join(" ") : null;
}

function Password({ user, change })
{
	const action = useAction();
	const policy = useSignal(null);
	const fresh = useSignal("");
	const saved = useSignal(false);
	const wrong = faults(action.problem, policy.value);

	useEffect(() => {
		action.run(async () => {
			policy.value = (await api.password()).policy;
		});
	}, []);

	async function set(event)
	{
		event.preventDefault();
		saved.value = await action.run(() => change(async () => {
			await adminApi.setPassword(user.name, fresh.peek());
			return adminApi.user(user.name);
		}));
		if (saved.peek())
			fresh.value = "";
	}

	return html`<section aria-labelledby="user-password-title">
		<h3 id="user-password-title">${t.password}</h3>
		<p class="hint">${user.password ? t.passwordIs
			: t.passwordIsNot}</p>
		<form aria-label=${t.setPassword} onSubmit=${set}>
			<${PasswordField} id="user-password" label=${t.fresh} isNew
				value=${fresh} fault=${wrong}
				hint=${policy.value
					&& texts.password.policy(policy.value)} />
			<div class="save">
				<button type="submit" aria-disabled=${action.busy}>
					${t.setPassword}</button>
				<span role="status">${saved.value ? t.passwordSet
					: null}</span>
			</div>
			${!wrong && html`<${Failure} action=${action} />`}
		</form>
	</section>`;
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
			<${Password} user=${user} change=${change} />
			<${Devices} user=${name} />
			<${End} user=${user} />`}`;
}
