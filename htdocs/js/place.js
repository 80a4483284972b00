/* place.js - which part of the page is open: what the address says after # */

import { signal } from "../vendor/signals.js";

function read()
{
	try {
		return location.hash.slice(1).split("/").filter(Boolean)
			.map(decodeURIComponent);
	} catch {
		return [];		/* half a %-code */
	}
}

/** "#admin/users/bob" is ["admin", "users", "bob"]; empty: the calls. */
export const place = signal(read());

/** The address of a place, for a link. */
export function linkTo(...parts)
{
	return `#${parts.map(encodeURIComponent).join("/")}`;
}

/** Go there, as a link would. */
export function goTo(...parts)
{
	location.hash = linkTo(...parts);
}

addEventListener("hashchange", () => { place.value = read(); });
