/* sessions.js - the user's logins, and their end from here */

import { useEffect } from "../vendor/preact-hooks.js";
import { Failure, useAction } from "./action.js";
import { api } from "./api.js";
import { model } from "./app.js";
import { moment } from "./clock.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { texts } from "./texts.js";

const t = texts.settings;

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

/** A login. @param end  async () ends it */
export function Session({ session, end })
{
	const action = useAction();
	const what = agentText(session.agent);
	const isOpen = session.live || session.current;

	return html`<li class="entry">
		<${Icon} name="computer" />
		<span class="person-text">
			<span class="name">${what}
				${session.current && html` <span class="tag">
					${t.current}</span>`}</span>
			<span class="meta">
				${session.address} · ${t.since(moment(session.created))}
				${" · "}${isOpen ? t.live
					: t.lastSeen(moment(session.last_seen))}
			</span>
		</span>
		${!session.current && html`<button type="button"
			aria-label=${t.endThis(what)} aria-disabled=${action.busy}
			onClick=${() => action.run(end)}>
			${t.endSession}</button>`}
		<${Failure} action=${action} />
	</li>`;
}

export function Sessions()
{
	const action = useAction();
	const own = model.session.value?.id;
	const sessions = model.sessions.value;

	async function end(ended)
	{
		await api.endSession(ended);
		model.sessions.value = model.sessions.peek()
			?.filter(({ id }) => id !== ended) ?? null;
	}

	useEffect(() => {
		action.run(async () => {
			model.sessions.value = (await api.sessions()).items;
		});
	}, []);

	return html`<section aria-labelledby="sessions-title">
		<h3 id="sessions-title">${t.sessions}</h3>
		${sessions === null && action.busy && html`<p class="quiet">
			${t.loading}</p>`}
		<ul class="entries">
			${sessions?.map((session) => html`<${Session} key=${session.id}
				session=${{ ...session, current: session.id === own }}
				end=${() => end(session.id)} />`)}
		</ul>
		<${Failure} action=${action} />
	</section>`;
}
