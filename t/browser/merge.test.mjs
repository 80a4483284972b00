/* merge.test.mjs - tests of merge.js: the table that the API is held to, too */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { load } from "./page.mjs";

const { mergePresence, nextChange } = await load("merge.js");
const table = JSON.parse(readFileSync(
	new URL("../merge.json", import.meta.url), "utf8"));

for (const { name, user, now, merged } of table)
	test(name, () => assert.deepEqual(mergePresence(user, now), merged));

test("what is not there at all is not known", () => {
	assert.equal(mergePresence({}, "2026").reason, "unknown");
});

test("the next time at which to look again", () => {
	const set = {
		own: { activity: "lunch", until: "2026-11-22T13:00:00.000Z" },
		calendar: { activity: "busy", from: "2026-11-22T12:30:00.000Z",
			until: "2026-11-22T14:00:00.000Z" },
	};
	const at = (time) => nextChange({ set }, `2026-11-22T${time}.000Z`)
		?.slice(11, 16) ?? null;

	assert.equal(at("12:00:00"), "12:30");
	assert.equal(at("12:30:00"), "13:00");
	assert.equal(at("13:30:00"), "14:00");
	assert.equal(at("14:00:00"), null);
	assert.equal(nextChange({}, "2026"), null);
});
