/* admin-groups.js - groups, and who belongs to them */

import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { adminApi } from "./admin-api.js";
import { Adding, Check, Choice, NameField } from "./field.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { goTo, linkTo } from "./place.js";
import { Removal } from "./removal.js";
import { isAdmin } from "./role.js";
import { useStored } from "./stored.js";
import { texts } from "./texts.js";

const t = texts.admin.groups;

const MOST = 100;		/* members that are drawn */
const OFFERED = 10;		/* users that a text may mean */

function List()
{
	const adding = useAction();
	const { value, action } = useStored(adminApi.groups);

	return html`<h2 id="admin-title" tabindex="-1">
			${texts.admin.views.groups}</h2>
		${isAdmin() && html`<${Adding} title=${t.add}
			submit=${t.addThis} action=${adding}
			add=${async ({ name }) => {
				await adminApi.addGroup(name);
				goTo("admin", "groups", name);
			}}>
			<${NameField} id="new-group" name="name" label=${t.name}
				hint=${t.nameHint}
				fault=${texts.fault(adding.problem, "/name")} />
			<${Failure} action=${adding} />
		<//>`}
		${value?.items.length === 0 && html`<p class="quiet">${t.none}</p>`}
		<ul class="people">
			${value?.items.map(({ name, count }) => html`<li key=${name}>
				<a class="person" href=${linkTo("admin", "groups", name)}>
					<${Icon} name="people" />
					<span class="name">${name}</span>
					<span class="meta">${t.count(count)}</span>
				</a></li>`)}
		</ul>
		<${Failure} action=${action} />`;
}

/** @param put   (member) how he belongs to it from now on
 *  @param drop  () he no longer does */
function Member({ member, put, drop })
{
	const action = useAction();
	const wish = useSignal(null);		/* until it is granted */
	const { user, joined } = member;
	const { kind, active } = wish.value ?? member;

	async function set(changes)
	{
		if (action.isBusy())
			return;
		wish.value = { kind, active, ...changes };
		await action.run(() => put(wish.peek()));
		wish.value = null;
	}

	return html`<li class="member">
		<a class="name" href=${linkTo("admin", "users", user)}>${user}</a>
		${!joined && html`<span class="tag">${t.out}</span>`}
		<select aria-label=${t.kindOf(user)} value=${kind}
			onChange=${(event) => set({ kind: event.target.value })}>
			${Object.entries(t.kinds).map(([one, text]) => html`<option
				key=${one} value=${one} selected=${one === kind}>
				${text}</option>`)}
		</select>
		<label class="check">
			<input type="checkbox" checked=${active}
				aria-label=${t.activeOf(user)}
				onChange=${(event) =>
					set({ active: event.target.checked })} />
			<span aria-hidden="true">${t.active}</span>
		</label>
		<button type="button" class="ghost" title=${t.drop(user)}
			aria-label=${t.drop(user)} aria-disabled=${action.busy}
			onClick=${() => action.run(drop)}>
			<${Icon} name="bin" /></button>
		<${Failure} action=${action} />
	</li>`;
}

function AddMember({ add })
{
	const action = useAction();
	const offered = useSignal([]);
	const missing = action.problem?.code === "not_found";

	async function offer(event)
	{
		const found = await adminApi.users(event.target.value.trim(), null,
			OFFERED).catch(() => ({ items: [] }));

		offered.value = found.items;
	}

	return html`<${Adding} title=${t.addMember} submit=${t.addThisMember}
		action=${action} add=${({ user, kind, active }) =>
			add(user, { kind, active: active === "on" })}>
		<div class="fields">
			<${NameField} id="new-member" name="user" label=${t.user}
				list="members-offered" onInput=${offer}
				fault=${missing ? t.noUser : null} />
			<datalist id="members-offered">
				${offered.value.map(({ name, display_name }) => html`<option
					key=${name} value=${name}>${display_name}</option>`)}
			</datalist>
			<${Choice} id="new-member-kind" name="kind" label=${t.kind}
				choices=${t.kinds} />
		</div>
		<${Check} name="active" label=${t.active} defaultChecked />
		${!missing && html`<${Failure} action=${action} />`}
	<//>`;
}

/** The group with this member as he now is, or without him. */
function withMember(group, user, member)
{
	const others = group.members.filter((one) => one.user !== user);

	return { ...group, members: (member ? [...others, member] : others)
		.sort((a, b) => a.user < b.user ? -1 : 1) };
}

function Members({ group, change })
{
	const filter = useSignal("");
	const found = group.members.filter(({ user }) =>
		user.startsWith(filter.value.trim().toLowerCase()));
	const put = (user, member) => change(async () => withMember(group, user,
		await adminApi.putMember(group.name, user, member)));
	const drop = (user) => change(async () => {
		await adminApi.removeMember(group.name, user);
		return withMember(group, user);
	});

	return html`<section aria-labelledby="members-title">
		<div class="card-head">
			<h3 id="members-title">${t.members}</h3>
			<div class="filter">
				<${Icon} name="search" />
				<input type="search" aria-label=${t.filter}
					placeholder=${t.filter} value=${filter.value}
					onInput=${(event) => {
						filter.value = event.target.value;
					}} />
			</div>
		</div>
		${group.members.length === 0 && html`<p class="quiet">
			${t.noMembers}</p>`}
		<ul>
			${found.slice(0, MOST).map((member) => html`<${Member}
				key=${member.user} member=${member}
				put=${(how) => put(member.user, how)}
				drop=${() => drop(member.user)} />`)}
		</ul>
		<p class="hint" role="status">${found.slice(0, MOST).length
			< group.members.length && t.shown(
			Math.min(found.length, MOST), group.members.length)}</p>
		<${AddMember} add=${put} />
	</section>`;
}

function Group({ name })
{
	const removing = useAction();
	const { value: group, change, action }
		= useStored(() => adminApi.group(name));

	return html`<p><a href=${linkTo("admin", "groups")}>${t.all}</a></p>
		<h2 id="admin-title" tabindex="-1"><bdi>${t.group(name)}</bdi></h2>
		<${Failure} action=${action} />
		${group && html`<${Members} group=${group} change=${change} />
			${isAdmin() && html`<${Removal} label=${t.remove(name)}
				question=${t.removeAsk(name)} yes=${texts.admin.yes}
				action=${removing} remove=${async () => {
					await adminApi.removeGroup(name);
					goTo("admin", "groups");
				}} />`}
			<${Failure} action=${removing} />`}`;
}

/** @param path  [name of the group] or [] */
export function Groups({ path: [name] })
{
	return name ? html`<${Group} key=${name} name=${name} />`
		: html`<${List} />`;
}
