/* removal.js - a button that asks back before something is gone for ever */

import { useSignal } from "../vendor/signals.js";
import { html } from "./html.js";
import { texts } from "./texts.js";

/**
 * @param label     of the button
 * @param question  what it asks then
 * @param yes       of the button that does it
 * @param remove    async () does it
 */
export function Removal({ label, question, yes, action, disabled, remove })
{
	const isAsked = useSignal(false);

	if (!isAsked.value)
		return html`<button type="button" disabled=${disabled}
			onClick=${() => { isAsked.value = true; }}>${label}</button>`;
	return html`<div class="question" role="group" aria-label=${question}>
		<p>${question}</p>
		<div class="buttons">
			<button type="button" class="danger"
				aria-disabled=${action.busy}
				onClick=${() => action.run(remove)}>${yes}</button>
			<button type="button" onClick=${() => {
				isAsked.value = false;
			}}>${texts.cancel}</button>
		</div>
	</div>`;
}
