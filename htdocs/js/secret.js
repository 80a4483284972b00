/* secret.js - a secret just made, which nobody can show again */

import { useEffect, useId, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { html } from "./html.js";
import { texts } from "./texts.js";

const t = texts.secret;

/** @param label   whose it is
 *  @param onDone  () the user has it */
export function Secret({ label, secret, onDone })
{
	const field = useRef(null);
	const hint = useId();
	const copied = useSignal(false);

	useEffect(() => {
		field.current.focus();
		field.current.select();
	}, [secret]);

	return html`<div class="secret">
		<label class="field">${label}
			<input ref=${field} type="text" readonly value=${secret}
				aria-describedby=${hint} />
		</label>
		<p class="hint" id=${hint}>${t.hint}</p>
		<div class="save">
			${navigator.clipboard && html`<button type="button"
				onClick=${async () => {
					copied.value = await navigator.clipboard
						.writeText(secret)
						.then(() => true, () => false);
				}}>${t.copy}</button>`}
			<button type="button" onClick=${onDone}>${t.done}</button>
			<span role="status">${copied.value ? t.copied : null}</span>
		</div>
	</div>`;
}
