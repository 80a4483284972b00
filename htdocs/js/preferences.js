/* preferences.js - the settings panel: calls, colours, logins, keys */

import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { signal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { api } from "./api.js";
import { model } from "./app.js";
import { CallSettings } from "./call-settings.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { texts } from "./texts.js";
import { setTheme, theme } from "./theme.js";

const t = texts.settings;

const isOpen = signal(false);

export function openPreferences()
{
	isOpen.value = true;
}

const browsers = [["Edg/", "Edge"], ["OPR/", "Opera"], ["Firefox/", "Firefox"],
	["Chrome/", "Chrome"], ["Safari/", "Safari"]];
const systems = [["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"],
	["Windows", "Windows"], ["Mac OS", "macOS"], ["CrOS", "ChromeOS"],
	["Linux", "Linux"]];

/** A user agent in words: "Firefox on Linux". */
function agentText(agent)
{
	const first = (list) => list.find(([mark]) => agent?.includes(mark))?.[1];
	const browser = first(browsers);
	const system = first(systems);

	if (browser && system)
		return t.browser(browser, system);
	return browser ?? agent?.slice(0, 40) ?? t.unknownBrowser;
}

function Session({ session })
{
	const action = useAction();
	const what = agentText(session.agent);
	const when = new Date(session.created).toLocaleString(undefined,
		{ dateStyle: "medium", timeStyle: "short" });

	return html`<li class="session">
		<${Icon} name="computer" />
		<span class="person-text">
			<span class="name">${what}
				${session.current && html` <span class="tag">
					${t.current}</span>`}</span>
			<span class="meta">
				${session.address} · ${t.since(when)} · ${" "}
				${session.live || session.current ? t.live : t.idle}
			</span>
		</span>
		${!session.current && html`<button type="button"
			aria-label=${t.endThis(what)} aria-disabled=${action.busy}
			onClick=${() => action.run(async () => {
				await api.endSession(session.id);
				model.sessions.value = model.sessions.peek()
					?.filter(({ id }) => id !== session.id) ?? null;
			})}>
			${t.endSession}</button>`}
		<${Failure} action=${action} />
	</li>`;
}

function Sessions()
{
	const action = useAction();
	const own = model.session.value?.id;
	const sessions = model.sessions.value;

	useEffect(() => {
		action.run(async () => {
			model.sessions.value = (await api.sessions()).items;
		});
	}, []);

	return html`<section aria-labelledby="sessions-title">
		<h3 id="sessions-title">${t.sessions}</h3>
		${sessions === null && action.busy && html`<p class="quiet">
			${t.loading}</p>`}
		<ul class="sessions">
			${sessions?.map((session) => html`<${Session} key=${session.id}
				session=${{ ...session, current: session.id === own }} />`)}
		</ul>
		<${Failure} action=${action} />
	</section>`;
}

function Colours()
{
	return html`<fieldset class="choices">
		<legend>${t.colours}</legend>
		${Object.entries(t.themes).map(([name, text]) => html`<label key=${name}>
			<input type="radio" name="theme" checked=${theme.value === name}
				onChange=${() => setTheme(name)} />
			<span>${text}</span>
		</label>`)}
	</fieldset>`;
}

function Keys()
{
	return html`<section class="shortcuts" aria-labelledby="keys-title">
		<h3 id="keys-title">${t.keys}</h3>
		<dl>
			${t.shortcuts.map(([key, what]) => html`<div key=${key}>
				<dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}
		</dl>
	</section>`;
}

export function Preferences()
{
	const dialog = useRef(null);

	useEffect(() => {
		if (isOpen.value)
			dialog.current.showModal();
	}, [isOpen.value]);

	if (!isOpen.value)
		return null;
	const close = () => dialog.current.close();

	return html`<dialog ref=${dialog} class="preferences"
			aria-labelledby="preferences-title"
			onClose=${() => { isOpen.value = false; }}
			onClick=${(event) => event.target === dialog.current && close()}>
		<div class="dialog-body">
			<div class="card-head">
				<h2 id="preferences-title">${t.title}</h2>
				<button type="button" class="ghost" onClick=${close}
					aria-label=${texts.close} title=${texts.close}>
					<${Icon} name="close" />
				</button>
			</div>
			<${CallSettings} />
			<${Colours} />
			<${Sessions} />
			<${Keys} />
		</div>
	</dialog>`;
}
