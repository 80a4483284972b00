/* texts.test.mjs - what the page finds, dials, counts and says */

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./page.mjs";

const { suggest, findPeople } = await load("search.js");
const { texts } = await load("texts.js");
const { formatSpan, clock } = await load("clock.js");
const { readLink } = await load("link.js");

const people = [
	{ name: "bob", number: "22", display_name: "Bob Brown" },
	{ name: "carol", number: "23", display_name: "Carol Clark" },
	{ name: "brian", number: "220", display_name: "Brian Böhm" },
	{ name: "zoe", number: null, display_name: "Zoe Zander" },
];

const enters = [
	["", null],
	["   ", null],
	["bob", "22"],
	["BRO", "22"],
	["cla", "23"],
	["bohm", "220"],
	["zoe", "zoe"],
	["22", "22"],
	["2", "2"],			/* not 22: as typed */
	["+49 30 5551234", "+49 30 5551234"],
	["*21#", "*21#"],
	["bob@example.net", "bob@example.net"],
	["nobody", "nobody"],
];

for (const [typed, to] of enters)
	test(`Enter after "${typed}" calls ${to}`, () => {
		assert.equal(suggest(typed, people)[0]?.to ?? null, to);
	});

test("a number offers the colleagues that begin so", () => {
	assert.deepEqual(suggest("22", people).map(({ to }) => to), ["22", "220"]);
	assert.deepEqual(suggest("2", people).map(({ to }) => to),
		["2", "22", "23", "220"]);
});

test("the filter shows all when it is empty", () => {
	assert.equal(findPeople("", people).length, 4);
	assert.equal(findPeople("x", people).length, 0);
});

const spans = [[0, "0:00"], [-3, "0:00"], [75.9, "1:15"], [3675, "1:01:15"],
	[36000, "10:00:00"]];

for (const [seconds, text] of spans)
	test(`${seconds} s is ${text}`, () => {
		assert.equal(formatSpan(seconds), text);
	});

test("the server's clock counts, when it differs", () => {
	clock.learn(new Date(Date.now() + 3600_000).toUTCString());
	assert.ok(Math.abs(clock.now() - Date.now() - 3600_000) < 1500);
	clock.learn(new Date().toUTCString());
	assert.equal(clock.offsetMs, 0);
	clock.learn(null);
	assert.equal(clock.offsetMs, 0);
});

const links = [
	["/", "?to=22", null],
	["/go/call", "", null],
	["/go/call", "?to=22", "22"],
	["/go/call", "?to=tel:%2B49301234", "+49301234"],
	["/go/call", "?to=%2B49%2030", "+49 30"],
	["/go/call", "?to=22%E2%80%AE33%00", "2233"],
	["/go/call", "?to=" + "1".repeat(300), "1".repeat(128)],
];

for (const [pathname, search, to] of links)
	test(`link ${pathname}${search.slice(0, 30)}`, () => {
		assert.equal(readLink({ pathname, search }), to);
	});

function ended(direction, end, answered = null)
{
	return { direction, answered, end, self: { user: "alice" } };
}

const ends = [
	[ended("out", { by: "peer", sip: 486, reason: "busy" }), "Busy"],
	[ended("out", { by: "peer", sip: 480 }), "Not reachable"],
	[ended("out", { by: "peer", sip: 499, reason: "no_answer" }), "No answer"],
	[ended("out", { by: "peer", sip: 499, reason: "strange" }), "Ended"],
	[ended("out", { by: "system", reason: "lost" }, "t"),
		"The connection to a phone was lost"],
	[ended("out", { by: "peer", sip: 499 }), "Ended"],
	[ended("out", { by: "self" }), "Cancelled"],
	[ended("in", { by: "self" }), "Rejected"],
	[ended("in", { by: "peer" }), "Missed"],
	[ended("in", { by: "peer", answered_elsewhere: { user: "carol" } }),
		"Answered by carol"],
	[ended("in", { by: "system",
		answered_elsewhere: { user: "alice", device: "soft" } }),
		"Answered on soft"],
	[ended("in", { by: "system", answered_elsewhere: { user: "alice" } }),
		"Answered on another phone"],
	[ended("in", { by: "self", reason: "ignored" }), "Ignored"],
	[ended("in", { by: "self", reason: "redirected" }), "Sent on"],
	[ended("in", { by: "system", reason: "diverted" }), "Diverted"],
	[ended("out", { by: "peer", sip: 486, reason: "do_not_disturb" }),
		"Does not want to be disturbed"],
	[ended("out", { by: "system", sip: 486, reason: "loop" }),
		"The diversions lead in a circle"],
	[ended("out", { by: "self", reason: "transferred" }, "t"), "Transferred"],
	[ended("in", { by: "self", reason: "parked" }, "t"), "Parked"],
	[ended("out", { by: "peer" }, "t"), "The other side hung up"],
	[ended("out", { by: "self" }, "t"), "You hung up"],
	[ended("out", null), "Ended"],
];

for (const [call, text] of ends)
	test(`a call's end: ${text}`, () => {
		assert.equal(texts.callEnd(call), text);
	});

test("who answered is called by his name", () => {
	assert.equal(texts.callEnd(ended("in", { by: "peer",
		answered_elsewhere: { user: "carol" } }), () => "Carol Clark"),
	"Answered by Carol Clark");
});

const hops = [
	[{ number: "22", name: "Bob", why: "diverted_always" }, "diverted by Bob"],
	[{ number: "22", name: null, why: "diverted_busy" },
		"diverted by 22 (busy)"],
	[{ number: "22", name: "Bob", why: "transferred" }, "transferred by Bob"],
	[{ number: "22", name: "Bob", why: "a_new_word" }, "sent on by Bob"],
];

for (const [hop, text] of hops)
	test(`a call came: ${text}`, () => {
		assert.equal(texts.via(hop), text);
	});

test("what I did myself is told so", () => {
	assert.equal(texts.via({ number: "21", name: "Al", why: "parked" }, "21"),
		"parked by you");
});

test("a wrong value is told where it stands", () => {
	const problem = { code: "bad_value", title: "A value is wrong",
		detail: "A value is wrong", errors: [
			{ pointer: "/items/1/to", code: "unknown_target" }] };

	assert.equal(texts.fault(problem, "/items/1/to"),
		"Nobody here has this number or name.");
	assert.equal(texts.fault(problem, "/items/0/to"), null);
	assert.equal(texts.fault(null, "/items/0/to"), null);
	assert.equal(texts.problem(problem),
		"Nobody here has this number or name.");
});

test("a problem is told in words, SIP's before ours", () => {
	const sip = { status: 486, reason: "Busy Here" };

	assert.equal(texts.problem({ code: "refused", sip }), "Busy.");
	assert.equal(texts.problem({ code: "refused", sip, where: "Desk" }),
		"Desk: Busy.");
	assert.equal(texts.sipCode(sip), "SIP 486 Busy Here");
	assert.equal(texts.problem({ code: "network" }),
		"The server cannot be reached.");
	assert.equal(texts.problem({ code: "bad_state", detail: "No phone." }),
		"No phone.");
	assert.equal(texts.problem({ code: "new_one", detail: "So it is." }),
		"So it is.");
	assert.equal(texts.problem({ code: "new_one", title: "No" }), "No");
});
