/* model.test.mjs - the page's model: snapshot, then changes
 *
 * HTDOCS names the folder the build has put together (htdocs/www). */

import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./page.mjs";

const { createModel, availability, isIncoming, onlineWord }
	= await load("model.js");

function call(id, version, more = {})
{
	return {
		id, version, conversation: "v1", state: "ringback",
		direction: "out", started: "2026-11-22T21:10:03.117Z",
		answered: null, ended: null,
		self: { user: "alice", device: "alice-desk", number: "21" },
		peer: { number: "22", name: "Bob", user: "bob" },
		via: [], can: { clear: true }, end: null, ...more,
	};
}

function device(id, more = {})
{
	return { id, text: id, kind: "phone", selected: false, version: 1,
		registered: false, registration: null, ...more };
}

function user(name, more = {})
{
	return { name, number: "22", display_name: name, version: 1,
		registered: true, state: "free", state_version: 1, ...more };
}

function snapshot(more = {})
{
	return {
		cursor: "e-1-0",
		me: { name: "alice", number: "21", display_name: "Alice" },
		session: { id: "s1" },
		devices: [], users: [user("alice"), user("bob")], calls: [],
		limits: {}, ...more,
	};
}

function loaded(more)
{
	const model = createModel();

	model.load(snapshot(more));
	return model;
}

test("who is online: the snapshot, then newer events", () => {
	const model = loaded({ users: [user("bob", { im: { status: "open",
		activity: null, since: "2026-11-22T21:10:03.117Z",
		version: 5 } }), user("carol")] });
	const said = (version, status, activity = null) => model.apply([{
		type: "presence.im_changed",
		data: { user: "bob", status, activity, version } }]);
	const word = (name) => onlineWord(model.online.peek(name));

	assert.deepEqual(["bob", "carol", "nobody"].map(word),
		["open", "closed", "closed"]);
	said(6, "open", "away");
	assert.equal(word("bob"), "away");
	said(5, "closed");
	assert.equal(word("bob"), "away", "an older one changes nothing");
	said(7, "closed");
	assert.equal(word("bob"), "closed");
	model.apply([{ type: "user.removed", data: { name: "bob" } }]);
	assert.equal(model.online.peek("bob"), undefined);
});

test("what other domains say: the snapshot, then newer events", () => {
	const uri = "sip:erna@example.net";
	const model = loaded({ external: [{ uri, status: "open",
		activity: "lunch", note: null, since: null, version: 5 }] });
	const said = (version, status) => model.apply([{
		type: "presence.external_changed", data: { uri, status,
			activity: null, note: null, since: null, version } }]);

	assert.equal(model.external.peek(uri).activity, "lunch");
	said(4, "closed");
	assert.equal(model.external.peek(uri).status, "open");
	said(6, "unknown");
	assert.equal(model.external.peek(uri).status, "unknown");
	model.load(snapshot());
	assert.equal(model.external.peek(uri), undefined);
});

test("a mobile can ring, a phone when it is registered", () => {
	const model = loaded({ devices: [
		device("a", { registered: true }), device("b"),
		device("mobile", { kind: "mobile", registered: null })] });

	assert.deepEqual(["a", "b", "mobile", "c"].map(model.canRing),
		[true, false, true, false]);
	model.apply([{ type: "device.removed", data: { id: "mobile" } }]);
	assert.equal(model.canRing("mobile"), false);
	assert.equal(model.phone.peek().id, "a");
});

test("a newer event replaces the call, an older one does not", () => {
	const model = loaded();
	const connected = call("c1", 3, { state: "connected" });

	model.apply([{ type: "call.established", data: connected }]);
	model.apply([{ type: "call.delivered", data: call("c1", 2) }]);
	assert.equal(model.calls.peek("c1").state, "connected");
	model.apply([{ type: "call.established", data: connected }]);
	assert.equal(model.calls.peek("c1").version, 3);
});

test("two calls do not share anything (NethVoice 7840)", () => {
	const model = loaded();

	model.apply([{ type: "call.established",
		data: call("c1", 2, { state: "connected" }) }]);
	model.apply([{ type: "call.delivered",
		data: call("c2", 1, { direction: "in", state: "alerting",
			peer: { number: "23", name: "Carol" } }) }]);
	assert.equal(model.calls.peek("c1").peer.name, "Bob");
	assert.equal(model.calls.peek("c1").state, "connected");
	assert.equal(model.calls.peek("c2").peer.name, "Carol");
});

test("events from before the snapshot do no harm", () => {
	const model = loaded({ calls: [call("c1", 5, { state: "connected" })],
		users: [user("alice"), user("bob", { state: "busy",
			state_version: 9 })] });

	model.apply([
		{ type: "call.originated", data: call("c1", 1) },
		{ type: "presence.changed", data: { user: "bob",
			registered: true, state: "alerting", version: 8 } },
	]);
	assert.equal(model.calls.peek("c1").state, "connected");
	assert.equal(model.states.peek("bob").state, "busy");
});

test("lost events and a new snapshot give the same as all events", () => {
	const events = [
		{ type: "user.changed", data: { name: "carol", number: "23",
			display_name: "Carol", version: 1 } },
		{ type: "presence.changed", data: { user: "carol",
			registered: true, state: "free", version: 1 } },
		{ type: "call.originated", data: call("c1", 1) },
		{ type: "call.established",
			data: call("c1", 2, { state: "connected" }) },
		{ type: "user.removed", data: { name: "bob" } },
	];
	const all = loaded();
	const some = loaded();

	all.apply(events);
	some.apply(events.filter((event, i) => i % 2 === 1));
	some.load(snapshot({ calls: [call("c1", 2, { state: "connected" })],
		users: [user("alice"),
			user("carol", { number: "23", display_name: "Carol" })] }));
	for (const model of [all, some]) {
		assert.deepEqual(model.people.keys.peek(), ["alice", "carol"]);
		assert.equal(model.calls.peek("c1").state, "connected");
		assert.equal(model.states.peek("carol").registered, true);
	}
});

test("presence may come before the person", () => {
	const model = loaded();

	model.apply([{ type: "presence.changed", data: { user: "zoe",
		registered: true, state: "free", version: 4 } }]);
	assert.deepEqual(model.colleagues.peek(), ["bob"]);
	model.apply([{ type: "user.changed", data: { name: "zoe", number: "29",
		display_name: "Zoe", version: 1 } }]);
	assert.deepEqual(model.colleagues.peek(), ["bob", "zoe"]);
	assert.equal(availability(model.states.peek("zoe")), "free");
});

test("the own name follows user.changed", () => {
	const model = loaded();

	model.apply([{ type: "user.changed", data: { name: "alice",
		number: "21", display_name: "Alice Adams", version: 2 } }]);
	assert.equal(model.me.peek().display_name, "Alice Adams");
	assert.deepEqual(model.colleagues.peek(), ["bob"]);
});

test("registrations: added, refreshed, removed, and anew", () => {
	const model = loaded({ devices: [device("alice-desk")] });
	const registered = () => model.registrations.peek("alice-desk").registered;

	model.apply([{ type: "registration.added", data: {
		device: "alice-desk", registered: true, version: 7 } }]);
	assert.equal(registered(), true);
	model.apply([{ type: "registration.removed", data: {
		device: "alice-desk", registered: false, version: 8,
		why: "expired" } }]);
	assert.equal(registered(), false);
	model.apply([{ type: "registration.added", data: {
		device: "alice-desk", registered: true, version: 1 } }]);
	assert.equal(registered(), true);
});

const phones = [
	["no device", [], null],
	["the selected one, registered or not",
		[device("a", { registered: true }), device("b", { selected: true })],
		"b"],
	["else the first registered",
		[device("a"), device("b", { registered: true })], "b"],
	["else the first", [device("a"), device("b")], "a"],
];

for (const [name, devices, expected] of phones)
	test(`phone for a click: ${name}`, () => {
		assert.equal(loaded({ devices }).phone.peek()?.id ?? null, expected);
	});

test("selecting one phone unselects the other", () => {
	const model = loaded({ devices: [device("a", { selected: true }),
		device("b")] });

	model.apply([{ type: "device.changed", data: { id: "b", text: "b",
		selected: true, version: 2 } }]);
	assert.equal(model.phone.peek().id, "b");
	assert.equal(model.devices.peek("a").selected, false);
	assert.equal(model.devices.peek("b").kind, "phone");
});

test("a removed phone is gone with its registration", () => {
	const model = loaded({ devices: [device("a", { registered: true })] });

	model.apply([{ type: "device.removed", data: { id: "a" } }]);
	assert.equal(model.phone.peek(), null);
	assert.equal(model.registrations.peek("a"), undefined);
});

test("the list of logins is kept only when it was asked for", () => {
	const model = loaded();

	model.apply([{ type: "session.opened", data: { id: "s2" } }]);
	assert.equal(model.sessions.peek(), null);
	model.sessions.value = [{ id: "s1" }, { id: "s2" }];
	model.apply([{ type: "session.opened", data: { id: "s3" } },
		{ type: "session.closed", data: { id: "s2" } }]);
	assert.deepEqual(model.sessions.peek().map(({ id }) => id), ["s3", "s1"]);
});

test("a failed operation is found by its op", () => {
	const model = loaded();

	model.apply([{ type: "operation.failed", op: "m41",
		data: { code: "unreachable" } }]);
	assert.equal(model.failures.peek().get("m41").code, "unreachable");
});

test("unknown events are ignored", () => {
	loaded().apply([{ type: "chat.changed", data: {} }]);
});

test("forgetting leaves nothing of the last login", () => {
	const model = loaded({ calls: [call("c1", 1)], devices: [device("a")],
		transfers: [transfer("t1", 1)], parking: [slot("bob", 1, 1)] });

	model.forget();
	assert.deepEqual(model.transfers.keys.peek(), []);
	assert.deepEqual(places(model), []);
	assert.equal(model.me.peek(), null);
	assert.deepEqual(model.calls.keys.peek(), []);
	assert.deepEqual(model.people.keys.peek(), []);
	assert.equal(model.phone.peek(), null);
});

test("the listener hears each change of a call once", () => {
	const model = loaded();
	const heard = [];

	model.onCall((now, was) => heard.push([was?.state ?? null, now.state]));
	model.apply([{ type: "call.originated", data: call("c1", 1) },
		{ type: "call.established",
			data: call("c1", 2, { state: "connected" }) },
		{ type: "call.originated", data: call("c1", 1) }]);
	assert.deepEqual(heard, [[null, "ringback"], ["ringback", "connected"]]);
});

function transfer(id, version, more = {})
{
	return { id, version, kind: "consultation", state: "consulting",
		call: "c1", with: "c2", to: "23", op: null, failure: null, ...more };
}

test("a transfer is found at both of its calls, until it is over", () => {
	const model = loaded({ transfers: [transfer("t1", 1)] });

	assert.equal(model.transferOf("c1").id, "t1");
	assert.equal(model.transferOf("c2").id, "t1");
	assert.equal(model.transferOf("c3"), null);
	model.apply([{ type: "transfer.changed",
		data: transfer("t1", 2, { state: "ringing" }) },
	{ type: "transfer.changed", data: transfer("t1", 1) }]);
	assert.equal(model.transferOf("c1").state, "ringing");
	for (const state of ["done", "cancelled"]) {
		model.apply([{ type: "transfer.changed",
			data: transfer("t1", 3, { state }) }]);
		assert.equal(model.transferOf("c1"), null);
	}
});

test("a failed transfer stays until the next one of that call", () => {
	const model = loaded();

	model.apply([{ type: "transfer.changed",
		data: transfer("t1", 2, { state: "failed" }) }]);
	assert.equal(model.transferOf("c1").state, "failed");
	model.apply([{ type: "transfer.changed", data: transfer("t2", 1) }]);
	assert.deepEqual(model.transfers.keys.peek(), ["t2"]);
});

function slot(at, number, version, more = {})
{
	return { at, slot: number, version, conversation: "v1",
		since: "2026-11-22T21:10:03.117Z", by: "alice", recall: null,
		peer: { number: "22", name: null, user: null, uri: null }, ...more };
}

const places = (model) =>
	model.parked.peek().map((parked) => `${parked.at}/${parked.slot}`);

test("parked calls come and go, by place", () => {
	const model = loaded({ parking: [slot("bob", 10, 1), slot("bob", 2, 1)] });
	const changed = (version, parked) => ({ type: "parking.changed",
		data: { at: "alice", slot: 0, version, parked } });

	assert.deepEqual(places(model), ["bob/2", "bob/10"]);
	model.apply([changed(4, slot("alice", 0, 4))]);
	assert.deepEqual(places(model), ["alice/0", "bob/2", "bob/10"]);
	model.apply([changed(5, null), changed(4, slot("alice", 0, 4))]);
	assert.deepEqual(places(model), ["bob/2", "bob/10"]);
	model.putParked(slot("alice", 0, 6));
	assert.deepEqual(places(model), ["alice/0", "bob/2", "bob/10"]);
	model.load(snapshot());
	assert.deepEqual(places(model), []);
});

test("two calls may change places: one held, one connected", () => {
	const model = loaded();
	const put = (id, version, state, can) => model.apply([{
		type: "call.changed", data: call(id, version, { state, can }) }]);

	put("c1", 1, "held", { retrieve: true });
	assert.equal(model.pair.peek(), null);
	put("c2", 1, "connected", { hold: true });
	assert.equal(model.pair.peek().held.id, "c1");
	assert.equal(model.pair.peek().connected.id, "c2");
	put("c3", 1, "held", { retrieve: true });
	assert.equal(model.pair.peek(), null);
	put("c3", 2, "held", { retrieve: false });
	assert.equal(model.pair.peek().held.id, "c1");
	put("c2", 2, "connected", { hold: false });
	assert.equal(model.pair.peek(), null);
});

test("a call moves to own phones that are registered, not to its own", () => {
	const model = loaded({ devices: [
		device("alice-desk", { registered: true }),
		device("alice-soft", { registered: true }), device("alice-old")] });

	assert.deepEqual(model.otherPhones(call("c1", 1)).map(({ id }) => id),
		["alice-soft"]);
});

test("a command is carried out when any event names it", () => {
	const model = loaded();

	model.apply([
		{ type: "transfer.changed", op: "m1", data: transfer("t1", 1) },
		{ type: "parking.changed", op: "m2", data: { at: "bob", slot: 1,
			version: 1, parked: null } },
		{ type: "operation.failed", op: "m3", data: { code: "x" } }]);
	assert.deepEqual([...model.outcomes.peek()], ["m1", "m2"]);
});

const availabilities = [
	[undefined, "offline"],
	[{ registered: false, state: "free" }, "offline"],
	[{ registered: true, state: "free" }, "free"],
	[{ registered: true, state: "alerting" }, "alerting"],
	[{ registered: true, state: "busy" }, "busy"],
];

for (const [state, expected] of availabilities)
	test(`availability of ${JSON.stringify(state)} is ${expected}`, () => {
		assert.equal(availability(state), expected);
	});

test("whose phone rings", () => {
	const model = loaded();
	const into = call("c2", 1, { state: "alerting", direction: "in" });

	model.apply([
		{ type: "call.changed", op: "m1",
			data: call("c1", 2, { state: "alerting" }) },
		{ type: "call.originated",
			data: call("c3", 1, { state: "dialing" }) },
	]);
	assert.equal(model.awaitsHandset(model.calls.peek("c1")), true);
	assert.equal(model.awaitsHandset(model.calls.peek("c3")), false);
	assert.equal(model.awaitsHandset(into), false);
	assert.equal(isIncoming(into), true);
	assert.equal(isIncoming(model.calls.peek("c1")), false);
});

const settings = (version, more = {}) => ({ dnd: false, busy_on: null,
	no_answer_s: null, mobile: null, diversions: [], inherited: [], version,
	...more });

test("settings follow their events; an older one changes nothing", () => {
	const model = loaded({ settings: settings(3) });

	model.apply([{ type: "settings.changed",
		data: settings(5, { dnd: true }) }]);
	model.apply([{ type: "settings.changed", data: settings(4) }]);
	assert.equal(model.settings.peek().dnd, true);
	model.forget();
	assert.equal(model.settings.peek(), null);
});

const away = (to, priority = 0, from = "all", when = "always") =>
	({ when, from, priority, to });

const aways = [
	["none", [], {}],
	["the highest priority", [away("22"), away("23", 7)], { all: "23" }],
	["not when busy", [away("24", 9, "all", "busy")], {}],
	["a dash keeps them here", [away("22"), away("-", 1)], {}],
	["only some", [away("22", 0, "external")], { external: "22" }],
	["some elsewhere", [away("22"), away("23", 0, "external")],
		{ internal: "22", external: "23" }],
	["some not", [away("22"), away("-", 0, "internal")], { external: "22" }],
	["the first of equals", [away("22"), away("23")], { all: "22" }],
];

for (const [name, diversions, wanted] of aways)
	test(`where calls always go: ${name}`, () => {
		assert.deepEqual(loaded({ settings: settings(1, { diversions }) })
			.awayTo.peek(), wanted);
	});

test("what a phone can is kept when it is changed", () => {
	const model = loaded({ devices: [device("a", { capabilities: null })] });
	const capabilities = { agent: "x", allow: ["INFO"], allow_events: [] };

	model.putCapabilities({ id: "a", capabilities });
	model.putCapabilities({ id: "gone", capabilities });
	model.apply([{ type: "device.changed", data: { id: "a", kind: "phone",
		text: "Desk", selected: true, version: 2 } }]);
	assert.deepEqual(model.devices.peek("a").capabilities, capabilities);
	assert.deepEqual(model.devices.keys.peek(), ["a"]);
});

function contact(id, position, more = {})
{
	return { id, profile: "p1", kind: "tel", to: "22", name: id, position,
		version: 1, ...more };
}

const profiles = { selected: "p1", items: [
	{ id: "p1", name: "Default", position: 1, version: 1 },
	{ id: "p2", name: "Mobile", position: 2, version: 1 }] };

const listed = (model) => model.favourites.value.map(({ id }) => id).join("");

test("contacts: those of the profile in use, in their order", () => {
	const model = loaded({ profiles,
		contacts: [contact("b", 2), contact("a", 1)] });
	const tell = (type, data) => model.apply([{ type, data }]);

	assert.equal(listed(model), "ab");
	tell("contact.changed", contact("c", 3));
	tell("contact.changed", contact("d", 4, { profile: "p2" }));
	tell("contact.changed", contact("a", 9, { version: 2 }));
	tell("contact.changed", contact("a", 1));	/* an old one */
	assert.equal(listed(model), "bca");
	tell("contact.removed", { id: "b", profile: "p1" });
	tell("contact.removed", { id: "x", profile: "p2" });
	assert.equal(listed(model), "ca");
	model.forget();
	assert.equal(listed(model), "");
	assert.equal(model.profile.value, null);
});

test("profiles come, change their place, and go", () => {
	const model = loaded({ profiles, contacts: [] });
	const tell = (type, data) => model.apply([{ type, data }]);
	const all = () => model.profileList.value.map(({ name }) => name).join();

	tell("profile.changed", { id: "p3", name: "New", position: 3, version: 1 });
	assert.equal(all(), "Default,Mobile,New");
	tell("profile.changed", { id: "p1", name: "Old", position: 4, version: 2 });
	assert.equal(all(), "Mobile,New,Old");
	tell("profile.removed", { id: "p2" });
	assert.equal(all(), "New,Old");
});

test("since when somebody is busy, if we have seen it", () => {
	const model = loaded({ users: [user("bob", { state: "busy" })] });
	const told = (state, version, time) => model.apply([{ time,
		type: "presence.changed",
		data: { user: "bob", registered: true, state, version } }]);
	const since = () => model.states.get("bob").since;

	assert.equal(since(), null);
	told("busy", 2, "t2");
	assert.equal(since(), null);
	told("free", 3, "t3");
	told("busy", 4, "t4");
	told("busy", 5, "t5");
	assert.equal(since(), "t4");
	model.load(snapshot({ users: [user("bob", { state: "busy",
		state_version: 5 })] }));
	assert.equal(since(), "t4");
});

test("what may not be seen is unknown, and nobody's colleague", () => {
	const hidden = user("bob", { number: null, display_name: null,
		registered: null, state: null,
		im: { status: null, activity: null, since: null, version: 1 } });
	const model = loaded({ users: [hidden, user("carol")] });

	assert.deepEqual(model.colleagues.value, ["carol"]);
	assert.equal(model.nameOf("bob"), "bob");
	assert.equal(availability(model.states.get("bob")), "unknown");
	assert.equal(availability({ registered: null, state: "free" }),
		"unknown");
	assert.equal(availability({ registered: null, state: "busy" }), "busy");
	assert.equal(onlineWord(model.online.get("bob")), "unknown");
	model.apply([{ type: "user.changed", data: { name: "bob",
		number: "22", display_name: "Bob", version: 1 } }]);
	assert.deepEqual(model.colleagues.value, ["bob", "carol"]);
	model.apply([{ type: "user.removed", data: { name: "bob" } }]);
	assert.deepEqual(model.colleagues.value, ["carol"]);
});

test("own entries and groups follow their events once they are known", () => {
	const model = loaded();
	const told = { type: "visibility.changed", data: { version: 5,
		items: [{ for: "@", rights: [] }] } };
	const group = { name: "sales", kind: "in", joined: true, active: true,
		version: 1 };

	model.apply([told, { type: "group.changed", data: group }]);
	assert.equal(model.visibility.value, null);
	assert.equal(model.groups.value, null);
	model.visibility.value = { items: [], preset: [], version: 4 };
	model.groups.value = [];
	model.apply([told, { type: "group.changed", data: group }]);
	assert.equal(model.visibility.value.items.length, 1);
	assert.deepEqual(model.visibility.value.preset, []);
	model.apply([{ ...told, data: { version: 3, items: [] } }]);
	assert.equal(model.visibility.value.version, 5);
	assert.deepEqual(model.groups.value, [group]);
	model.apply([{ type: "group.removed", data: { name: "sales" } }]);
	assert.deepEqual(model.groups.value, []);
});
