/* draft.js - a form that follows what is stored until the user changes it */

import { useSignal } from "../vendor/signals.js";
import { Failure } from "./action.js";
import { Problem } from "./api.js";
import { html } from "./html.js";
import { texts } from "./texts.js";

const t = texts.callSettings;

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * @param stored  what is stored now: an object or a list
 * @param onEdit  () the user changes something
 * @return {value, isDirty, isStale, edit, drop, save}; edit(changes) takes
 *         some members, or a whole list; save(put) awaits put(value), but
 *         throws a Problem when somebody else was faster
 */
export function useDraft(stored, onEdit)
{
	const draft = useSignal(null);		/* {base, value} once changed */
	const { base, value } = draft.value ?? { base: stored, value: stored };
	const isStale = !same(base, stored);

	return {
		value,
		isDirty: !same(value, stored),
		isStale,
		edit(changes)
		{
			const now = draft.peek() ?? { base: stored, value: stored };

			draft.value = { base: now.base, value: Array.isArray(changes)
				? changes : { ...now.value, ...changes } };
			onEdit();
		},
		drop: () => { draft.value = null; },
		async save(put)
		{
			if (isStale)
				throw new Problem({ code: "version_changed" });
			await put(value);
			draft.value = null;
		},
	};
}

/** The end of a form: its button, what came of it; other buttons first. */
export function Save({ draft, action, saved, children })
{
	return html`<div class="save">
		${children}
		<button type="submit" class=${draft.isDirty ? "primary" : ""}
			disabled=${!draft.isDirty && !action.busy}
			aria-disabled=${action.busy}>${t.save}</button>
		<span role="status">${saved && !draft.isDirty ? t.saved : null}</span>
	</div>
	${draft.isStale && html`<p class="notice notice-warn" role="status">
		<span>${t.stale}</span>
		<button type="button" class="plain" onClick=${() => {
			action.clear();
			draft.drop();
		}}>${t.reload}</button>
	</p>`}
	<${Failure} action=${action} />`;
}
