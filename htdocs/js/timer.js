/* timer.js - a clock that counts up */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { clock, formatSpan } from "./clock.js";
import { html } from "./html.js";

/** How long ago a time of the server is. */
export function Since({ time })
{
	const tick = useSignal(0);

	useEffect(() => {
		const timer = setInterval(() => { tick.value += 1; }, 1000);

		return () => clearInterval(timer);
	}, []);
	void tick.value;
	return html`<span class="timer" role="timer">
		${formatSpan((clock.now() - Date.parse(time)) / 1000)}</span>`;
}
