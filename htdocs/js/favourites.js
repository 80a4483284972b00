/* favourites.js - the contacts of the profile in use, under their headings */

import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { say } from "./announcer.js";
import { api } from "./api.js";
import { model } from "./app.js";
import { Contact, contactName } from "./contact.js";
import { ContactForm } from "./contact-form.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { groups, placeDropped, placeStep } from "./order.js";
import { ProfileChoice, ProfileTools, ToolsButton } from "./profiles.js";
import { recall, remember } from "./settings.js";
import { texts } from "./texts.js";

const t = texts.favourites;

/** Headings that are closed in this browser. */
function readClosed()
{
	try {
		return new Set(JSON.parse(recall("closed") ?? "[]"));
	} catch {
		return new Set();
	}
}

function useMoves(action)
{
	const dragged = useSignal(null);

	async function move(contact, place)
	{
		if (!place)
			return;
		const done = await action.run(async () => model.putContact(
			await api.moveContact(contact, place.before,
				place.heading)));

		if (done)
			say(t.moved(contactName(contact)));
		/* Under another heading it is drawn anew. */
		document.querySelector(`[data-contact="${contact.id}"] .handle`)
			?.focus();
	}

	return {
		step: (contact, step) => move(contact,
			placeStep(model.favourites.peek(), contact.id, step)),
		start(event, contact)
		{
			dragged.value = contact;
			event.dataTransfer.effectAllowed = "move";
			event.dataTransfer.setData("text/plain",
				contactName(contact));
			event.dataTransfer.setDragImage(
				event.target.closest(".contact"), 0, 0);
		},
		over(event)
		{
			if (dragged.peek())
				event.preventDefault();
		},
		drop(event, contact)
		{
			const one = dragged.peek();

			event.preventDefault();
			dragged.value = null;
			if (one && one.id !== contact.id)
				move(one, placeDropped(model.favourites.peek(),
					one.id, contact));
		},
	};
}

function Group({ group, i, closed, moves, onEdit })
{
	const { heading, contacts } = group;
	const isClosed = heading !== "" && closed.value.has(heading);
	const toggle = () => {
		const next = new Set(closed.peek());

		if (!next.delete(heading))
			next.add(heading);
		closed.value = next;
		remember("closed", JSON.stringify([...next]));
	};

	return html`<div class="group">
		${heading && html`<h3><button type="button" class="heading"
			aria-expanded=${!isClosed} aria-controls=${`group-${i}`}
			onDragOver=${moves.over}
			onDrop=${(event) => moves.drop(event, contacts[0])}
			onClick=${toggle}>
			<bdi>${heading}</bdi> <span class="count">
				${contacts.length}</span>
		</button></h3>`}
		<ul class="people" id=${`group-${i}`} hidden=${isClosed}>
			${contacts.map((contact) => html`<${Contact} key=${contact.id}
				contact=${contact} drag=${moves} onMove=${moves.step}
				onEdit=${onEdit} />`)}
		</ul>
	</div>`;
}

export function Favourites()
{
	const action = useAction();
	const moves = useMoves(action);
	const closed = useSignal(null);
	const isManaged = useSignal(false);
	const edited = useSignal(null);		/* a contact, or {} for a new one */
	const contacts = model.favourites.value;

	if (closed.value === null)
		closed.value = readClosed();
	if (!model.profile.value)
		return null;
	return html`<section class="card favourites"
			aria-labelledby="favourites-title">
		<div class="card-head">
			<h2 id="favourites-title">${t.title}</h2>
			<div class="favourites-tools">
				<${ProfileChoice} action=${action} />
				<${ToolsButton} isOpen=${isManaged} />
				<button type="button" class="ghost" title=${t.add}
					aria-label=${t.add}
					onClick=${() => { edited.value = {}; }}>
					<${Icon} name="plus" /></button>
			</div>
		</div>
		${isManaged.value && html`<${ProfileTools} />`}
		<${Failure} action=${action} />
		${contacts.length === 0 && html`<p class="empty">
			<${Icon} name="people" />${t.none}</p>`}
		<p class="spoken" id="move-hint">${t.moveHint}</p>
		${groups(contacts).map((group, i) => html`<${Group}
			key=${group.heading} group=${group} i=${i} closed=${closed}
			moves=${moves} onEdit=${(contact) => {
				edited.value = contact;
			}} />`)}
		${edited.value && html`<${ContactForm} key=${edited.value.id}
			contact=${edited.value} onMove=${moves.step}
			onClose=${() => { edited.value = null; }} />`}
	</section>`;
}
