/* presence.js - what people do: shown of everybody, chosen for oneself */

import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { signal, useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { api } from "./api.js";
import { model } from "./app.js";
import { clock } from "./clock.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { mergePresence, nextChange } from "./merge.js";
import { texts } from "./texts.js";

const t = texts.presence;

/** Colours by what an activity means for who wants to reach somebody. */
const tones = {
	available: "free",
	away: "away", lunch: "away", "in-transit": "away",
	busy: "busy", meeting: "busy", appointment: "busy",
	presentation: "busy", "on-the-phone": "busy",
	dnd: "dnd",
	vacation: "gone", holiday: "gone", travel: "gone",
	"permanent-absence": "gone",
};

/** What the dialog offers, besides what is found out by itself. */
const offered = ["available", "away", "busy", "dnd", "lunch", "meeting",
	"appointment", "presentation", "in-transit", "travel", "vacation",
	"holiday", "permanent-absence", "other"];

const LOOK_MS = 3_600_000;	/* a timer longer than a month ends at once */

const now = () => new Date(clock.now()).toISOString();

/** The merged presence of a user; drawn again when its time is over. */
export function usePresence(name)
{
	const over = useSignal(0);
	const known = { ...model.states.get(name), im: model.online.get(name),
		set: model.said.get(name) };
	const next = nextChange(known, now());

	useEffect(() => {
		if (!next)
			return undefined;
		const ms = Math.min(Date.parse(next) - clock.now() + 10, LOOK_MS);
		const timer = setTimeout(() => { over.value++; }, ms);

		return () => clearTimeout(timer);
	}, [next, over.value]);
	return mergePresence(known, now());
}

export function toneOf({ activity })
{
	return Object.hasOwn(tones, activity) ? tones[activity] : "other";
}

/** What he or his calendar says, not what is found out. */
export function isSaid({ reason })
{
	return reason === "set" || reason === "calendar";
}

/** "13:00" today, else with its day. */
function timeText(time)
{
	const when = new Date(time);
	const isToday = when.toDateString()
		=== new Date(clock.now()).toDateString();

	return isToday ? when.toLocaleTimeString(undefined,
		{ timeStyle: "short" }) : when.toLocaleString(undefined,
		{ dateStyle: "medium", timeStyle: "short" });
}

/** Unknown words are shown as they are. */
const word = (activity) => Object.hasOwn(t.activities, activity)
	? t.activities[activity] : activity;

/** "Do not disturb, set by you 10:02" */
function whyText(name, { activity, since, reason })
{
	const source = reason === "set" ? model.said.get(name)?.own?.source : null;
	const self = name === model.me.value?.name ? t.you : model.nameOf(name);
	const who = [null, undefined, "user"].includes(source) ? self : source;
	const why = t.reasons[source === "phone" ? "phone" : reason](who,
		since ? timeText(since) : "");

	return activity ? `${word(activity)}, ${why}` : why;
}

/** What somebody says of himself, or his calendar of him; what is found out
 * stands beside it anyway. */
export function Doing({ name, presence })
{
	const { note, until } = presence;

	if (!isSaid(presence) && !note)
		return null;
	return html`<span class="doing" title=${whyText(name, presence)}>
		${isSaid(presence) && html`<span
			class=${`activity tone-${toneOf(presence)}`}>
			${word(presence.activity)}</span>`}
		${isSaid(presence) && until && html` <span class="until">
			${t.until(timeText(until))}</span>`}
		${note && html` <span class="note">${note}</span>`}
	</span>`;
}

/* ---- one's own ------------------------------------------------------------ */

const isOpen = signal(false);

/** Own presence, and the way to change it. */
export function OwnPresence()
{
	const { name } = model.me.value;
	const presence = usePresence(name);
	const { activity, reason } = presence;
	const label = activity ? word(activity) : t.reasons[reason]("", "");

	return html`<button type="button" class="own-presence"
			title=${whyText(name, presence)}
			aria-label=${t.change(label)} aria-haspopup="dialog"
			onClick=${() => { isOpen.value = true; }}>
		<span class=${`spot tone-${activity ? toneOf(presence) : "none"}`}
			aria-hidden="true"></span>
		<span>${label}</span>
	</button>`;
}

/** When it ends, in words of the dialog; null: never. */
const spans = {
	open: () => null,
	half: (ms) => ms + 30 * 60_000,
	hour: (ms) => ms + 3_600_000,
	two: (ms) => ms + 2 * 3_600_000,
	today: (ms) => new Date(ms).setHours(24, 0, 0, 0),
	at: (ms, at) => Date.parse(at),
};

/** "2026-11-22T13:00", as its input wants it: local, to the minute. */
function localTime(time)
{
	const when = new Date(time);

	return new Date(when - when.getTimezoneOffset() * 60_000).toISOString()
		.slice(0, 16);
}

/* One that was not changed stays as it was, with its seconds. */
function endOf({ span, at, until })
{
	if (span === "at" && until && at === localTime(until))
		return until;

	const ms = spans[span](clock.now(), at);

	return ms === null ? null : new Date(ms).toISOString();
}

function formOf(own)
{
	return {
		activity: own?.activity ?? "",
		note: own?.note ?? "",
		span: own?.until ? "at" : "open",
		at: own?.until ? localTime(own.until) : "",
		until: own?.until ?? null,
	};
}

/** Nothing chosen and nothing written: what is found out counts. */
async function save(form)
{
	const note = form.note.trim() || null;

	if (!form.activity && !note)
		await api.dropPresence();
	else
		await api.putPresence({ activity: form.activity || null, note,
			until: endOf(form) });
}

function Activities({ value, edit })
{
	const { activity: chosen } = value;
	/* a word that another program has set stays until it is changed */
	const all = ["", ...offered,
		...chosen && !offered.includes(chosen) ? [chosen] : []];

	return html`<fieldset class="activities">
		<legend>${t.what}</legend>
		${all.map((activity) => html`<label key=${activity}>
			<input type="radio" name="activity" value=${activity}
				checked=${chosen === activity}
				onChange=${() => edit({ activity })} />
			<span><span class=${`spot tone-${activity
				? toneOf({ activity }) : "none"}`}
				aria-hidden="true"></span>
				${activity ? word(activity) : t.automatic}</span>
		</label>`)}
	</fieldset>`;
}

function Note({ value, edit, fault })
{
	return html`<div class="field">
		<label for="presence-note">${t.note}</label>
		<input id="presence-note" type="text" maxlength="256"
			autocomplete="off" value=${value.note}
			placeholder=${t.noteHint}
			aria-invalid=${fault ? "true" : undefined}
			onInput=${(event) => edit({ note: event.target.value })} />
		<p class="hint bad">${fault}</p>
	</div>`;
}

function Until({ value, edit, fault })
{
	return html`<div class="field">
		<label for="presence-span">${t.how}</label>
		<select id="presence-span" value=${value.span}
				onChange=${(event) => edit({ span: event.target.value })}>
			${Object.keys(spans).map((span) => html`<option key=${span}
				value=${span}>${t.spans[span]}</option>`)}
		</select>
		${value.span === "at" && html`<input type="datetime-local" required
			aria-label=${t.end} value=${value.at}
			aria-invalid=${fault ? "true" : undefined}
			onInput=${(event) => edit({ at: event.target.value })} />`}
		<p class="hint bad">${fault}</p>
	</div>`;
}

function Form({ close })
{
	const action = useAction();
	const form = useSignal(formOf(model.said.peek(model.me.peek().name)?.own));
	const fault = (pointer) => texts.fault(action.problem, pointer);
	const edit = (changes) => {
		form.value = { ...form.peek(), ...changes };
	};

	return html`<form class="presence-form" onSubmit=${async (event) => {
			event.preventDefault();
			if (await action.run(() => save(form.peek())))
				close();
		}}>
		<${Activities} value=${form.value} edit=${edit} />
		<div class="fields">
			<${Note} value=${form.value} edit=${edit}
				fault=${fault("/note")} />
			<${Until} value=${form.value} edit=${edit}
				fault=${fault("/until")} />
		</div>
		<div class="save">
			<button type="submit" class="primary"
				aria-disabled=${action.busy}>${t.save}</button>
		</div>
		<${Failure} action=${action} />
	</form>`;
}

export function PresenceDialog()
{
	const dialog = useRef(null);

	useEffect(() => {
		if (isOpen.value)
			dialog.current.showModal();
	}, [isOpen.value]);

	if (!isOpen.value)
		return null;
	const close = () => dialog.current?.close();

	return html`<dialog ref=${dialog} class="preferences"
			aria-labelledby="presence-title"
			onClose=${() => { isOpen.value = false; }}
			onClick=${(event) => event.target === dialog.current && close()}>
		<div class="dialog-body">
			<div class="card-head">
				<h2 id="presence-title">${t.title}</h2>
				<button type="button" class="ghost" onClick=${close}
					aria-label=${texts.close} title=${texts.close}>
					<${Icon} name="close" />
				</button>
			</div>
			<${Form} close=${close} />
		</div>
	</dialog>`;
}
