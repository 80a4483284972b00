/* admin-user.js - one user: what he is, and his end */

import { Failure, useAction } from "./action.js";
import { adminApi } from "./admin-api.js";
import { Devices } from "./admin-devices.js";
import { Disabled, Logins, Password } from "./admin-login.js";
import { moment } from "./clock.js";
import { Choice, Field } from "./field.js";
import { html } from "./html.js";
import { goTo, linkTo } from "./place.js";
import { Removal } from "./removal.js";
import { isAdmin, mayHelp } from "./role.js";
import { StoredForm, useStored } from "./stored.js";
import { texts } from "./texts.js";

const t = texts.admin.users;

/** @param change  of useStored() */
function Details({ user, change })
{
	const { value: templates } = useStored(adminApi.templates);
	const { number, display_name, role, disabled, template } = user;
	const names = (templates?.items ?? []).map(({ name }) => name);

	return html`<${StoredForm} title=${t.user(user.name)}
		stored=${{ number: number ?? "", display_name, role,
			template: template ?? "" }}
		put=${(value) => change(() => adminApi.putUser(user, { ...value,
			template: value.template || null, disabled }))}>
		${(text) => html`
			<${Field} id="user-number" label=${t.number} maxlength="15"
				inputmode="numeric" hint=${t.numberHint}
				...${text("number")} />
			<${Field} id="user-display-name" label=${t.displayName}
				maxlength="128" dir="auto" hint=${t.displayNameHint}
				...${text("display_name")} />
			<${Choice} id="user-role" label=${t.role} choices=${t.roles}
				...${text("role")} />
			<${Choice} id="user-template" label=${t.template}
				choices=${{ "": t.noTemplate, ...Object.fromEntries(
					names.map((one) => [one, one])) }}
				...${text("template")} />`}
	<//>`;
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
