/* admin-users.js - all users: found by name or number, and new ones */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { adminApi } from "./admin-api.js";
import { User } from "./admin-user.js";
import { Adding, Choice, Field, NameField } from "./field.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { PageEnd, usePages } from "./pages.js";
import { Avatar } from "./person.js";
import { goTo, linkTo } from "./place.js";
import { isAdmin } from "./role.js";
import { texts } from "./texts.js";

const t = texts.admin.users;

const TYPING_MS = 200;

function AddUser()
{
	const action = useAction();
	const fault = (name) => texts.fault(action.problem, `/${name}`);

	return html`<${Adding} title=${t.add} submit=${t.add} action=${action}
		add=${async (values) => {
			await adminApi.addUser(values);
			goTo("admin", "users", values.name);
		}}>
		<div class="fields">
			<${NameField} id="new-user" name="name" label=${t.name}
				hint=${t.nameHint} fault=${fault("name")} />
			<${Field} id="new-number" name="number" label=${t.number}
				inputmode="numeric" required maxlength="15"
				hint=${t.numberHint} fault=${fault("number")} />
			<${Field} id="new-display-name" name="display_name"
				label=${t.displayName} required maxlength="128" dir="auto"
				hint=${t.displayNameHint}
				fault=${fault("display_name")} />
			<${Choice} id="new-role" name="role" label=${t.role}
				choices=${t.roles} />
		</div>
		<${Failure} action=${action} />
	<//>`;
}

/** What is special about him. */
function tagsOf({ role, disabled, number, password })
{
	return [t.short[role], disabled && t.isDisabled,
		number === null && t.noNumber, !password && t.noPassword]
		.filter(Boolean);
}

function Row({ user })
{
	const { name, number, display_name } = user;

	return html`<li>
		<a class="person" href=${linkTo("admin", "users", name)}>
			<${Avatar} name=${display_name} id=${name} />
			<span class="person-text">
				<bdi class="name">${display_name}</bdi>
				<span class="meta">${name}${" "}
					<span class="number">${number}</span></span>
			</span>
			${tagsOf(user).map((tag) => html`<span class="tag" key=${tag}>
				${tag}</span>`)}
		</a>
	</li>`;
}

/** Those that begin so. Another text is another list. */
function Found({ q })
{
	const pages = usePages((after) => adminApi.users(q, after));

	return html`<ul class="people">
			${pages.items?.map((user) => html`<${Row} key=${user.name}
				user=${user} />`)}
		</ul>
		<${PageEnd} pages=${pages} none=${texts.admin.noMatch} />`;
}

function List()
{
	const typed = useSignal("");
	const q = useSignal("");

	useEffect(() => {
		const timer = setTimeout(() => { q.value = typed.peek().trim(); },
			TYPING_MS);

		return () => clearTimeout(timer);
	}, [typed.value]);

	return html`<div class="card-head">
			<h2 id="admin-title" tabindex="-1">
				${texts.admin.views.users}</h2>
			<div class="filter">
				<${Icon} name="search" />
				<input type="search" aria-label=${t.search}
					placeholder=${t.search} value=${typed.value}
					onInput=${(event) => {
						typed.value = event.target.value;
					}} />
			</div>
		</div>
		${isAdmin() && html`<${AddUser} />`}
		<${Found} key=${q.value} q=${q.value} />`;
}

/** @param path  [name of the user] or [] */
export function Users({ path: [name] })
{
	return name ? html`<${User} key=${name} name=${name} />`
		: html`<${List} />`;
}
