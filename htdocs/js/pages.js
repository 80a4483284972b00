/* pages.js - a list that the server tells page by page */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { html } from "./html.js";
import { texts } from "./texts.js";

/**
 * @param load  async (after) -> {items, next}; `after` is null at first
 * @return {items, next, more, action}; items is null until the first page is
 *         there
 */
export function usePages(load)
{
	const action = useAction();
	const items = useSignal(null);
	const next = useSignal(null);
	const more = () => action.run(async () => {
		const page = await load(next.peek());

		items.value = [...items.peek() ?? [], ...page.items];
		next.value = page.next;
	});

	useEffect(() => { more(); }, []);
	return { items: items.value, next: next.value, more, action };
}

/** The end of such a list. @param none  what an empty one says */
export function PageEnd({ pages, none })
{
	const { items, next, more, action } = pages;

	return html`<div class="page-end">
		${items === null && action.busy && html`<p class="quiet">
			${texts.admin.loading}</p>`}
		${items?.length === 0 && html`<p class="quiet">${none}</p>`}
		${next && html`<button type="button" aria-disabled=${action.busy}
			onClick=${more}>${texts.admin.more}</button>`}
		<${Failure} action=${action} />
	</div>`;
}
