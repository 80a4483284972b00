/* webhooks.js - the user's receivers of events, if there are any */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { api } from "./api.js";
import { html } from "./html.js";
import { texts } from "./texts.js";

const t = texts.webhooks;

/** @param put  takes the webhook as it then is */
function Webhook({ webhook, put })
{
	const action = useAction();

	return html`<li class="entry">
		<label class="check">
			<input type="checkbox" role="switch" checked=${webhook.enabled}
				aria-disabled=${action.busy}
				onChange=${(event) => action.run(async () => put(
					await api.switchWebhook(webhook,
						event.target.checked)))} />
			<span class="name">${webhook.name}</span>
		</label>
		<span class="person-text">
			<span class="meta">${new URL(webhook.url).host}
				${" · "}${t.state(webhook)}</span>
		</span>
		<${Failure} action=${action} />
	</li>`;
}

export function Webhooks()
{
	const action = useAction();
	const webhooks = useSignal([]);

	useEffect(() => {
		action.run(async () => {
			webhooks.value = (await api.webhooks()).items;
		});
	}, []);

	if (webhooks.value.length === 0)
		return html`<${Failure} action=${action} />`;
	return html`<section aria-labelledby="webhooks-title">
		<h3 id="webhooks-title">${t.title}</h3>
		<p class="hint">${t.hint}</p>
		<ul class="entries">
			${webhooks.value.map((webhook) => html`<${Webhook}
				key=${webhook.id} webhook=${webhook} put=${(changed) => {
					webhooks.value = webhooks.peek().map((one) =>
						one.id === changed.id ? changed : one);
				}} />`)}
		</ul>
	</section>`;
}
