/* header.js - who is logged in, whether the page is connected, and the exits */

import { connection, logOut, model, reconnect } from "./app.js";
import { Failure, useAction } from "./action.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Avatar } from "./person.js";
import { canRemember } from "./settings.js";
import { openPreferences } from "./preferences.js";
import { OwnPresence } from "./presence.js";
import { isStaff } from "./role.js";
import { texts } from "./texts.js";
import { isDark, setTheme } from "./theme.js";
import { useSignal } from "../vendor/signals.js";

const t = texts.header;

function Connection()
{
	const state = connection.value;

	return html`<span class=${`connection connection-${state}`} role="status">
		<span class="dot" aria-hidden="true"></span>
		<span class="connection-text">${t.connection[state]}</span>
	</span>`;
}

function Me()
{
	const me = model.me.value;

	return html`<div class="me">
		<${Avatar} name=${me.display_name} id=${me.name} />
		<span class="me-name">${me.display_name}</span>
		${me.number && html`<span class="number">${me.number}</span>`}
	</div>`;
}

/** That calls do not come here, and the way to change it. */
function Mark({ icon, text })
{
	return html`<button type="button" class="mark" title=${t.change(text)}
		aria-label=${t.change(text)} aria-haspopup="dialog"
		onClick=${openPreferences}>
		<${Icon} name=${icon} /><span>${text}</span>
	</button>`;
}

function Marks()
{
	return html`<div class="marks">
		${model.settings.value?.dnd && html`<${Mark} icon="dnd"
			text=${t.dnd} />`}
		${Object.entries(model.awayTo.value).map(([from, to]) => html`<${Mark}
			key=${from} icon="redirect" text=${t.away[from](
				model.whoIs(to)?.display_name ?? to)} />`)}
	</div>`;
}

export function Header()
{
	const action = useAction();
	const dark = isDark();
	const themeLabel = dark ? t.toLight : t.toDark;

	return html`<header class="header">
		<div class="header-row">
			<h1 class="brand">
				<img src="/icon.svg" alt="" width="28" height="28" />
				<span>${texts.product}</span>
			</h1>
			<${Connection} />
			<${Marks} />
			<${Me} />
			<${OwnPresence} />
			<nav class="header-buttons" aria-label=${texts.product}>
				<button type="button" class="ghost" title=${themeLabel}
					aria-label=${themeLabel}
					onClick=${() => setTheme(dark ? "light" : "dark")}>
					<${Icon} name=${dark ? "sun" : "moon"} />
				</button>
				${isStaff() && html`<a class="button ghost"
					href="#admin" title=${t.admin} aria-label=${t.admin}>
					<${Icon} name="admin" /></a>`}
				<button type="button" class="ghost" title=${t.settings}
					aria-label=${t.settings} aria-haspopup="dialog"
					onClick=${openPreferences}>
					<${Icon} name="settings" />
				</button>
				<button type="button" class="ghost" title=${t.logout}
					aria-label=${t.logout} disabled=${action.busy}
					onClick=${() => action.run(logOut)}>
					<${Icon} name="logout" />
				</button>
			</nav>
		</div>
		<${Failure} action=${action} />
	</header>`;
}

/** That what one sees may be out of date. */
function Stale({ what, more })
{
	return html`<div class="banner banner-bad">
		<${Icon} name="warning" />
		<p><b>${what}</b> ${more}</p>
		<button type="button" class="plain" onClick=${reconnect}>
			${texts.banner.retry}
		</button>
	</div>`;
}

/** What the user must know about the page itself. */
export function Banners()
{
	const hidden = useSignal(canRemember());

	return html`<div class="banners" role="status">
		${connection.value === "lost" && html`<${Stale}
			what=${texts.banner.lost} more=${texts.banner.lostMore} />`}
		${connection.value === "crowded" && html`<${Stale}
			what=${texts.banner.crowded}
			more=${texts.banner.crowdedMore} />`}
		${!hidden.value && html`<div class="banner">
			<${Icon} name="info" />
			<p>${texts.banner.storage}</p>
			<button type="button" class="plain"
				onClick=${() => { hidden.value = true; }}>
				${texts.close}
			</button>
		</div>`}
	</div>`;
}
