/* link.js - a link from another page that wants a call: /go/call?to=
 *
 * It only fills the input and asks; following a link never dials.
 */

import { signal } from "../vendor/signals.js";

const LONGEST = 128;

/** Control and text-direction characters could show another number than
 * the one dialled. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** @return the text that a /go/call address asks for, or null */
export function readLink({ pathname, search })
{
	if (pathname !== "/go/call")
		return null;
	const to = (new URLSearchParams(search).get("to") ?? "")
		.replace(UNSEEN, "").trim().replace(/^tel:/i, "").slice(0, LONGEST);

	return to === "" ? null : to;
}

/** What the link wants, until the user has decided. */
export const wanted = signal(null);

export function openLink()
{
	wanted.value = readLink(location);
	if (wanted.value === null && location.pathname !== "/")
		history.replaceState(null, "", "/");
}

/** Reloading the page must not ask again. */
export function closeLink()
{
	wanted.value = null;
	history.replaceState(null, "", "/");
}
