/* dial.js - call a number or a name */

import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction, Working } from "./action.js";
import { model, placeCall } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { closeLink, wanted } from "./link.js";
import { Picker } from "./picker.js";
import { texts } from "./texts.js";

const t = texts.dial;

const NO_WISHES = { anonymous: false, ignore_diversions: false };

/** Focus the input: after `/`, and when what had the focus is gone. */
export function focusDial()
{
	document.getElementById("dial")?.focus();
}

/** Which phone will ring: it is part of every call. */
function Via()
{
	const phone = model.phone.value;

	if (!phone)
		return html`<p class="hint warn">${t.noPhone}</p>`;
	if (!model.canRing(phone.id))
		return html`<p class="hint warn">${t.offline(phone.text)}</p>`;
	return html`<p class="hint">
		${t.via(phone.text)}<span class="keys-hint"> · ${t.hint}</span>
	</p>`;
}

/** Wishes for the next call; they are gone after it. */
function Options({ options })
{
	const isOpen = useSignal(false);
	const wish = (name, text) => html`<label>
		<input type="checkbox" checked=${options.value[name]}
			onChange=${(event) => { options.value = { ...options.value,
				[name]: event.target.checked }; }} />
		<span>${text}</span>
	</label>`;

	return html`<div class="dial-options">
		<button type="button" class="plain" aria-expanded=${isOpen.value}
			aria-controls="dial-wishes"
			onClick=${() => { isOpen.value = !isOpen.value; }}>
			${t.options}</button>
		<fieldset id="dial-wishes" class="choices" hidden=${!isOpen.value
				&& !options.value.anonymous
				&& !options.value.ignore_diversions}>
			<legend class="spoken">${t.optionsFor}</legend>
			${wish("anonymous", t.anonymous)}
			${wish("ignore_diversions", t.ignore)}
		</fieldset>
	</div>`;
}

function Question({ to, onYes, onNo })
{
	const yes = useRef(null);

	useEffect(() => yes.current.focus(), []);
	return html`<div class="question" role="alertdialog"
			aria-labelledby="question-title" aria-describedby="question-text">
		<h3 id="question-title">${t.askTitle(to)}</h3>
		<p id="question-text">${t.ask}</p>
		<div class="buttons">
			<button type="button" class="primary call" ref=${yes}
				onClick=${onYes}><${Icon} name="call" />${t.askYes}</button>
			<button type="button" class="plain" onClick=${onNo}>
				${t.askNo}</button>
		</div>
	</div>`;
}

export function Dial()
{
	const action = useAction();
	const text = useSignal(wanted.peek() ?? "");
	const options = useSignal(NO_WISHES);

	function edit(value)
	{
		text.value = value;
		action.clear();
	}

	async function dial({ to })
	{
		if (!await action.run(() => placeCall(to, options.peek())))
			return;
		text.value = "";
		options.value = NO_WISHES;
	}

	function submit(option)
	{
		if (wanted.value)
			closeLink();
		if (option)
			dial(option);
		else
			focusDial();
	}

	return html`<section class="dial" aria-labelledby="dial-title">
		<h2 id="dial-title" class="spoken">${t.title}</h2>
		<${Picker} id="dial" label=${t.title} text=${text.value}
			quiet=${wanted.value !== null} onText=${edit} onPick=${dial}
			onSubmit=${submit} below=${html`<div class="dial-foot">
				<${Via} />
				<${Options} options=${options} />
			</div>`}>
			<button type="submit" class="primary call"
				aria-disabled=${action.busy}>
				<${Icon} name="call" />
				<span>${action.busy ? t.busy : t.submit}</span>
			</button>
		<//>
		<${Working} action=${action} />
		<${Failure} action=${action} />
		${wanted.value && html`<${Question} to=${wanted.value}
			onYes=${() => {
				const to = wanted.value;

				closeLink();
				focusDial();
				dial({ to });
			}}
			onNo=${() => {
				closeLink();
				edit("");
				focusDial();
			}} />`}
	</section>`;
}
