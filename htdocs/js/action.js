/* action.js - do something for the user; tell at the same place if it fails */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { texts } from "./texts.js";

/**
 * State of one button's action.
 *
 * @return {busy, doing, isBusy, problem, run, clear}; run(fn, name) awaits
 *         fn() and keeps what it throws as `problem`; while it runs, `doing`
 *         is the name and a second run() does nothing. It resolves to true
 *         when fn() succeeded. isBusy() is `busy` now, not at the last
 *         drawing.
 */
export function useAction()
{
	const busy = useSignal(false);
	const doing = useSignal(null);
	const problem = useSignal(null);

	return {
		busy: busy.value,
		doing: doing.value,
		isBusy: () => busy.peek(),
		problem: problem.value,
		clear: () => { problem.value = null; },
		async run(fn, name = null)
		{
			if (busy.peek())
				return false;
			busy.value = true;
			doing.value = name;
			problem.value = null;
			try {
				await fn();
				return true;
			} catch (error) {
				problem.value = error;
				return false;
			} finally {
				busy.value = false;
				doing.value = null;
			}
		},
	};
}

const PATIENCE_MS = 1_000;

/** That it takes longer, once it does: a phone may be slow. */
export function Working({ action })
{
	const isLong = useSignal(false);

	useEffect(() => {
		if (!action.busy)
			return undefined;
		const timer = setTimeout(() => { isLong.value = true; },
			PATIENCE_MS);

		return () => {
			clearTimeout(timer);
			isLong.value = false;
		};
	}, [action.busy]);

	return html`<p class="working" role="status">
		${isLong.value ? texts.working : null}</p>`;
}

export function Failure({ action, name })
{
	const { problem } = action;

	if (!problem)
		return null;
	return html`<div class="failure" role="alert">
		<${Icon} name="warning" />
		<p>
			${name ? html`<b>${name}: </b>` : null}
			${texts.problem(problem)}
			${problem.sip ? html` <small>${texts.sipCode(problem.sip)}
				</small>` : null}
		</p>
		<button type="button" class="ghost small" onClick=${action.clear}
			aria-label=${texts.dismiss} title=${texts.dismiss}>
			<${Icon} name="close" />
		</button>
	</div>`;
}
