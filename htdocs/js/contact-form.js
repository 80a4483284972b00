/* contact-form.js - a contact is entered, changed, removed */

import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { api, photoUrl } from "./api.js";
import { model } from "./app.js";
import { contactName } from "./contact.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { texts } from "./texts.js";

const t = texts.favourites;

const EMPTY = { kind: "internal", to: "", name: "", organization: "",
	heading: "", note: "", numbers: [], emails: [], addresses: [],
	urls: [] };

/** Lists of a contact: what an entry has besides its type. */
const lists = {
	numbers: { parts: { number: "tel" }, most: 20,
		types: ["work", "home", "mobile", "fax", "other"] },
	emails: { parts: { address: "email" }, most: 10,
		types: ["work", "home", "other"] },
	urls: { parts: { url: "url" }, most: 10,
		types: ["work", "home", "other"] },
	addresses: { parts: { street: "text", code: "text", city: "text",
		region: "text", country: "text" }, most: 5,
	types: ["work", "home", "other"] },
};

/** What the API takes of a contact. */
function ownOf(contact)
{
	return Object.fromEntries(Object.entries(EMPTY).map(
		([name, preset]) => [name, contact[name] ?? preset]));
}

/** What is wrong with it stands below, not in its name. */
function Field({ name, label, fault, children })
{
	return html`<div class="field">
		<label for=${`contact-${name}`}>${label}</label>
		${children}
		<p class="hint bad" id=${`fault-${name}`}>${fault}</p>
	</div>`;
}

/** What a control has of its field. */
const control = (name, fault) => ({
	id: `contact-${name}`,
	"aria-invalid": fault ? "true" : undefined,
	"aria-describedby": `fault-${name}`,
});

function Text({ name, label, value, fault, set, ...more })
{
	return html`<${Field} name=${name} label=${label} fault=${fault}>
		<input type="text" dir="auto" autocomplete="off" value=${value}
			onInput=${(event) => set({ [name]: event.target.value })}
			...${control(name, fault)} ...${more} />
	<//>`;
}

function Kind({ value, set })
{
	return html`<fieldset class="choices">
		<legend>${t.kind}</legend>
		${Object.entries(t.kinds).map(([name, text]) => html`<label
				key=${name}>
			<input type="radio" name="kind" checked=${value === name}
				onChange=${() => set({ kind: name, to: "" })} />
			<span>${text}</span>
		</label>`)}
	</fieldset>`;
}

/** Whom it reaches: a colleague, a number, an address. */
function To({ draft, fault, set })
{
	if (draft.kind !== "internal")
		return html`<${Text} name="to" label=${t.to[draft.kind]}
			value=${draft.to} fault=${fault("/to")} set=${set} required
			maxlength="255" spellcheck=${false} autocapitalize="none"
			placeholder=${draft.kind === "sip" ? "sip:" : undefined} />`;
	return html`<${Field} name="to" label=${t.to.internal}
			fault=${fault("/to")}>
		<select required value=${draft.to} ...${control("to", fault("/to"))}
			onChange=${(event) => set({ to: event.target.value })}>
			<option value="" selected=${draft.to === ""}>${t.choose}</option>
			${model.colleagues.value.map((name) => html`<option key=${name}
				value=${name} selected=${draft.to === name}>
				${model.people.get(name).display_name}</option>`)}
		</select>
	<//>`;
}

function Entry({ name, entry, i, set, remove, fault })
{
	const { parts, types } = lists[name];
	const label = t.lists[name].one(i + 1);

	return html`<fieldset class=${`entry entry-${name}`}>
		<legend class="spoken">${label}</legend>
		<select aria-label=${t.type(label)} value=${entry.type}
			onChange=${(event) => set({ type: event.target.value })}>
			${types.map((type) => html`<option key=${type} value=${type}
				selected=${type === entry.type}>${t.types[type]}
			</option>`)}
		</select>
		${Object.entries(parts).map(([part, kind]) => html`<input
			key=${part} type="text" inputmode=${kind} maxlength="255"
			autocomplete="off" dir="auto" value=${entry[part]}
			aria-label=${`${label}: ${t.parts[part]}`}
			placeholder=${t.parts[part]}
			aria-invalid=${fault(`/${name}/${i}/${part}`)
				? "true" : undefined}
			onInput=${(event) => set({ [part]: event.target.value })} />`)}
		<button type="button" class="ghost" title=${t.removeOne(label)}
			aria-label=${t.removeOne(label)} onClick=${remove}>
			<${Icon} name="bin" /></button>
		${Object.keys(parts).map((part) => html`<p key=${part}
			class="hint bad">${fault(`/${name}/${i}/${part}`)}</p>`)}
	</fieldset>`;
}

function List({ name, draft, set, fault })
{
	const entries = draft[name];
	const { parts, most, types } = lists[name];
	const put = (value) => set({ [name]: value });
	const blank = Object.fromEntries(Object.keys(parts).map(
		(part) => [part, ""]));

	return html`<div class="entries">
		${entries.map((entry, i) => html`<${Entry} key=${i} name=${name}
			entry=${entry} i=${i} fault=${fault}
			set=${(changes) => put(entries.map((one, at) =>
				at === i ? { ...one, ...changes } : one))}
			remove=${() => put(entries.filter((_, at) => at !== i))} />`)}
		<button type="button" class="plain" disabled=${entries.length >= most}
			onClick=${() => put([...entries,
				{ type: types[0], ...blank }])}>
			<${Icon} name="plus" />${t.lists[name].add}</button>
	</div>`;
}

/** Kept at once, unlike the rest. */
function Photo({ contact, action })
{
	const choose = (event) => {
		const [file] = event.target.files;

		event.target.value = "";
		if (file)
			action.run(() => api.putPhoto(contact, file));
	};

	return html`<div class="photo-field">
		${contact.photo && html`<img src=${photoUrl(contact)} width="64"
			height="64" alt=${t.photoOf(contactName(contact))} />`}
		<label class="field">${t.photo}
			<input type="file" onChange=${choose}
				accept="image/jpeg,image/png,image/gif,image/webp" />
			<span class="hint">${t.photoHint}</span>
		</label>
		${contact.photo && html`<button type="button"
			aria-disabled=${action.busy}
			onClick=${() => action.run(() => api.removePhoto(contact))}>
			${t.removePhoto}</button>`}
	</div>`;
}

/** What is done with one that is there: for those who cannot drag, too. */
function More({ contact, action, onMove, onRemoved })
{
	const isAsked = useSignal(false);
	const remove = async () => {
		if (await action.run(() => api.removeContact(contact)))
			onRemoved();
	};

	return html`<div class="buttons">
		<button type="button" onClick=${() => onMove(contact, -1)}>
			${t.up}</button>
		<button type="button" onClick=${() => onMove(contact, 1)}>
			${t.down}</button>
		${isAsked.value
			? html`<button type="button" class="danger"
				aria-disabled=${action.busy} onClick=${remove}>
				${t.removeSure}</button>`
			: html`<button type="button" onClick=${() => {
				isAsked.value = true;
			}}>${t.remove}</button>`}
	</div>`;
}

function Fields({ draft, set, fault })
{
	return html`<${Kind} value=${draft.kind} set=${set} />
		<div class="fields">
			<${To} draft=${draft} fault=${fault} set=${set} />
			<${Text} name="name" label=${t.contactName} maxlength="128"
				value=${draft.name} fault=${fault("/name")} set=${set} />
			<${Text} name="organization" label=${t.organization}
				maxlength="128" value=${draft.organization}
				fault=${fault("/organization")} set=${set} />
			<${Text} name="heading" label=${t.heading} maxlength="128"
				list="headings" value=${draft.heading}
				fault=${fault("/heading")} set=${set} />
		</div>
		<datalist id="headings">
			${[...new Set(model.favourites.value.map((one) => one.heading))]
				.filter(Boolean).map((text) => html`<option key=${text}
					value=${text} />`)}
		</datalist>
		${Object.keys(lists).map((name) => html`<${List} key=${name}
			name=${name} draft=${draft} set=${set} fault=${fault} />`)}
		<${Field} name="note" label=${t.note} fault=${fault("/note")}>
			<textarea rows="3" maxlength="2000" dir="auto"
				value=${draft.note} ...${control("note", fault("/note"))}
				onInput=${(event) => set({ note: event.target.value })} />
		<//>`;
}

/** @param contact  {} for a new one; @param onMove  (contact, step) */
export function ContactForm({ contact: given, onMove, onClose })
{
	const dialog = useRef(null);
	const action = useAction();
	const draft = useSignal(ownOf(given));
	const contact = given.id ? model.contacts.get(given.id) ?? given : given;
	const fault = (pointer) => texts.fault(action.problem, pointer);
	const set = (changes) => {
		draft.value = { ...draft.peek(), ...changes };
	};

	useEffect(() => dialog.current.showModal(), []);
	/* Moved below another heading it has that one, unless one is written. */
	const heading = useRef(given.heading);

	useEffect(() => {
		if (draft.peek().heading === heading.current)
			set({ heading: contact.heading });
		heading.current = contact.heading;
	}, [contact.heading]);
	const save = async (event) => {
		const value = { ...draft.peek(), to: draft.peek().to.trim() };

		event.preventDefault();
		if (await action.run(async () => model.putContact(contact.id
			? await api.putContact(given.version === contact.version
				|| !isChanged(given, contact) ? contact : given, value)
			: await api.addContact(model.profile.peek(), value))))
			dialog.current.close();
	};

	return html`<dialog ref=${dialog} class="preferences contact-form"
			aria-labelledby="contact-title" onClose=${onClose}>
		<form class="dialog-body" onSubmit=${save}>
			<div class="card-head">
				<h2 id="contact-title">${contact.id
					? t.editTitle(contactName(contact)) : t.add}</h2>
				<button type="button" class="ghost" title=${texts.close}
					aria-label=${texts.close}
					onClick=${() => dialog.current.close()}>
					<${Icon} name="close" /></button>
			</div>
			<${Fields} draft=${draft.value} set=${set} fault=${fault} />
			${contact.id && html`<${Photo} contact=${contact}
				action=${action} />`}
			<${Failure} action=${action} />
			<div class="save">
				<button type="submit" class="primary"
					aria-disabled=${action.busy}>${t.save}</button>
				${contact.id && html`<${More} contact=${contact}
					action=${action} onMove=${onMove}
					onRemoved=${() => dialog.current.close()} />`}
			</div>
		</form>
	</dialog>`;
}

/** A photo or a place that changed meanwhile is no conflict; the heading is part
 * of the place. */
function isChanged(before, now)
{
	const text = (contact) => JSON.stringify({ ...ownOf(contact),
		heading: "" });

	return text(before) !== text(now);
}
