/* announcer.js - say news to those who cannot see the page */

import { signal } from "../vendor/signals.js";
import { html } from "./html.js";

const polite = signal("");
const urgent = signal("");

export function say(text)
{
	polite.value = text;
}

/** Interrupts what is being read: for an incoming call. */
export function sayNow(text)
{
	urgent.value = text;
}

/** Take back what was said: it is no business of the next user. */
export function hush()
{
	polite.value = "";
	urgent.value = "";
}

export function Announcer()
{
	return html`<div class="spoken">
		<div role="status" aria-live="polite">${polite}</div>
		<div aria-live="assertive">${urgent}</div>
	</div>`;
}
