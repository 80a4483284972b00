/* stored.js - an object of the server that is shown and changed, by a form */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { useAction } from "./action.js";
import { Save, useDraft } from "./draft.js";
import { html } from "./html.js";
import { isAdmin } from "./role.js";
import { texts } from "./texts.js";

/**
 * @param load  async () -> the object
 * @return {value, change, action}; value is null until it is there, action
 *         tells why not. change(ask) takes what ask() answers; who was slower
 *         than somebody else takes what is stored, and it throws.
 */
export function useStored(load)
{
	const action = useAction();
	const value = useSignal(null);
	const reload = async () => { value.value = await load(); };

	useEffect(() => { action.run(reload); }, []);
	return {
		value: value.value,
		action,
		async change(ask)
		{
			try {
				value.value = await ask();
			} catch (problem) {
				if (problem.code === "version_changed")
					await reload();
				throw problem;
			}
		},
	};
}

/**
 * A form for some members of it; operators see what is in it.
 *
 * @param stored    the members as they are stored
 * @param put       async (the members as they shall be)
 * @param children  (text, tick) -> the inputs; text(name) and tick(name) are
 *                  the attributes of the one for that member, and what is
 *                  wrong at `pointer` or /name
 */
export function StoredForm({ title, stored, put, children })
{
	const action = useAction();
	const saved = useSignal(false);
	const draft = useDraft(stored, () => {
		saved.value = false;
		action.clear();
	});
	const text = (name, pointer = `/${name}`) => ({
		value: draft.value[name],
		fault: texts.fault(action.problem, pointer),
		onInput: (event) => draft.edit({ [name]: event.target.value }),
	});
	const tick = (name) => ({
		checked: draft.value[name],
		onChange: (event) => draft.edit({ [name]: event.target.checked }),
	});

	return html`<form aria-label=${title} onSubmit=${async (event) => {
		event.preventDefault();
		saved.value = await action.run(() => draft.save(put));
	}}>
		<fieldset class="fields" disabled=${!isAdmin()}>
			${children(text, tick)}
		</fieldset>
		${isAdmin() && html`<${Save} draft=${draft} action=${action}
			saved=${saved.value} />`}
	</form>`;
}
