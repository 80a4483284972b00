/* field.js - an input with its label, and what is wrong with what is in it */

import { html } from "./html.js";

/** @param hint   what is said while nothing is wrong
 *  @param fault  what is wrong, or null
 *  @param rest   attributes of the input */
export function Field({ id, label, hint, fault, ...rest })
{
	return html`<div class="field">
		<label for=${id}>${label}</label>
		<input id=${id} type="text" autocomplete="off"
			aria-describedby=${hint || fault ? `${id}-hint` : undefined}
			aria-invalid=${fault ? "true" : undefined} ...${rest} />
		${(hint || fault) && html`<p class=${`hint ${fault ? "bad" : ""}`}
			id=${`${id}-hint`}>${fault ?? hint}</p>`}
	</div>`;
}

/** The same for a name to log in with. */
export function NameField(props)
{
	return html`<${Field} autocapitalize="none" spellcheck=${false} required
		maxlength="64" ...${props} />`;
}

export function Check({ label, ...rest })
{
	return html`<label class="check">
		<input type="checkbox" ...${rest} /><span>${label}</span>
	</label>`;
}

/** @param choices  value -> what it is called */
export function Choice({ id, label, value, choices, fault, ...rest })
{
	return html`<div class="field">
		<label for=${id}>${label}</label>
		<select id=${id} value=${value}
			aria-describedby=${fault ? `${id}-hint` : undefined}
			aria-invalid=${fault ? "true" : undefined} ...${rest}>
			${Object.entries(choices).map(([one, text]) => html`<option
				key=${one} value=${one} selected=${one === value}>
				${text}</option>`)}
		</select>
		${fault && html`<p class="hint bad" id=${`${id}-hint`}>${fault}</p>`}
	</div>`;
}

/** A form that opens below its title, and closes when it has worked.
 *
 * @param add  async (values of the inputs by their names) */
export function Adding({ title, submit, action, add, children })
{
	return html`<details class="adding">
		<summary>${title}</summary>
		<form aria-label=${title} onSubmit=${async (event) => {
			const form = event.target;

			event.preventDefault();
			if (!await action.run(() =>
				add(Object.fromEntries(new FormData(form)))))
				return;
			form.reset();
			form.parentElement.open = false;
		}}>
			${children}
			<div class="save">
				<button type="submit" class="primary"
					aria-disabled=${action.busy}>${submit}</button>
			</div>
		</form>
	</details>`;
}
