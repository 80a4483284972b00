/* admin.js - the administration: its views, and the way back */

import { useEffect } from "../vendor/preact-hooks.js";
import { Audit } from "./admin-audit.js";
import { DeviceOwner } from "./admin-devices.js";
import { Directories } from "./admin-directories.js";
import { Findings } from "./admin-findings.js";
import { Groups } from "./admin-groups.js";
import { Nodes, Settings } from "./admin-system.js";
import { Templates } from "./admin-templates.js";
import { Users } from "./admin-users.js";
import { VisibilityPreset } from "./admin-visibility.js";
import { model } from "./app.js";
import { Calls } from "./calls.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { linkTo, place } from "./place.js";
import { isStaff } from "./role.js";
import { texts } from "./texts.js";

const t = texts.admin;

const views = { findings: Findings, users: Users, groups: Groups,
	templates: Templates,
	visibility: VisibilityPreset, directories: Directories,
	settings: Settings, nodes: Nodes, audit: Audit };

/** What a link may lead to besides. */
const places = { ...views, devices: DeviceOwner };

/** Whether it is open. */
export function isAdminOpen()
{
	return place.value[0] === "admin" && isStaff();
}

function Views({ open })
{
	return html`<nav class="admin-views" aria-label=${t.title}>
		${Object.keys(views).map((name) => html`<a key=${name}
			class="button" href=${linkTo("admin", name)}
			aria-current=${name === open ? "page" : undefined}>
			${t.views[name]}</a>`)}
		<a class="button back" href="#"><${Icon} name="call" />
			${t.back}</a>
	</nav>`;
}

export function Admin()
{
	const [, name, ...path] = place.value;
	const open = Object.hasOwn(places, name) ? name : "findings";
	const isCalled = model.calls.keys.value.length > 0;

	useEffect(() => {
		if (!isCalled)
			document.title = `${t.title} – ${texts.product}`;
	}, [isCalled]);

	/* Who comes by a link hears, and sees, where he is. */
	useEffect(() => {
		document.getElementById("admin-title").focus();
	}, [place.value.join("/")]);

	return html`<main class="admin">
		<${Views} open=${open} />
		${isCalled && html`<${Calls} />`}
		<section class="card" aria-labelledby="admin-title">
			<${places[open]} path=${path} />
		</section>
	</main>`;
}
