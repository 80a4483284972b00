/* focus.js - what had the focus is gone: lead it to what is nearest */

import { focusDial } from "./dial.js";

/** Whose place a verb's button takes when it has worked. */
const next = { hold: "retrieve", retrieve: "hold", swap: "hold",
	answer: "hold" };

let last = null;		/* what had the focus */
let home = null;		/* the call, row or section it stands in */

function isLost()
{
	return last && !last.isConnected
		&& document.activeElement === document.body;
}

function nearest()
{
	const verb = next[last.dataset.verb];
	const buttons = home?.isConnected && !home.matches(".call-ended")
		? [...home.querySelectorAll("button:not(:disabled)")] : [];

	return buttons.find((one) => one.dataset.verb === verb) ?? buttons[0];
}

function lead()
{
	if (!isLost())
		return;
	const aim = nearest();

	last = null;
	if (aim)
		aim.focus();
	else if (!matchMedia("(pointer: coarse)").matches)
		focusDial();
}

/** @param page  element that all is drawn in */
export function keepFocus(page)
{
	page.addEventListener("focusin", ({ target }) => {
		last = target;
		home = target.closest("[data-call], .person, dialog, section");
	});
	new MutationObserver(lead).observe(page,
		{ childList: true, subtree: true });
}
