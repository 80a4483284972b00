/* feed.test.mjs - the page's one long poll, against a server that misbehaves */

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./page.mjs";

const { createFeed, sleep } = await load("feed.js");

function failure(status, code)
{
	return Object.assign(new Error(String(status)), { status, code });
}

/**
 * Play a script of answers to the feed.
 *
 * @param script  what each events() gives: an answer, or a number to fail with
 * @return what happened, as words, once the script is used up
 */
async function play(script, { snapshots = [], during } = {})
{
	const said = [];
	const rest = [...script];
	let loads = 0;
	let feed;

	await new Promise((done) => {
		feed = createFeed({
			async snapshot()
			{
				const wanted = snapshots[loads++];

				if (wanted)
					throw failure(wanted);
				return { cursor: `s${loads}`, limits: { wait_max_s: 7 } };
			},
			events(cursor, waitS, signal)
			{
				const next = rest.shift();

				said.push(`ask ${cursor} ${waitS}`);
				if (next === undefined)
					return done();
				if (next === "held")
					return new Promise((resolve, reject) => {
						signal.addEventListener("abort",
							() => reject(signal.reason));
						during?.(feed);
					});
				if (typeof next === "number")
					return Promise.reject(failure(next));
				if (next instanceof Error)
					return Promise.reject(next);
				return Promise.resolve(next);
			},
			onSnapshot: ({ cursor }) => said.push(`snapshot ${cursor}`),
			onEvents(events)
			{
				said.push(`events ${events.join(" ")}`);
				return events.includes("anew") ? "load" : null;
			},
			onState: (state) => said.push(state),
			onLoggedOut()
			{
				said.push("logged out");
				done();
			},
			async sleep(ms)
			{
				said.push(`sleep ${ms}`);
			},
			random: () => 1,
		});
		feed.start();
	});
	feed.stop();
	return said;
}

const answer = (cursor, ...events) => ({ cursor, events });

const ladders = [
	["snapshot, then changes, each asked for once",
		[answer("a"), answer("b", "x", "y"), answer("c")],
		["loading", "snapshot s1", "ask s1 0", "live", "ask a 7",
			"events x y", "ask b 7", "ask c 7"]],
	["410: a new snapshot at once, nobody is told",
		[answer("a"), 410, answer("b")],
		["loading", "snapshot s1", "ask s1 0", "live", "ask a 7",
			"snapshot s2", "ask s2 7", "ask b 7"]],
	["watch.changed: a new snapshot, unless values follow",
		[answer("a", { type: "watch.changed", data: { users: ["bob"] } }),
			answer("b", { type: "watch.changed", data: { users: null } }),
			answer("c")],
		["loading", "snapshot s1", "ask s1 0", "events [object Object]",
			"live", "ask a 7", "events [object Object]", "snapshot s2",
			"ask s2 7", "ask c 7"]],
	["who takes the events wants the state anew",
		[answer("a", "anew"), answer("b")],
		["loading", "snapshot s1", "ask s1 0", "events anew", "live",
			"snapshot s2", "ask s2 7", "ask b 7"]],
	["one failure is no news; the old cursor is asked again, unheld",
		[answer("a"), 503, answer("b", "x")],
		["loading", "snapshot s1", "ask s1 0", "live", "ask a 7",
			"sleep 700", "ask a 0", "events x", "live", "ask b 7"]],
	["a server that ends says when to come back",
		[answer("a"), { ...answer("b", "x"), retry_in_ms: 70 },
			Object.assign(failure(410), { retryInMs: 80 }), answer("c")],
		["loading", "snapshot s1", "ask s1 0", "live", "ask a 7",
			"events x", "sleep 70", "ask b 7", "sleep 80", "snapshot s2",
			"ask s2 7", "ask c 7"]],
	["longer and longer pauses, then back without a snapshot",
		[answer("a"), 502, 0, 0, answer("b")],
		["loading", "snapshot s1", "ask s1 0", "live", "ask a 7",
			"sleep 700", "ask a 0", "lost", "sleep 1200", "ask a 0",
			"lost", "sleep 2200", "ask a 0", "live", "ask b 7"]],
	["too many logins are live: said so until a held question is taken",
		[answer("a"), failure(429, "too_many_logins"),
			failure(429, "too_many_logins"), answer("b")],
		["loading", "snapshot s1", "ask s1 0", "live", "ask a 7",
			"crowded", "sleep 700", "ask a 2", "crowded", "sleep 1200",
			"ask a 2", "live", "ask b 7"]],
	["401 ends it",
		[answer("a"), 401],
		["loading", "snapshot s1", "ask s1 0", "live", "ask a 7",
			"logged out"]],
	["410 again and again is a failure, not a busy loop",
		[410, 410, 503, 410],
		["loading", "snapshot s1", "ask s1 0", "sleep 700",
			"snapshot s2", "ask s2 0", "lost", "sleep 1200",
			"snapshot s3", "ask s3 0", "lost", "sleep 2200",
			"ask s3 0", "lost", "sleep 4200", "snapshot s4",
			"ask s4 0"]],
];

for (const [name, script, expected] of ladders)
	test(name, async () => {
		assert.deepEqual(await play(script), expected);
	});

test("a snapshot that fails is asked for again", async () => {
	assert.deepEqual(await play([], { snapshots: [503] }),
		["loading", "sleep 700", "snapshot s2", "ask s2 0"]);
});

test("not logged in at the start", async () => {
	assert.deepEqual(await play([], { snapshots: [401] }),
		["loading", "logged out"]);
});

test("news about the network end a held question at once", async () => {
	const said = await play([answer("a"), "held", answer("b")],
		{ during: (feed) => feed.retry() });

	assert.deepEqual(said, ["loading", "snapshot s1", "ask s1 0", "live",
		"ask a 7", "ask a 0", "live", "ask b 7"]);
});

test("the pause never grows much beyond 15 s", async () => {
	const said = await play([answer("a"), ...Array(12).fill(503)]);

	assert.equal(said.filter((word) => word.startsWith("sleep")).at(-1),
		"sleep 15200");
});

test("a sleep can be ended", async () => {
	const abort = new AbortController();
	const asleep = sleep(1e6, abort.signal);

	abort.abort();
	await asleep;
});
