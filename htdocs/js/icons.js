/* icons.js - the pictures of the page, 24 by 24, drawn in the text's colour
 *
 * Always decoration: the words stand beside them or in the button's label.
 */

import { html } from "./html.js";

const HANDSET = "M6.6 3.5 9 3.2l1.7 4.2-2 1.5a13 13 0 0 0 6.4 6.4l1.5-2 "
	+ "4.2 1.7-.3 2.4a3 3 0 0 1-3 2.6A15.4 15.4 0 0 1 4 6.5a3 3 0 0 1 2.6-3Z";

const paths = {
	call: [HANDSET],
	hangup: [HANDSET],		/* laid down by app.css */
	incoming: ["M19 5 9 15", "M9 8v7h7"],
	outgoing: ["M5 19 15 9", "M8 9h7v7"],
	pause: ["M9 6v12", "M15 6v12"],
	play: ["M8 5.5v13l10.5-6.5Z"],
	search: ["M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z",
		"m20 20-4.9-4.9"],
	close: ["M6 6l12 12", "M18 6 6 18"],
	sun: ["M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Z", "M12 2.5v2", "M12 19.5v2",
		"M2.5 12h2", "M19.5 12h2", "m5.3 5.3 1.4 1.4",
		"m17.3 17.3 1.4 1.4", "m5.3 18.7 1.4-1.4",
		"m17.3 6.7 1.4-1.4"],
	moon: ["M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z"],
	settings: ["M4 7h9", "M19 7h1", "M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 "
		+ "0 5Z", "M4 17h1", "M11 17h9", "M8 19.5a2.5 2.5 0 1 0 0-5 "
		+ "2.5 2.5 0 0 0 0 5Z"],
	logout: ["M14 4.5H6.5a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1H14", "M10.5 12H20",
		"m16.5 8.5 3.5 3.5-3.5 3.5"],
	phone: ["M5 9.5 6.5 4h11L19 9.5", "M9 4v4h6V4",
		"M5 9.5v9a1.5 1.5 0 0 0 1.5 1.5h11a1.5 1.5 0 0 0 "
		+ "1.5-1.5v-9Z", "M9 13h.01", "M12 13h.01", "M15 13h.01",
		"M9 16.5h.01", "M12 16.5h.01", "M15 16.5h.01"],
	people: ["M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z",
		"M2.5 19.5c.6-3.2 3.2-5 6.5-5s5.9 1.8 6.5 5",
		"M16 4.9a3.5 3.5 0 0 1 0 6.2", "M18 14.9c1.9.7 3.2 2.3 3.5 4.6"],
	warning: ["M12 4 2.8 19.5h18.4Z", "M12 10v4.5", "M12 17h.01"],
	info: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z", "M12 11v5", "M12 8h.01"],
	computer: ["M4 5h16v11H4Z", "M8.5 20h7", "M12 16v4"],
};

export function Icon({ name })
{
	return html`<svg class=${`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true"
		focusable="false">
		${paths[name].map((d) => html`<path d=${d} />`)}
	</svg>`;
}
