/* tokens.js - what the user gives to programs, and takes back */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { api } from "./api.js";
import { moment } from "./clock.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Secret } from "./secret.js";
import { texts } from "./texts.js";

const t = texts.tokens;

// what an administrator gives his programs, he gives by the API
const SCOPES = Object.keys(t.scopes).filter((one) =>
	!["admin", "presence.write"].includes(one));

function Token({ token, onRevoked })
{
	const action = useAction();
	const used = token.last_used ? t.used(moment(token.last_used)) : t.unused;

	return html`<li class="entry">
		<${Icon} name="key" />
		<span class="person-text">
			<span class="name">${token.name}</span>
			<span class="meta">
				${token.scopes.map((scope) => t.scopes[scope]).join(", ")}
				${" · "}${used}
			</span>
		</span>
		<button type="button" aria-label=${t.revokeThis(token.name)}
			aria-disabled=${action.busy}
			onClick=${() => action.run(async () => {
				await api.removeToken(token.id);
				onRevoked();
			})}>
			${t.revoke}</button>
		<${Failure} action=${action} />
	</li>`;
}

function Scope({ name, chosen })
{
	return html`<label>
		<input type="checkbox" checked=${chosen.value.includes(name)}
			onChange=${(event) => {
				chosen.value = SCOPES.filter((one) => one === name
					? event.target.checked
					: chosen.peek().includes(one));
			}} />
		<span>${t.scopes[name]}</span>
	</label>`;
}

function NewToken({ onMade })
{
	const action = useAction();
	const name = useSignal("");
	const scopes = useSignal(["read"]);
	const fault = texts.fault(action.problem, "/name");

	return html`<form class="new-token" aria-label=${t.add}
			onSubmit=${async (event) => {
				event.preventDefault();
				await action.run(async () => {
					onMade(await api.addToken(name.peek().trim(),
						scopes.peek()));
					name.value = "";
					scopes.value = ["read"];
				});
			}}>
		<label class="field">${t.name}
			<input type="text" maxlength="64" required autocomplete="off"
				value=${name.value} aria-describedby="token-hint"
				aria-invalid=${fault ? "true" : undefined}
				onInput=${(event) => { name.value = event.target.value; }} />
		</label>
		<p class=${`hint ${fault ? "bad" : ""}`} id="token-hint">
			${fault ?? t.nameHint}</p>
		<fieldset class="choices">
			<legend>${t.may}</legend>
			${SCOPES.map((scope) => html`<${Scope} key=${scope}
				name=${scope} chosen=${scopes} />`)}
		</fieldset>
		<div class="save">
			<button type="submit" disabled=${scopes.value.length === 0}
				aria-disabled=${action.busy}>
				<${Icon} name="plus" />${t.add}</button>
		</div>
		<${Failure} action=${action} />
	</form>`;
}

export function Tokens()
{
	const action = useAction();
	const tokens = useSignal(null);
	const made = useSignal(null);		/* while its secret is shown */
	const without = (id) => {
		tokens.value = tokens.peek().filter((one) => one.id !== id);
		if (made.peek()?.id === id)
			made.value = null;
	};

	useEffect(() => {
		action.run(async () => {
			tokens.value = (await api.tokens()).items;
		});
	}, []);

	return html`<section aria-labelledby="tokens-title">
		<h3 id="tokens-title">${t.title}</h3>
		<p class="hint">${t.hint}</p>
		<ul class="entries">
			${tokens.value?.map((token) => html`<${Token} key=${token.id}
				token=${token} onRevoked=${() => without(token.id)} />`)}
		</ul>
		${made.value && html`<${Secret} label=${t.secret(made.value.name)}
			secret=${made.value.token}
			onDone=${() => { made.value = null; }} />`}
		${tokens.value && html`<${NewToken} onMade=${(token) => {
			tokens.value = [...tokens.peek(), token];
			made.value = token;
		}} />`}
		<${Failure} action=${action} />
	</section>`;
}
