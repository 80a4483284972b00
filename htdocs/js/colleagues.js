/* colleagues.js - everybody else: who is there, who is on a call */

import { Failure, useAction } from "./action.js";
import { model, pickUp, placeCall } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { availability } from "./model.js";
import { Availability, Avatar, Online } from "./person.js";
import { Doing, isSaid, toneOf, usePresence } from "./presence.js";
import { findPeople } from "./search.js";
import { texts } from "./texts.js";
import { useSignal } from "../vendor/signals.js";

const t = texts.colleagues;

/** Which availabilities each choice shows. */
const choices = {
	all: ["free", "alerting", "busy", "offline", "unknown"],
	free: ["free"],
	busy: ["alerting", "busy"],
	offline: ["offline"],
};

function Colleague({ name })
{
	const action = useAction();
	const person = model.people.get(name);
	const state = model.states.get(name);
	const presence = usePresence(name);
	const im = model.online.get(name);

	if (!person)
		return null;
	/* Whoever is called by me I need not take over from. */
	const isMine = model.calls.keys.value.some((id) =>
		model.calls.get(id)?.peer.user === name);
	const label = action.busy ? t.calling(person.display_name)
		: t.call(person.display_name);

	return html`<li class="person" data-user=${name}>
		<${Avatar} name=${person.display_name} id=${name} state=${state ?? {}}
			tone=${isSaid(presence) ? toneOf(presence) : null} />
		<span class="person-text">
			<span class="name">${person.display_name}</span>
			<span class="meta">
				${person.number && html`<span class="number">
					${person.number}</span> <span aria-hidden="true">·
					</span> `}
				<${Availability} state=${state} />
				${im?.status !== null
					&& html`<span aria-hidden="true"> · </span>`}
				<${Online} im=${im} />
			</span>
			<${Doing} name=${name} presence=${presence} />
		</span>
		${state?.state === "alerting" && !isMine && html`<button type="button"
			class="plain pickup" aria-disabled=${action.busy}
			aria-label=${t.pickUpFrom(person.display_name)}
			onClick=${() => action.run(() => pickUp(name))}>
			<${Icon} name="pickup" />${t.pickUp}
		</button>`}
		<button type="button" class=${`round ${action.busy ? "busy" : ""}`}
			title=${label} aria-label=${label} aria-disabled=${action.busy}
			onClick=${() => action.run(() =>
				placeCall(person.number ?? person.name))}>
			<${Icon} name="call" />
		</button>
		<${Failure} action=${action} />
	</li>`;
}

/** Arrow keys walk along the call buttons. */
function walk(event)
{
	const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];

	if (!step || !event.target.matches("button.round"))
		return;
	const all = [...event.currentTarget.querySelectorAll("button.round")];
	const next = all[all.indexOf(event.target) + step];

	event.preventDefault();
	next?.focus();
}

function Choices({ choice, counts })
{
	return html`<fieldset class="choices">
		<legend class="spoken">${t.show}</legend>
		${Object.keys(choices).map((name) => html`<label key=${name}>
			<input type="radio" name="show" value=${name}
				checked=${choice.value === name}
				onChange=${() => { choice.value = name; }} />
			<span>${t[name]} <span class="count">${counts[name]}</span></span>
		</label>`)}
	</fieldset>`;
}

export function Colleagues()
{
	const text = useSignal("");
	const choice = useSignal("all");
	const names = model.colleagues.value;
	const is = (name) => availability(model.states.get(name));
	const counts = Object.fromEntries(Object.entries(choices).map(
		([key, shown]) => [key,
			names.filter((name) => shown.includes(is(name))).length]));
	const shown = findPeople(text.value, names.map(model.people.get))
		.map((person) => person.name)
		.filter((name) => choices[choice.value].includes(is(name)));
	const showAll = () => {
		text.value = "";
		choice.value = "all";
	};

	return html`<section class="card colleagues"
			aria-labelledby="colleagues-title">
		<div class="card-head">
			<h2 id="colleagues-title">${t.title}</h2>
			<div class="filter">
				<${Icon} name="search" />
				<input type="search" aria-label=${t.filter}
					placeholder=${t.filter} value=${text.value}
					onInput=${(event) => {
						text.value = event.target.value;
					}} />
			</div>
		</div>
		<${Choices} choice=${choice} counts=${counts} />
		${names.length === 0 && html`<p class="empty">
			<${Icon} name="people" />${t.none}</p>`}
		${names.length > 0 && shown.length === 0 && html`<p class="empty">
			${t.noMatch}
			<button type="button" class="plain" onClick=${showAll}>
				${t.clear}</button>
		</p>`}
		<ul class="people" onKeyDown=${walk}>
			${shown.map((name) => html`<${Colleague} key=${name}
				name=${name} />`)}
		</ul>
	</section>`;
}
