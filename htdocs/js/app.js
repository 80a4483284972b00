/* app.js - the one model and the one feed of this page, and who is logged in */

import { signal } from "../vendor/signals.js";
import { hush } from "./announcer.js";
import { api, Problem } from "./api.js";
import { createFeed, sleep } from "./feed.js";
import { watchIdle } from "./idle.js";
import { createModel } from "./model.js";
import { shareEvents } from "./tabs.js";

export const model = createModel();

/** "starting", "login" or "home" */
export const screen = signal("starting");
/** "loading", "live", "lost" or "crowded": too many logins are live */
export const connection = signal("loading");
/** Why the login screen is shown: "", "out", "ended", "noCookies" */
export const notice = signal("");

/** Another tab is another instance: its poll does not end ours. */
const instance = Array.from(crypto.getRandomValues(new Uint8Array(6)),
	(byte) => byte.toString(16).padStart(2, "0")).join("");

let justLoggedIn = false;
let watching = false;

const shared = shareEvents({
	ask: (cursor, waitS, abort) =>
		api.events(cursor, waitS, instance, abort),
	login: () => model.session.peek().id,
	locks: navigator.locks,
	Channel: globalThis.BroadcastChannel,
});

const feed = createFeed({
	snapshot: api.snapshot,
	events: shared.events,
	sleep,
	random: Math.random,
	onSnapshot(snapshot)
	{
		justLoggedIn = false;
		model.load(snapshot);
		loadAgain();
		screen.value = "home";
		if (!watching)
			watchIdle(api.putActivity);
		watching = true;
	},
	onEvents(events)
	{
		const own = model.session.peek()?.id;

		model.apply(events);
		learnPhones(events);
		if (events.some((event) => event.type === "session.closed"
		    && event.data.id === own))
			leave("ended");
		return events.some(isOtherProfile) ? "load" : null;
	},
	onState(state)
	{
		connection.value = state;
	},
	onLoggedOut()
	{
		if (justLoggedIn)
			leave("noCookies");
		else
			leave(screen.peek() === "home" ? "ended" : "");
	},
});

/** This login uses other contacts now. */
function isOtherProfile({ type, data })
{
	return type === "profile.selected"
		? data.session === model.session.peek()?.id
		: type === "profile.removed" && data.id === model.profile.peek();
}

function leave(why)
{
	feed.stop();
	shared.leave();
	notice.value = why;
	screen.value = "login";
	model.forget();
	hush();
}

export function start()
{
	addEventListener("online", feed.retry);
	addEventListener("offline", feed.retry);
	addEventListener("pageshow", (event) => {
		if (event.persisted)
			feed.retry();
	});
	feed.start();
}

export const reconnect = feed.retry;

/** @throws Problem */
export async function logIn(name, password, totp)
{
	await api.login(name, password, totp);
	justLoggedIn = true;
	notice.value = "";
	feed.start();
}

/** @throws Problem */
export async function logOut()
{
	try {
		await api.logout();
	} catch (error) {
		if (error.status !== 401)
			throw error;
	}
	leave("out");
}

/**
 * Wait until a command is carried out, however long that takes: a slow phone
 * is answered by 202 and an event.
 *
 * @param asked  promise of an answer of `api`
 * @param put    takes the object as it then is
 * @throws Problem
 */
export async function settle(asked, put = model.putCall)
{
	const answer = await asked;

	if (answer.version === undefined)
		await outcome(answer.op);
	else
		put(answer);
}

/** Do something with the user's chosen phone: ask(its id or undefined). */
async function withPhone(ask)
{
	const phone = model.phone.peek();

	try {
		await settle(ask(phone?.id));
	} catch (problem) {
		/* The far end is called only after the own phone was lifted. */
		if (problem.sip)
			problem.where = phone?.text;
		throw problem;
	}
}

/**
 * Call a number or name.
 *
 * @param options  {anonymous, ignore_diversions}
 * @throws Problem
 */
export const placeCall = (to, options) =>
	withPhone((device) => api.makeCall(to, device, options));

/** Take over what rings at a colleague. @throws Problem */
export const pickUp = (user) =>
	withPhone((device) => api.pickUp(user, device));

/** Talk to somebody who is parked. @throws Problem */
export const retrieveParked = ({ at, slot }) =>
	withPhone((device) => api.retrieveParked(at, slot, device));

/** What a phone can is told by its first call, of which no event tells. */
async function learnPhones(events)
{
	const isNew = (event) => event.type === "call.established"
		&& model.devices.peek(event.data.self.device)?.capabilities === null;

	if (!events.some(isNew))
		return;
	try {
		(await api.devices()).items.forEach(model.putCapabilities);
	} catch {
		/* the next call tells it again */
	}
}

/** Change some of the settings, but no diversion; what is inherited stays so.
 * @throws Problem */
export async function saveSettings(changes)
{
	const settings = model.settings.peek();
	const own = (name) => settings.inherited.includes(name)
		? null : settings[name];

	model.putSettings(await api.putSettings({
		dnd: own("dnd"), busy_on: own("busy_on"),
		no_answer_s: own("no_answer_s"), mobile: own("mobile"),
		...changes,
	}, settings.version));
}

/** Replace all diversions. @throws Problem */
export async function saveDiversions(items)
{
	const settings = model.settings.peek();
	const answer = await api.putDiversions(items, settings.version);

	model.putSettings({ ...settings, diversions: answer.items,
		inherited: settings.inherited.filter((name) =>
			name !== "diversions"), version: answer.version });
}

export async function loadVisibility()
{
	model.visibility.value = await api.visibility();
}

/* What the snapshot does not have, if it was asked for: whose events are missed
 * with the others. What fails is as old as it was. */
function loadAgain()
{
	if (model.visibility.peek())
		loadVisibility().catch(() => {});
	if (model.groups.peek())
		loadGroups().catch(() => {});
}

/** Replace all entries. @throws Problem */
export async function saveVisibility(items)
{
	model.visibility.value = await api.putVisibility(items,
		model.visibility.peek().version);
}

export async function loadGroups()
{
	model.groups.value = (await api.groups()).items;
}

/** Join a group, or leave it. @throws Problem */
export async function joinGroup(name, joined)
{
	model.putGroup(await (joined ? api.joinGroup : api.leaveGroup)(name));
}

const OUTCOME_MS = 90_000;

function outcome(op)
{
	return new Promise((resolve, reject) => {
		const ends = [];
		const look = () => {
			const failure = model.failures.peek().get(op);

			if (!failure && !model.outcomes.peek().has(op))
				return;
			ends.forEach((end) => end());
			if (failure)
				reject(new Problem(failure));
			else
				resolve();
		};
		const timer = setTimeout(() => {
			ends.forEach((end) => end());
			reject(new Problem({ code: "timeout" }));
		}, OUTCOME_MS);

		ends.push(() => clearTimeout(timer),
			model.failures.subscribe(() => queueMicrotask(look)),
			model.outcomes.subscribe(() => queueMicrotask(look)));
	});
}
