/* visibility.js - whom the user lets see what of him, as a table to change */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { api } from "./api.js";
import { loadVisibility, model, saveVisibility } from "./app.js";
import { Save, useDraft } from "./draft.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { texts } from "./texts.js";

const t = texts.visibility;

const RIGHTS = ["visible", "online", "presence", "note", "on_phone", "calls",
	"ids"];
const MOST = 200;
const PREFIXES = { user: "user:", group: "group:", domain: "@", others: "@" };

/** "user:bob" -> "Bob Brown" */
function viewerText(viewer)
{
	if (viewer === "@")
		return t.others;
	if (viewer.startsWith("user:"))
		return model.nameOf(viewer.slice("user:".length));
	if (viewer.startsWith("group:"))
		return t.group(viewer.slice("group:".length));
	return t.domain(viewer.slice(1));
}

function rightsText(rights)
{
	return rights.map((right) => t.rights[right]).join(", ") || t.nothing;
}

/** @param set  (rights); null for a row that only shows */
function Entry({ item, set, remove })
{
	const who = viewerText(item.for);
	const has = (right) => item.rights.includes(right);

	return html`<tr>
		<th scope="row">${who}</th>
		${RIGHTS.map((right) => html`<td key=${right}>
			<input type="checkbox" checked=${has(right)} disabled=${!set}
				aria-label=${t.lets(who, t.rights[right])}
				onChange=${() => set(RIGHTS.filter((one) =>
					has(one) !== (one === right)))} />
		</td>`)}
		<td>${remove && html`<button type="button" class="ghost"
			title=${t.remove(who)} aria-label=${t.remove(who)}
			onClick=${remove}><${Icon} name="bin" /></button>`}</td>
	</tr>`;
}

/** Chooses whom a new entry is for. @param add  (viewer) */
function Add({ taken, add, full })
{
	const kind = useSignal("user");
	const name = useSignal("");
	const needsName = kind.value !== "others";
	const viewer = PREFIXES[kind.value]
		+ (needsName ? name.value.trim().toLowerCase() : "");

	return html`<div class="add-viewer">
		<label class="field">${t.whom}
			<select value=${kind.value}
				onChange=${(event) => { kind.value = event.target.value; }}>
				${Object.keys(PREFIXES).map((one) => html`<option key=${one}
					value=${one} selected=${one === kind.value}>
					${t.kinds[one]}</option>`)}
			</select>
		</label>
		${needsName && html`<label class="field">${t.name}
			<input type="text" list=${`viewers-${kind.value}`}
				maxlength="253" autocomplete="off" autocapitalize="none"
				spellcheck=${false} value=${name.value}
				onInput=${(event) => { name.value = event.target.value; }} />
		</label>`}
		<datalist id="viewers-user">
			${model.colleagues.value.map(model.people.get).map((one) =>
				html`<option key=${one.name} value=${one.name}>
					${one.display_name}</option>`)}
		</datalist>
		<datalist id="viewers-group">
			${model.groups.value?.map((one) => html`<option key=${one.name}
				value=${one.name} />`)}
		</datalist>
		<button type="button" disabled=${full || taken.includes(viewer)
				|| (needsName && name.value.trim() === "")}
			onClick=${() => {
				add(viewer);
				name.value = "";
			}}><${Icon} name="plus" />${t.add}</button>
	</div>`;
}

/** What one colleague sees, as it is stored now. */
function Preview()
{
	const action = useAction();
	const user = useSignal("");
	const found = useSignal(null);
	const { version } = model.visibility.value;

	useEffect(() => {
		found.value = null;
		if (user.value !== "")
			action.run(async () => {
				found.value = await api.previewVisibility(user.peek());
			});
	}, [user.value, version]);

	return html`<div class="preview">
		<label class="field">${t.preview}
			<select value=${user.value}
				onChange=${(event) => { user.value = event.target.value; }}>
				<option value="">${t.nobody}</option>
				${model.colleagues.value.map((name) => html`<option
					key=${name} value=${name}
					selected=${name === user.value}>
					${model.nameOf(name)}</option>`)}
			</select>
		</label>
		<p role="status">${found.value && html`<b>${
			t.sees(model.nameOf(found.value.user),
				rightsText(found.value.rights))}</b>${" "}
			${t.by(found.value.by.map(viewerText).join(", "))}`}</p>
		<${Failure} action=${action} />
	</div>`;
}

/** @param others  entries that are only shown
 *  @param edit    (items); undefined when none is changed */
export function VisibilityTable({ items, others = [], edit })
{
	return html`<div class="scroll" tabindex="0" role="region"
			aria-label=${t.entries}><table class="visibility">
		<thead><tr>
			<th scope="col">${t.whom}</th>
			${RIGHTS.map((right) => html`<th scope="col" key=${right}>
				${t.rights[right]}</th>`)}
			<th><span class="spoken">${t.change}</span></th>
		</tr></thead>
		<tbody>
			${items.map((item, i) => html`<${Entry} key=${item.for}
				item=${item}
				set=${edit && ((rights) => edit(items.map((one, at) =>
					at === i ? { ...one, rights } : one)))}
				remove=${edit && (() => edit(items.filter((_, at) =>
					at !== i)))} />`)}
			${others.map((item) => html`<${Entry} key=${`preset ${item.for}`}
				item=${item} />`)}
		</tbody>
	</table></div>`;
}

/** @param preset  what counts besides
 *  @param save    async (items) */
export function VisibilityForm({ title, items, preset = [], save })
{
	const action = useAction();
	const saved = useSignal(false);
	const draft = useDraft(items, () => {
		saved.value = false;
		action.clear();
	});
	const others = preset.filter((one) =>
		!draft.value.some((item) => item.for === one.for));

	return html`<form aria-label=${title} onSubmit=${async (event) => {
			event.preventDefault();
			saved.value = await action.run(() => draft.save(save));
		}}>
		<p class="hint">${t.hint}</p>
		<${VisibilityTable} items=${draft.value} others=${others}
			edit=${draft.edit} />
		${others.length > 0 && html`<p class="hint">${t.preset}</p>`}
		<${Add} taken=${draft.value.map((item) => item.for)}
			full=${draft.value.length >= MOST}
			add=${(viewer) => draft.edit([...draft.value,
				{ for: viewer, rights: [] }])} />
		<${Save} draft=${draft} action=${action} saved=${saved.value} />
	</form>`;
}

export function Visibility()
{
	const action = useAction();
	const known = model.visibility.value;

	useEffect(() => {
		action.run(loadVisibility);
	}, []);

	return html`<section class="visibility-settings"
			aria-labelledby="visibility-title">
		<h3 id="visibility-title">${t.title}</h3>
		${known && html`<${VisibilityForm} title=${t.title}
				items=${known.items} preset=${known.preset}
				save=${saveVisibility} />
			<${Preview} />`}
		<${Failure} action=${action} />
	</section>`;
}
