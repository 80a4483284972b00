/* dial.js - one input for a number or a name */

import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { model, placeCall } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { closeLink, wanted } from "./link.js";
import { Availability, Avatar } from "./person.js";
import { suggest } from "./search.js";
import { texts } from "./texts.js";

const t = texts.dial;

/** Focus the input: after `/`, and when what had the focus is gone. */
export function focusDial()
{
	document.getElementById("dial")?.focus();
}

function Option({ option, id, active, onPick })
{
	const { to, person } = option;

	return html`<li id=${id} role="option" aria-selected=${active}
			onMouseDown=${(event) => event.preventDefault()}
			onClick=${() => onPick(option)}>
		${person
			? html`<${Avatar} name=${person.display_name} id=${person.name}
					state=${model.states.get(person.name) ?? {}} />
				<span class="person-text">
					<span class="name">${person.display_name}</span>
					<span class="meta">
						<span class="number">${person.number}</span>
						<span aria-hidden="true"> · </span>
						<${Availability}
							state=${model.states.get(person.name)} />
					</span>
				</span>`
			: html`<span class="avatar avatar-plain" aria-hidden="true">
					<${Icon} name="call" /></span>
				<span class="person-text">
					<span class="name">${t.asTyped(to)}</span>
					<span class="meta">${t.typedHint}</span>
				</span>`}
	</li>`;
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
		<span>${t.via(phone.text)}</span>
		<span class="keys-hint">${t.hint}</span>
	</p>`;
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
	const marked = useSignal(0);
	const isOpen = useSignal(false);
	const options = suggest(text.value,
		model.colleagues.value.map(model.people.get));
	const shown = isOpen.value && !wanted.value ? options : [];
	const active = Math.min(marked.value, shown.length - 1);

	function edit(value)
	{
		text.value = value;
		marked.value = 0;
		isOpen.value = value.trim() !== "";
		action.clear();
	}

	async function dial({ to })
	{
		isOpen.value = false;
		if (await action.run(() => placeCall(to)))
			text.value = "";
	}

	function submit(event)
	{
		event.preventDefault();
		const option = shown[active] ?? options[0];

		if (wanted.value)
			closeLink();
		if (option)
			dial(option);
		else
			focusDial();
	}

	function press(event)
	{
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];

		if (step && options.length > 0) {
			event.preventDefault();
			if (isOpen.value)
				marked.value = (active + step + options.length)
					% options.length;
			isOpen.value = true;
		} else if (event.key === "Escape") {
			event.preventDefault();
			if (shown.length > 0)
				isOpen.value = false;
			else
				edit("");
		}
	}

	return html`<section class="dial" aria-labelledby="dial-title">
		<h2 id="dial-title" class="spoken">${t.title}</h2>
		<form role="search" aria-label=${t.title} onSubmit=${submit}>
			<div class="dial-field">
				<${Icon} name="search" />
				<input id="dial" type="text" role="combobox"
					autocomplete="off" autocapitalize="none"
					spellcheck=${false} maxlength="128"
					enterkeyhint="go" aria-label=${t.label}
					placeholder=${t.label} aria-autocomplete="list"
					aria-expanded=${shown.length > 0}
					aria-controls="dial-list"
					aria-activedescendant=${shown.length > 0
						? `dial-option-${active}` : undefined}
					value=${text.value}
					onInput=${(event) => edit(event.target.value)}
					onKeyDown=${press}
					onBlur=${() => { isOpen.value = false; }} />
				<button type="submit" class="primary call"
					aria-disabled=${action.busy}>
					<${Icon} name="call" />
					<span>${action.busy ? t.busy : t.submit}</span>
				</button>
			</div>
			<ul id="dial-list" role="listbox" aria-label=${t.list}
				hidden=${shown.length === 0}>
				${shown.map((option, i) => html`<${Option}
					key=${option.to} id=${`dial-option-${i}`}
					option=${option} active=${i === active}
					onPick=${dial} />`)}
			</ul>
		</form>
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
		<${Via} />
	</section>`;
}
