/* main.js - put the page together */

import { render } from "../vendor/preact.js";
import { useEffect } from "../vendor/preact-hooks.js";
import { Admin, isAdminOpen } from "./admin.js";
import { Announcer } from "./announcer.js";
import { screen, start } from "./app.js";
import { Calls } from "./calls.js";
import { Colleagues } from "./colleagues.js";
import { Devices } from "./devices.js";
import { Dial, focusDial } from "./dial.js";
import { Favourites } from "./favourites.js";
import { keepFocus } from "./focus.js";
import { Banners, Header } from "./header.js";
import { html } from "./html.js";
import { openLink, wanted } from "./link.js";
import { Login } from "./login.js";
import { Parking } from "./parking.js";
import { Preferences } from "./preferences.js";
import { PresenceDialog } from "./presence.js";
import { texts } from "./texts.js";

function Telephone()
{
	useEffect(() => {
		if (!matchMedia("(pointer: coarse)").matches)
			focusDial();
	}, []);

	return html`<main class="home">
		<${Dial} />
		<${Calls} />
		<${Parking} />
		<div class="lists">
			<${Favourites} />
			<${Colleagues} />
		</div>
		<${Devices} />
	</main>`;
}

function Home()
{
	/* A link that wants a call asks first. */
	const isAdmin = isAdminOpen() && wanted.value === null;

	return html`<${Header} />
		<${Banners} />
		${isAdmin ? html`<${Admin} />` : html`<${Telephone} />`}
		<${Preferences} />
		<${PresenceDialog} />`;
}

function Starting()
{
	return html`<${Banners} />
		<main class="starting" aria-busy="true">
			<h1 class="spoken">${texts.product}</h1>
			<p class="quiet">${texts.loading}</p>
		</main>`;
}

const screens = { starting: Starting, login: Login, home: Home };

function Page()
{
	return html`<${screens[screen.value]} /><${Announcer} />`;
}

/** `/` leads to the input from everywhere but a text field. */
function onKey(event)
{
	if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey
	    || event.target.matches("input:not([type=radio]), textarea, select")
	    || document.querySelector("dialog[open]"))
		return;
	event.preventDefault();
	focusDial();
}

openLink();
addEventListener("keydown", onKey);
keepFocus(document.getElementById("page"));
render(html`<${Page} />`, document.getElementById("page"));
start();
