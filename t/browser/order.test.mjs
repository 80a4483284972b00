/* order.test.mjs - where contacts go that are moved */

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./page.mjs";

const { groups, placeDropped, placeStep } = await load("order.js");

/* In the order of their positions; headings in capitals. */
const list = ["aX", "bY", "cX", "d", "eY"].map((text) => ({
	id: text[0], heading: text[1] ?? "" }));

/** What is seen after a move, as "d X:ac Y:be". */
function seen(contacts)
{
	return groups(contacts).map(({ heading, contacts: some }) =>
		`${heading}:${some.map(({ id }) => id).join("")}`).join(" ");
}

/** As the server does it. */
function moved(id, place)
{
	const one = { ...list.find((c) => c.id === id), heading: place.heading };
	const rest = list.filter((c) => c.id !== id);
	const at = place.before === null ? rest.length
		: rest.findIndex((c) => c.id === place.before);

	return seen(rest.toSpliced(at, 0, one));
}

test("groups stand in the order of their headings", () => {
	assert.equal(seen(list), ":d X:ac Y:be");
	assert.deepEqual(groups([]), []);
});

const steps = [
	["a", 1, ":d X:ca Y:be"],
	["c", -1, ":d X:ca Y:be"],
	["c", 1, ":d X:a Y:cbe"],
	["b", -1, ":d X:acb Y:e"],
	["a", -1, ":da X:c Y:be"],
	["d", 1, "X:dac Y:be"],
];

for (const [id, step, expected] of steps)
	test(`${id} one step ${step}`, () => {
		assert.equal(moved(id, placeStep(list, id, step)), expected);
	});

test("at the ends there is no step", () => {
	assert.equal(placeStep(list, "d", -1), null);
	assert.equal(placeStep(list, "e", 1), null);
});

const drops = [
	["d", "e", "X:ac Y:bed"],
	["e", "a", ":d X:eac Y:b"],
	["a", "c", ":d X:ca Y:be"],
	["c", "a", ":d X:ca Y:be"],
];

for (const [id, on, expected] of drops)
	test(`${id} dropped on ${on}`, () => {
		const other = list.find((c) => c.id === on);

		assert.equal(moved(id, placeDropped(list, id, other)), expected);
	});
