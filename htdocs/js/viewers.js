/* viewers.js - who looked at the user, on his wish */

import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { api } from "./api.js";
import { day } from "./clock.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { texts } from "./texts.js";

const t = texts.viewers;

function Look({ look })
{
	return html`<li class="entry">
		<${Icon} name="eye" />
		<span class="person-text">
			<span class="name">${look.display_name}</span>
			<span class="meta">${t.did[look.what]}${" · "}${
				look.days === 1 ? t.once(day(look.last))
					: t.often(look.days, day(look.first), day(look.last))}</span>
		</span>
	</li>`;
}

export function Viewers()
{
	const action = useAction();
	const looks = useSignal(null);
	const next = useSignal(null);

	const load = (after) => action.run(async () => {
		const page = await api.viewers(after);

		looks.value = after ? [...looks.peek(), ...page.items] : page.items;
		next.value = page.next;
	});

	return html`<section class="visibility-settings"
			aria-labelledby="viewers-title">
		<h3 id="viewers-title">${t.title}</h3>
		<p class="hint">${t.hint}</p>
		<ul class="entries" role="list">
			${looks.value?.map((look) => html`<${Look}
				key=${`${look.user} ${look.what}`} look=${look} />`)}
		</ul>
		<p role="status" class="quiet">${looks.value?.length === 0
			&& t.nobody}</p>
		<div class="save">
			${next.value && html`<button type="button"
				aria-disabled=${action.busy}
				onClick=${() => load(next.value)}>${t.more}</button>`}
			<button type="button" aria-disabled=${action.busy}
				onClick=${() => load(null)}>
				${looks.value ? t.again : t.show}</button>
		</div>
		<${Failure} action=${action} />
	</section>`;
}
