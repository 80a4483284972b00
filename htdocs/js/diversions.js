/* diversions.js - where the user's calls go instead, as a list to change */

import { useSignal } from "../vendor/signals.js";
import { useAction } from "./action.js";
import { model, saveDiversions } from "./app.js";
import { Save, useDraft } from "./draft.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { texts } from "./texts.js";

const t = texts.callSettings;

const MOST = 20;
const NEW = { when: "always", from: "all", to: "", priority: 0 };

function Choice({ label, value, words, onChoose })
{
	return html`<label class="field">${label}
		<select value=${value}
			onChange=${(event) => onChoose(event.target.value)}>
			${Object.entries(words).map(([name, text]) => html`<option
				key=${name} value=${name} selected=${name === value}>
				${text}</option>`)}
		</select>
	</label>`;
}

/** @param set  (changes) of this one; @param fault  what is wrong with `to` */
function Diversion({ item, i, set, remove, fault })
{
	const known = fault ? null : model.whoIs(item.to.trim())?.display_name;

	return html`<fieldset class="diversion">
		<legend class="spoken">${t.number(i + 1)}</legend>
		<${Choice} label=${t.when} value=${item.when} words=${t.whens}
			onChoose=${(when) => set({ when })} />
		<${Choice} label=${t.from} value=${item.from} words=${t.froms}
			onChoose=${(from) => set({ from })} />
		<label class="field to">${t.to}
			<input type="text" list="targets" maxlength="128" required
				autocomplete="off" autocapitalize="none"
				spellcheck=${false} value=${item.to}
				aria-invalid=${fault ? "true" : undefined}
				aria-describedby=${`to-${i}`}
				onInput=${(event) => set({ to: event.target.value })} />
		</label>
		<label class="field priority">${t.priority}
			<input type="number" inputmode="numeric" min="0" max="1000"
				step="1" required value=${item.priority}
				aria-describedby="priority-hint"
				onInput=${(event) => set({ priority:
					Number(event.target.value) })} />
		</label>
		<button type="button" class="ghost" title=${t.remove(i + 1)}
			aria-label=${t.remove(i + 1)} onClick=${remove}>
			<${Icon} name="bin" />
		</button>
		<p class=${`hint ${fault ? "bad" : ""}`} id=${`to-${i}`}>
			${fault ?? known}</p>
	</fieldset>`;
}

/** A list of diversions as a form.
 *
 * @param none      what is said when there is none
 * @param isPreset  whether they are not the user's own
 * @param place     of the list in what the API gets
 * @param save      async (items) */
export function DiversionsForm({ items: stored, none, isPreset, place, save,
	children })
{
	const action = useAction();
	const saved = useSignal(false);
	const draft = useDraft(stored, () => {
		saved.value = false;
		action.clear();
	});
	const items = draft.value;
	const set = (at) => (changes) => draft.edit(items.map((item, i) =>
		i === at ? { ...item, ...changes } : item));

	return html`<form class="diversions" aria-label=${t.diversions}
			onSubmit=${async (event) => {
				event.preventDefault();
				saved.value = await action.run(() => draft.save(
					(value) => save(value.map((item) =>
						({ ...item, to: item.to.trim() })))));
			}}>
		${children}
		${items.length === 0 && html`<p class="quiet">${none}</p>`}
		${isPreset && items.length > 0 && !draft.isDirty
			&& html`<p class="hint">${t.preset}</p>`}
		${items.map((item, i) => html`<${Diversion} key=${i} item=${item}
			i=${i} set=${set(i)}
			remove=${() => draft.edit(items.filter((_, at) => at !== i))}
			fault=${texts.fault(action.problem, `${place}/${i}/to`)} />`)}
		${items.length > 0 && html`<p class="hint" id="priority-hint">
			${t.priorityHint}</p>`}
		<datalist id="targets">
			${model.colleagues.value.map(model.people.get).map((one) =>
				html`<option key=${one.name} value=${one.number ?? one.name}>
					${one.display_name}</option>`)}
		</datalist>
		<${Save} draft=${draft} action=${action} saved=${saved.value}>
			<button type="button" disabled=${items.length >= MOST}
				onClick=${() => draft.edit([...items, NEW])}>
				<${Icon} name="plus" />${t.add}</button>
		<//>
	</form>`;
}

export function Diversions()
{
	const { diversions, inherited } = model.settings.value;

	return html`<${DiversionsForm} items=${diversions} none=${t.none}
			isPreset=${inherited.includes("diversions")} place="/items"
			save=${saveDiversions}>
		<h4>${t.diversions}</h4>
	<//>`;
}
