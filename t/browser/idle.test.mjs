/* idle.test.mjs - when the page says that nobody sits in front of it */

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./page.mjs";

const { createIdle } = await load("idle.js");

const MINUTE = 60_000;

function tab(channel)
{
	const told = [];
	let now = 1e12;
	let due = null;
	const idle = createIdle({
		now: () => now,
		later(fn, ms)
		{
			const mine = { fn, at: now + ms };

			due = mine;
			return () => {
				if (due === mine)
					due = null;
			};
		},
		tell: async (inactive) => told.push(inactive),
		share: () => channel?.(),
	});

	return {
		...idle,
		told,
		pass(ms)
		{
			now += ms;
			if (due && due.at <= now) {
				const { fn } = due;

				due = null;
				fn();
			}
		},
	};
}

test("ten minutes of nothing are told once, and the return", () => {
	const one = tab();

	one.active();
	one.pass(9 * MINUTE);
	one.active();
	one.pass(9 * MINUTE);
	assert.deepEqual(one.told, [false], "at the begin: it may be a reload");
	one.pass(2 * MINUTE);
	one.pass(60 * MINUTE);
	assert.deepEqual(one.told, [false, true]);
	one.active();
	one.active();
	assert.deepEqual(one.told, [false, true, false]);
});

test("who works in another tab is not away", () => {
	const one = tab();
	const two = tab(() => one.shared());

	one.active();
	two.active();
	for (let i = 0; i < 20; i++) {
		one.pass(MINUTE);
		two.pass(MINUTE);
		two.active();
	}
	one.pass(9 * MINUTE);
	assert.deepEqual([one.told, two.told], [[false], [false]]);
});

test("the tab that comes back tells it, the other one is quiet", () => {
	const one = tab();
	const two = tab(() => one.shared());

	one.active();
	two.active();
	one.pass(11 * MINUTE);
	two.pass(11 * MINUTE);
	two.active();
	assert.deepEqual([one.told, two.told],
		[[false, true], [false, true, false]]);
	one.active();
	assert.deepEqual(one.told, [false, true]);
});
