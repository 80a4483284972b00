/* person.js - how a person looks: initials and availability */

import { availability, onlineWord } from "./model.js";
import { html } from "./html.js";
import { texts } from "./texts.js";

const HUES = 8;

function initials(name)
{
	const words = name.split(/\s+/).filter((word) => /\p{L}|\p{N}/u.test(word));
	const first = words[0] ?? "?";
	const last = words.length > 1 ? words.at(-1) : "";

	return ([...first][0] + ([...last][0] ?? "")).toLocaleUpperCase();
}

/** The same person has the same colour everywhere. */
function hue(key)
{
	let sum = 0x811c9dc5;		/* FNV-1a */

	for (const letter of key)
		sum = Math.imul(sum ^ letter.codePointAt(0), 0x01000193);
	return (sum >>> 16) % HUES;
}

/** Who it is, in one word. @param call  or whoever has a `peer` */
export function peerName({ peer })
{
	return peer.name || peer.number || peer.uri || texts.calls.unknown;
}

/** @param state  row of model.states, or null to draw no badge
 *  @param tone   colour of what he says he does, or null; a call that rings
 *                for him is seen before that */
export function Avatar({ name, id, state, tone })
{
	const shown = state && availability(state);
	const badge = tone && shown !== "alerting" ? `badge-said tone-${tone}`
		: shown && shown !== "unknown" && `badge-${shown}`;

	return html`<span class=${`avatar hue-${hue(id ?? name)}`} aria-hidden="true">
		${initials(name)}
		${badge && html`<span class=${`badge ${badge}`} />`}
	</span>`;
}

/** "Online": whether somebody sits in front of this page. */
export function Online({ im })
{
	const word = onlineWord(im);

	if (word === "unknown")
		return null;
	return html`<span class=${`online online-${word}`}>
		${texts.colleagues.online[word]}</span>`;
}

/** "Available", in words: never colour alone. */
export function Availability({ state })
{
	const name = availability(state);

	return html`<span class=${`availability availability-${name}`}>
		${texts.colleagues.availability[name]}</span>`;
}
