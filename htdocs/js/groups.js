/* groups.js - the user's groups: he joins and leaves those that he may */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { joinGroup, loadGroups, model } from "./app.js";
import { html } from "./html.js";
import { texts } from "./texts.js";

const t = texts.groups;

function Group({ group })
{
	const action = useAction();
	const wish = useSignal(null);		/* until it is granted */

	return html`<li>
		<label class="check">
			<input type="checkbox" role="switch"
				checked=${wish.value ?? group.joined}
				disabled=${group.kind === "static"}
				onChange=${async (event) => {
					wish.value = event.target.checked;
					await action.run(() =>
						joinGroup(group.name, wish.peek()));
					wish.value = null;
				}} />
			<b>${group.name}</b>
		</label>
		<span class="hint">
			${group.kind === "static" ? t.always : t.choose}
			${group.active ? null : ` ${t.inactive}`}</span>
		<${Failure} action=${action} />
	</li>`;
}

export function Groups()
{
	const action = useAction();

	useEffect(() => {
		action.run(loadGroups);
	}, []);

	return html`<section class="groups" aria-labelledby="groups-title">
		<h3 id="groups-title">${t.title}</h3>
		${model.groups.value?.length === 0 && html`<p class="quiet">
			${t.none}</p>`}
		<ul>
			${model.groups.value?.map((group) => html`<${Group}
				key=${group.name} group=${group} />`)}
		</ul>
		<${Failure} action=${action} />
	</section>`;
}
