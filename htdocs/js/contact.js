/* contact.js - a contact of the list: who it is, what he does, how to reach
 * him */

import { Failure, useAction } from "./action.js";
import { photoUrl } from "./api.js";
import { model, pickUp, placeCall } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Availability, Avatar, Online } from "./person.js";
import { Doing, isSaid, toneOf, usePresence } from "./presence.js";
import { texts } from "./texts.js";
import { Since } from "./timer.js";

const t = texts.favourites;

/** The user that an internal contact is, or undefined. */
function personOf(contact)
{
	return contact.kind === "internal"
		? model.people.get(contact.to) : undefined;
}

/** What people read of him. */
export function contactName(contact)
{
	return contact.name || (personOf(contact)?.display_name ?? contact.to);
}

/** What a click calls. */
function dialled(contact)
{
	return contact.kind === "internal"
		? personOf(contact)?.number ?? contact.to : contact.to;
}

function Picture({ contact, name, presence })
{
	const state = contact.kind === "internal"
		? model.states.get(contact.to) ?? {} : null;
	const avatar = html`<${Avatar} name=${name} id=${contact.to}
		state=${state}
		tone=${isSaid(presence) ? toneOf(presence) : null} />`;

	if (!contact.photo)
		return avatar;
	return html`<span class="photo">
		<img src=${photoUrl(contact)} alt="" width="40" height="40"
			loading="lazy" />
		${avatar}
	</span>`;
}

/** What his domain says of him. */
function External({ uri })
{
	const im = model.external.get(uri);

	return !im || im.status === "unknown" ? t.unknown
		: html`<${Online} im=${im} />`;
}

/** What an external one does, as merged presence of a colleague is. */
function externalPresence(uri)
{
	const { activity, note, since } = model.external.get(uri) ?? {};

	return { activity, note, since, reason: activity ? "set" : "unknown" };
}

/** Where he is reached, and whether he is there. */
function Whereabouts({ contact })
{
	const state = model.states.get(contact.to);

	if (contact.kind === "sip")
		return html`${contact.name && html`${contact.to} <span
			aria-hidden="true">· </span>`}<${External}
			uri=${contact.to} />`;
	if (contact.kind === "tel")
		return contact.name && html`<span class="number">
			${contact.to}</span>`;
	if (!personOf(contact))
		return t.notSeen;
	return html`<span class="number">${personOf(contact).number}</span>
		<span aria-hidden="true"> · </span><${Availability} state=${state} />
		${state?.since && state.state !== "free" && html` <${Since}
			time=${state.since} />`}
		<span aria-hidden="true"> · </span>
		<${Online} im=${model.online.get(contact.to)} />`;
}

/** His other numbers. */
function Numbers({ contact, name, action })
{
	const others = contact.numbers.filter(({ number }) =>
		number !== contact.to);

	if (others.length === 0)
		return null;
	return html`<span class="numbers">
		${others.map(({ type, number }, i) => html`<button key=${i}
			type="button" class="plain number"
			aria-disabled=${action.busy}
			aria-label=${t.callNumber(name, t.types[type], number)}
			onClick=${() => action.run(() => placeCall(number))}>
			<${Icon} name=${type === "mobile" ? "phone" : "call"} />
			${t.types[type]} ${number}</button>`)}
	</span>`;
}

function Reach({ contact, name, action, onEdit })
{
	const label = action.busy ? texts.colleagues.calling(name)
		: texts.colleagues.call(name);

	return html`<span class="reach">
		${contact.mail && html`<a class="button ghost"
			href=${`mailto:${encodeURIComponent(contact.mail)
				.replace("%40", "@")}`}
			title=${t.mail(name)} aria-label=${t.mail(name)}>
			<${Icon} name="mail" /></a>`}
		<button type="button" class="ghost" title=${t.edit(name)}
			aria-label=${t.edit(name)} onClick=${() => onEdit(contact)}>
			<${Icon} name="edit" /></button>
		<button type="button" class=${`round ${action.busy ? "busy" : ""}`}
			title=${label} aria-label=${label}
			aria-disabled=${action.busy}
			onClick=${() => action.run(() => placeCall(dialled(contact)))}>
			<${Icon} name="call" /></button>
	</span>`;
}

function PickUp({ contact, name, action })
{
	const rings = contact.kind === "internal"
		&& model.states.get(contact.to)?.state === "alerting"
		&& !model.calls.keys.value.some((id) =>
			model.calls.get(id)?.peer.user === contact.to);

	return rings && html`<button type="button" class="plain pickup"
		aria-disabled=${action.busy}
		aria-label=${texts.colleagues.pickUpFrom(name)}
		onClick=${() => action.run(() => pickUp(contact.to))}>
		<${Icon} name="pickup" />${texts.colleagues.pickUp}
	</button>`;
}

/**
 * @param drag    {start(id), over(event), drop(event, contact)}
 * @param onMove  (contact, step) by the keyboard
 * @param onEdit  (contact)
 */
export function Contact({ contact, drag, onMove, onEdit })
{
	const action = useAction();
	const name = contactName(contact);
	const inside = usePresence(personOf(contact)?.name);
	const presence = contact.kind === "sip" ? externalPresence(contact.to)
		: inside;
	const press = (event) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];

		if (step) {
			event.preventDefault();
			onMove(contact, step);
		}
	};

	return html`<li class="person contact" data-contact=${contact.id}
			onDragOver=${drag.over}
			onDrop=${(event) => drag.drop(event, contact)}>
		<button type="button" class="ghost handle" draggable="true"
			title=${t.moveHint} aria-label=${t.move(name)}
			aria-describedby="move-hint" onKeyDown=${press}
			onDragStart=${(event) => drag.start(event, contact)}>
			<${Icon} name="grip" /></button>
		<${Picture} contact=${contact} name=${name}
			presence=${presence} />
		<span class="person-text">
			<span class="name"><bdi>${name}</bdi></span>
			<span class="meta"><${Whereabouts} contact=${contact} /></span>
			${(personOf(contact) || contact.kind === "sip") && html`<${Doing} name=${contact.to}
				presence=${presence} />`}
			${contact.organization && html`<span class="meta">
				<bdi>${contact.organization}</bdi></span>`}
			${contact.note && html`<bdi class="meta note">${contact.note
			}</bdi>`}
		</span>
		<${PickUp} contact=${contact} name=${name} action=${action} />
		<${Reach} contact=${contact} name=${name} action=${action}
			onEdit=${onEdit} />
		<${Numbers} contact=${contact} name=${name} action=${action} />
		<${Failure} action=${action} />
	</li>`;
}
