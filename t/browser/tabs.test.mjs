/* tabs.test.mjs - one tab asks, the others listen */

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./page.mjs";

const { shareEvents } = await load("tabs.js");

/** A browser: channels that reach all but the sender, locks in order. */
function makeBrowser()
{
	const channels = [];
	const queues = new Map();

	class Channel {
		constructor()
		{
			channels.push(this);
		}

		postMessage(data)
		{
			for (const other of channels)
				if (other !== this)
					queueMicrotask(() => other.onmessage({
						data: structuredClone(data) }));
		}
	}

	async function grantNext(name)
	{
		const first = queues.get(name)[0];

		if (!first || first.held)
			return;
		first.held = true;
		await first.run();
		queues.get(name).shift();
		grantNext(name);
	}

	const locks = {
		request(name, { signal }, run)
		{
			const queue = queues.get(name) ?? [];
			const entry = { run, held: false };

			queues.set(name, queue);
			queue.push(entry);
			queueMicrotask(() => grantNext(name));
			return new Promise((resolve, reject) => {
				signal.addEventListener("abort", () => {
					if (!entry.held)
						queue.splice(queue.indexOf(entry), 1);
					reject(signal.reason);
				});
			});
		},
	};
	return { Channel, locks };
}

/** A tab that asks through the browser; the test answers by hand. */
function makeTab(browser, login = "s1")
{
	const asked = [];
	const tab = { asked, ...shareEvents({
		...browser,
		login: () => login,
		ask: (cursor, waitS) => new Promise((answer, fail) =>
			asked.push({ cursor, waitS, answer, fail })),
	}) };

	tab.poll = (cursor, waitS = 25, signal = new AbortController().signal) =>
		tab.events(cursor, waitS, signal);
	return tab;
}

const turn = () => new Promise((done) => setTimeout(done));
const answer = (cursor, ...events) => ({ cursor, events });

test("one asks, and all hear the answer", async () => {
	const browser = makeBrowser();
	const [a, b] = [makeTab(browser), makeTab(browser)];
	const polls = [a.poll("c1"), b.poll("c2")];

	await turn();
	assert.deepEqual(a.asked.map(({ cursor }) => cursor), ["c1"]);
	assert.equal(b.asked.length, 0);
	a.asked[0].answer(answer("c3", "call"));
	assert.deepEqual(await Promise.all(polls),
		[answer("c3", "call"), answer("c3", "call")]);
});

test("what is heard before the snapshot is there is not lost", async () => {
	const browser = makeBrowser();
	const [a, b] = [makeTab(browser), makeTab(browser)];

	a.poll("c1");
	await turn();
	a.asked[0].answer(answer("c2", "first"));
	await turn();
	assert.deepEqual(await b.poll("c0"), answer("c2", "first"));
});

test("the next tab goes on when the one that asks leaves", async () => {
	const browser = makeBrowser();
	const [a, b] = [makeTab(browser), makeTab(browser)];

	a.poll("c1").catch(() => {});
	const poll = b.poll("c1");

	await turn();
	a.leave();
	await turn();
	assert.deepEqual(b.asked.map(({ cursor }) => cursor), ["c1"]);
	b.asked[0].answer(answer("c2"));
	assert.deepEqual(await poll, answer("c2"));
});

test("a failure is everybody's: each tab looks for itself", async () => {
	const browser = makeBrowser();
	const [a, b] = [makeTab(browser), makeTab(browser)];
	const polls = [a.poll("c1"), b.poll("c1")];

	await turn();
	a.asked[0].fail(Object.assign(new Error("too old"),
		{ status: 410, code: "cursor_too_old", retryInMs: 50 }));
	await assert.rejects(polls[0], { status: 410 });
	await assert.rejects(polls[1], { status: 410,
		code: "cursor_too_old", retryInMs: 50 });
	b.poll("c1", 0);
	assert.deepEqual(b.asked.map(({ waitS }) => waitS), [0]);
});

test("another login is not listened to", async () => {
	const browser = makeBrowser();
	const [a, b] = [makeTab(browser, "s1"), makeTab(browser, "s2")];

	a.poll("c1");
	b.poll("c1");
	await turn();
	assert.equal(b.asked.length, 1);
	a.asked[0].answer(answer("c2", "not for b"));
	await turn();
	b.asked[0].answer(answer("c3"));
	assert.equal(b.asked.length, 1);
});

test("a tab that sleeps too long begins anew", async () => {
	const browser = makeBrowser();
	const [a, b] = [makeTab(browser), makeTab(browser)];

	for (let i = 0; i <= 1001; i++) {
		a.poll("c");
		await turn();
		a.asked.at(-1).answer(answer(`c${i}`));
	}
	await turn();
	await assert.rejects(b.poll("c0"), { status: 410 });
});

test("a poll that is given up leaves the others alone", async () => {
	const browser = makeBrowser();
	const [a, b] = [makeTab(browser), makeTab(browser)];
	const stop = new AbortController();

	a.poll("c1");
	const poll = b.poll("c1", 25, stop.signal);

	await turn();
	stop.abort();
	await assert.rejects(poll, { name: "AbortError" });
	const again = b.poll("c1");

	a.asked[0].answer(answer("c2"));
	assert.deepEqual(await again, answer("c2"));
});

test("without locks each asks for itself", async () => {
	const tab = makeTab({ Channel: makeBrowser().Channel });

	tab.poll("c1");
	assert.equal(tab.asked.length, 1);
});
