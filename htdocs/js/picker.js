/* picker.js - an input for a number or a name, and what it may mean */

import { useSignal } from "../vendor/signals.js";
import { model } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Availability, Avatar } from "./person.js";
import { suggest } from "./search.js";
import { texts } from "./texts.js";

const t = texts.picker;

/** What a text may mean now, best first; see search.js. */
export function meanings(text)
{
	return suggest(text, model.colleagues.value.map(model.people.get));
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

/**
 * A form of one input.
 *
 * @param id        of the input
 * @param label     what it is for
 * @param text      what stands in it
 * @param onText    (text) it was changed
 * @param onPick    (option) one was clicked
 * @param onSubmit  (option) Enter; undefined when nothing was typed
 * @param onLeave   (option) the input lost the focus while the arrow keys had
 *                  marked one
 * @param quiet     the list stays closed
 * @param children  what stands beside the input: buttons
 * @param below     what stands below it, and stays above the list
 */
export function Picker({ id, label, text, onText, onPick, onSubmit, onLeave,
	quiet, children, below })
{
	const marked = useSignal(null);		/* null: the first, unmoved */
	const isOpen = useSignal(false);
	const options = meanings(text);
	const shown = isOpen.value && !quiet ? options : [];
	const active = Math.min(marked.value ?? 0, shown.length - 1);

	function edit(value)
	{
		marked.value = null;
		isOpen.value = value.trim() !== "";
		onText(value);
	}

	function pick(option)
	{
		isOpen.value = false;
		onPick(option);
	}

	function submit(event)
	{
		event.preventDefault();
		isOpen.value = false;
		onSubmit(shown[active] ?? options[0]);
	}

	function leave()
	{
		if (isOpen.value && marked.value !== null)
			onLeave?.(shown[active]);
		isOpen.value = false;
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
		} else if (event.key === "Escape" && (shown.length > 0 || text)) {
			event.preventDefault();
			event.stopPropagation();
			if (shown.length > 0)
				isOpen.value = false;
			else
				edit("");
		}
	}

	return html`<form class="picker" role="search" aria-label=${label}
			onSubmit=${submit}>
		<div class="picker-field">
			<${Icon} name="search" />
			<input id=${id} type="text" role="combobox"
				autocomplete="off" autocapitalize="none"
				spellcheck=${false} maxlength="128"
				enterkeyhint="go" aria-label=${t.label}
				placeholder=${t.label} aria-autocomplete="list"
				aria-expanded=${shown.length > 0}
				aria-controls=${`${id}-list`}
				aria-activedescendant=${shown.length > 0
					? `${id}-option-${active}` : undefined}
				value=${text}
				onInput=${(event) => edit(event.target.value)}
				onKeyDown=${press}
				onBlur=${leave} />
			${children}
		</div>
		${below}
		<ul id=${`${id}-list`} role="listbox" aria-label=${t.list}
			hidden=${shown.length === 0}>
			${shown.map((option, i) => html`<${Option}
				key=${option.to} id=${`${id}-option-${i}`}
				option=${option} active=${i === active}
				onPick=${pick} />`)}
		</ul>
	</form>`;
}
