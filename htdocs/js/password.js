/* password.js - the user changes his password */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { api } from "./api.js";
import { html } from "./html.js";
import { texts } from "./texts.js";

const t = texts.password;

/** A password in a form; `fault` says what is wrong with it. */
export function PasswordField({ id, label, value, hint, fault, isNew })
{
	return html`<div class="field">
		<label for=${id}>${label}</label>
		<input id=${id} type="password" required maxlength="255"
			autocomplete=${isNew ? "new-password" : "current-password"}
			value=${value.value}
			aria-describedby=${hint || fault ? `${id}-hint` : undefined}
			aria-invalid=${fault ? "true" : undefined}
			onInput=${(event) => { value.value = event.target.value; }} />
		${(hint || fault) && html`<p class=${`hint ${fault ? "bad" : ""}`}
			id=${`${id}-hint`}>${fault ?? hint}</p>`}
	</div>`;
}

/** What the change costs, before it is made. */
function Losing({ devices })
{
	if (devices.length === 0)
		return null;
	return html`<div class="losing">
		<p class="hint warn">${t.losing}</p>
		<ul>
			${devices.map((device) => html`<li key=${device.id}>
				${device.text}
				${device.registered && html` <span class="tag">
					${t.registered}</span>`}</li>`)}
		</ul>
	</div>`;
}

/** All that is wrong with the new one, or null. */
function faults(problem, policy)
{
	const found = problem?.errors?.filter(({ pointer }) => pointer === "/new");

	return found?.length ? found.map(({ code }) =>
		t.faults[code]?.(policy) ?? code).join(" ") : null;
}

function Change({ known, onChanged })
{
	const action = useAction();
	const old = useSignal("");
	const fresh = useSignal("");
	const endOthers = useSignal(true);
	const saved = useSignal(false);
	const { problem } = action;
	const isOldWrong = problem?.code === "wrong_password";
	const wrong = faults(problem, known.policy);

	return html`<form class="new-password" aria-label=${t.change}
			onSubmit=${async (event) => {
				event.preventDefault();
				saved.value = await action.run(() => api.changePassword(
					old.peek(), fresh.peek(), endOthers.peek()));
				if (!saved.peek())
					return;
				old.value = fresh.value = "";
				await onChanged();
			}}>
		<div class="fields">
			<${PasswordField} id="old-password" label=${t.old} value=${old}
				fault=${isOldWrong ? t.oldWrong : null} />
			<${PasswordField} id="new-password" label=${t.fresh} isNew
				value=${fresh} hint=${t.policy(known.policy)}
				fault=${wrong} />
		</div>
		<label class="check">
			<input type="checkbox" checked=${endOthers.value}
				onChange=${(event) => {
					endOthers.value = event.target.checked;
				}} />
			<span>${t.endOthers}</span>
		</label>
		<${Losing} devices=${known.devices} />
		<div class="save">
			<button type="submit" aria-disabled=${action.busy}>
				${t.change}</button>
			<span role="status">${saved.value ? t.changed : null}</span>
		</div>
		${!wrong && !isOldWrong && html`<${Failure} action=${action} />`}
	</form>`;
}

export function Password()
{
	const action = useAction();
	const known = useSignal(null);
	const load = () => action.run(async () => {
		known.value = await api.password();
	});

	useEffect(() => { load(); }, []);

	return html`<section aria-labelledby="password-title">
		<h3 id="password-title">${t.title}</h3>
		${known.value && (known.value.policy.change
			? html`<${Change} known=${known.value} onChanged=${load} />`
			: html`<p class="hint">${t.fixed}</p>`)}
		<${Failure} action=${action} />
	</section>`;
}
