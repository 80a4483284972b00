/* app.js - the one model and the one feed of this page, and who is logged in */

import { signal } from "../vendor/signals.js";
import { hush } from "./announcer.js";
import { api, Problem } from "./api.js";
import { createFeed, sleep } from "./feed.js";
import { createModel } from "./model.js";

export const model = createModel();

/** "starting", "login" or "home" */
export const screen = signal("starting");
/** "loading", "live" or "lost" */
export const connection = signal("loading");
/** Why the login screen is shown: "", "out", "ended", "noCookies" */
export const notice = signal("");

/** Another tab is another instance: its poll does not end ours. */
const instance = Array.from(crypto.getRandomValues(new Uint8Array(6)),
	(byte) => byte.toString(16).padStart(2, "0")).join("");

let justLoggedIn = false;

const feed = createFeed({
	snapshot: api.snapshot,
	events: (cursor, waitS, abort) =>
		api.events(cursor, waitS, instance, abort),
	sleep,
	random: Math.random,
	onSnapshot(snapshot)
	{
		justLoggedIn = false;
		model.load(snapshot);
		screen.value = "home";
	},
	onEvents(events)
	{
		const own = model.session.peek()?.id;

		model.apply(events);
		if (events.some((event) => event.type === "session.closed"
		    && event.data.id === own))
			leave("ended");
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

function leave(why)
{
	feed.stop();
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
export async function logIn(name, password)
{
	await api.login(name, password);
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
 * Call a number or name with the user's chosen phone.
 *
 * Returns when the phone rings or the call failed, however long that takes:
 * a slow phone is answered by 202 and an event.
 *
 * @throws Problem
 */
export async function placeCall(to)
{
	const phone = model.phone.peek();

	try {
		const answer = await api.makeCall(to, phone?.id);

		if (answer.id)
			model.putCall(answer);
		else
			await outcome(answer.op);
	} catch (problem) {
		/* The far end is called only after the own phone was lifted. */
		if (problem.sip)
			problem.where = phone?.text;
		throw problem;
	}
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
