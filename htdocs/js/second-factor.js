/* second-factor.js - a code of an app beside the password: on and off */

import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { api } from "./api.js";
import { html } from "./html.js";
import { PasswordField } from "./password.js";
import { texts } from "./texts.js";

const t = texts.secondFactor;

/** Ask for the password, then do it. */
function Prove({ id, button, run })
{
	const action = useAction();
	const password = useSignal("");
	const isWrong = action.problem?.code === "wrong_password";

	return html`<form class="proof" aria-label=${button} onSubmit=${async (event) => {
				event.preventDefault();
				await action.run(() => run(password.peek()));
			}}>
		<${PasswordField} id=${id} label=${t.password} value=${password}
			fault=${isWrong ? texts.password.oldWrong : null} />
		<div class="save">
			<button type="submit" aria-disabled=${action.busy}>
				${button}</button>
		</div>
		${!isWrong && html`<${Failure} action=${action} />`}
	</form>`;
}

/** "ABCD EFGH": as people type it. */
function grouped(secret)
{
	return secret.match(/.{1,4}/g).join(" ");
}

function Confirm({ made, onConfirmed })
{
	const action = useAction();
	const field = useRef(null);
	const code = useSignal("");
	const fault = texts.fault(action.problem, "/code");

	useEffect(() => { field.current.focus(); }, []);

	return html`<form class="proof" aria-label=${t.confirm} onSubmit=${async (event) => {
				event.preventDefault();
				await action.run(async () => onConfirmed(
					await api.confirmTotp(code.peek().replace(/\s/g, ""))));
			}}>
		<p>${t.enter}</p>
		<p><code class="key">${grouped(made.secret)}</code></p>
		<p><a href=${made.uri}>${t.open}</a></p>
		<div class="field">
			<label for="totp-code">${t.code}</label>
			<input id="totp-code" ref=${field} type="text" required
				inputmode="numeric" autocomplete="one-time-code" maxlength="7"
				value=${code.value} aria-describedby="totp-code-hint"
				aria-invalid=${fault ? "true" : undefined}
				onInput=${(event) => { code.value = event.target.value; }} />
			<p class=${`hint ${fault ? "bad" : ""}`} id="totp-code-hint">
				${fault ?? t.codeHint}</p>
		</div>
		<div class="save">
			<button type="submit" aria-disabled=${action.busy}>
				${t.confirm}</button>
		</div>
		${!fault && html`<${Failure} action=${action} />`}
	</form>`;
}

/** Nobody can show them again. */
function Recovery({ codes, onDone })
{
	const done = useRef(null);

	useEffect(() => { done.current.focus(); }, []);

	return html`<p>${t.recovery}</p>
		<ul class="codes">
			${codes.map((code) => html`<li key=${code}>
				<code class="key">${grouped(code)}</code></li>`)}
		</ul>
		<div class="save">
			<button type="button" ref=${done} onClick=${onDone}>
				${t.done}</button>
		</div>`;
}

export function SecondFactor()
{
	const action = useAction();
	const known = useSignal(null);		/* {on, recovery_codes} */
	const made = useSignal(null);		/* {secret, uri}, to be confirmed */
	const codes = useSignal(null);		/* while they are shown */
	const load = () => action.run(async () => {
		known.value = await api.totp();
		made.value = codes.value = null;
	});
	let body = null;

	useEffect(() => { load(); }, []);

	if (codes.value)
		body = html`<${Recovery} codes=${codes.value} onDone=${load} />`;
	else if (made.value)
		body = html`<${Confirm} made=${made.value} onConfirmed=${(answer) => {
			codes.value = answer.recovery_codes;
		}} />`;
	else if (known.value?.on)
		body = html`<p>${t.on(known.value.recovery_codes)}</p>
			<${Prove} id="totp-off" button=${t.remove}
				run=${async (password) => {
					await api.removeTotp(password);
					await load();
				}} />`;
	else if (known.value)
		body = html`<p class="hint">${t.hint}</p>
			<${Prove} id="totp-on" button=${t.begin}
				run=${async (password) => {
					made.value = await api.beginTotp(password);
				}} />`;

	return html`<section aria-labelledby="second-factor-title">
		<h3 id="second-factor-title">${t.title}</h3>
		${body}
		<${Failure} action=${action} />
	</section>`;
}
