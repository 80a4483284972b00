/* admin-login.js - whether and how a user logs in, and where he has */

import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { adminApi } from "./admin-api.js";
import { api } from "./api.js";
import { model } from "./app.js";
import { html } from "./html.js";
import { PasswordField } from "./password.js";
import { Removal } from "./removal.js";
import { Session } from "./sessions.js";
import { useStored } from "./stored.js";
import { texts } from "./texts.js";

const t = texts.admin.users;

/** @param change  of useStored() */
export function Disabled({ user, change })
{
	const action = useAction();
	const wish = useSignal(null);		/* until it is granted */

	return html`<div>
		<label class="check">
			<input type="checkbox" role="switch"
				checked=${wish.value ?? user.disabled}
				onChange=${async (event) => {
					wish.value = event.target.checked;
					await action.run(() => change(() =>
						adminApi.disableUser(user.name, wish.peek())));
					wish.value = null;
				}} />
			<span>${t.disabled}</span>
		</label>
		<${Failure} action=${action} />
	</div>`;
}

/** He has lost it. */
function SecondFactor({ user, change })
{
	const action = useAction();

	return html`<p class="hint">${t.totp}</p>
		<${Removal} label=${t.removeTotp} question=${t.removeTotpAsk}
			yes=${t.removeTotpYes} action=${action}
			remove=${() => change(async () => {
				await adminApi.removeTotp(user.name);
				return { ...user, totp: false };
			})} />
		<${Failure} action=${action} />`;
}

export function Logins({ user, change })
{
	const load = () => adminApi.sessions(user.name);
	const { value, change: changeLogins, action } = useStored(load);
	const own = model.session.value?.id;

	return html`<section aria-labelledby="logins-title">
		<h3 id="logins-title">${t.logins}</h3>
		${value?.items.length === 0 && html`<p class="quiet">
			${t.noLogins}</p>`}
		<ul class="entries">
			${value?.items.map((session) => html`<${Session}
				key=${session.id}
				session=${{ ...session, current: session.id === own }}
				end=${() => changeLogins(async () => {
					await adminApi.endSession(user.name, session.id);
					return load();
				})} />`)}
		</ul>
		${user.totp && html`<${SecondFactor} user=${user}
			change=${change} />`}
		<${Failure} action=${action} />
	</section>`;
}

/** All that is wrong with it, or null. */
function faults(problem, policy)
{
	const found = problem?.errors?.map(({ code }) =>
		texts.password.faults[code]?.(policy) ?? code);

	return found?.length ? found.join(" ") : null;
}

export function Password({ user, change })
{
	const action = useAction();
	const { value: known, action: loading } = useStored(api.password);
	const fresh = useSignal("");
	const saved = useSignal(false);
	const wrong = known && faults(action.problem, known.policy);

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
		<${Failure} action=${loading} />
		${known && html`<form aria-label=${t.setPassword} onSubmit=${set}>
			<${PasswordField} id="user-password" label=${t.fresh} isNew
				value=${fresh} fault=${wrong}
				hint=${texts.password.policy(known.policy)} />
			<div class="save">
				<button type="submit" aria-disabled=${action.busy}>
					${t.setPassword}</button>
				<span role="status">${saved.value ? t.passwordSet
					: null}</span>
			</div>
			${!wrong && html`<${Failure} action=${action} />`}
		</form>`}
	</section>`;
}
