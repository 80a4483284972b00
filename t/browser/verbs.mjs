/* verbs.mjs - what the page offers for calls, and what it asks of the API
 *
 * usage: node verbs.mjs --demo run/demo.json [--shots FOLDER]
 *
 * Only the page itself comes from the system. State, events and commands are
 * made up here, so that each state can be shown and each request looked at.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { checkAccess, colleague, launch, openPage, panel }
	from "./chromium.mjs";
import { shots, url } from "./demo.mjs";
import { finish, step } from "./tap.mjs";

const NOTHING = { answer: false, hold: false, retrieve: false,
	transfer: false, redirect: false, park: false, dtmf: false, move: false,
	clear: false };
const TALKING = { hold: true, transfer: true, park: true, dtmf: true,
	move: true, clear: true };

const ago = (s) => new Date(Date.now() - 1000 * s).toISOString();

function person(name, number, text, more = {})
{
	return { name, number, display_name: text, version: 1, registered: true,
		state: "free", state_version: 1, ...more };
}

function phone(id, text, more = {})
{
	return { id, text, kind: "phone", selected: false, version: 1,
		registered: true, registration: { contact: "sip:x", source: null,
			transport: "udp", agent: "baresip", since: ago(99),
			expires: null, version: 1 }, ...more };
}

function call(id, state, peer, can, more = {})
{
	return {
		id, version: 1, conversation: `v-${id}`, state, direction: "out",
		started: ago(80), answered: state === "alerting" ? null : ago(73),
		ended: null,
		self: { user: "alice", device: "alice-desk", number: "21" },
		peer: { uri: null, name_source: null, user: null, ...peer },
		held_by: state === "held" ? ["self"] : [], waiting: false, via: [],
		can: { ...NOTHING, ...can }, end: null,
		sip: { call_id: "x", status: 200 }, ...more,
	};
}

const BOB = { number: "22", name: "Bob Brown", user: "bob" };
const CAROL = { number: "23", name: "Carol Clark", user: "carol" };
const OUTSIDE = { number: "+49301234567", name: null };

function parked(at, slot, peer, by)
{
	return { at, slot, version: 1, conversation: "v9", since: ago(41), by,
		peer: { uri: null, name: null, user: null, ...peer }, recall: null };
}

function transfer(more = {})
{
	return { id: "t1", version: 1, kind: "consultation", state: "consulting",
		call: "c1", with: "c2", to: "23", op: null, failure: null, ...more };
}

const browser = await launch();

async function until(what, holds)
{
	const end = Date.now() + 30000;

	while (!holds()) {
		assert.ok(Date.now() < end, `waited in vain for ${what}`);
		await new Promise((done) => setTimeout(done, 20));
	}
}

/** A page that sees only what we tell; `asked` collects its commands. */
async function open(state = {}, options = {})
{
	const page = await openPage(browser, options);
	const waiting = [];
	let seq = 0;

	page.asked = [];
	page.answers = {};
	await page.route("**/api/v1/snapshot", (route) => route.fulfill({ json: {
		cursor: `00000000-${seq}-0`,
		me: { name: "alice", number: "21", display_name: "Alice Adams",
			admin: false, version: 1 },
		session: { id: "s1" },
		limits: { wait_max_s: 25 },
		devices: [phone("alice-desk", "Desk phone", { selected: true }),
			phone("alice-soft", "Soft phone")],
		users: [person("alice", "21", "Alice Adams"),
			person("bob", "22", "Bob Brown", { state: "busy" }),
			person("carol", "23", "Carol Clark"),
			person("dave", "24", "Dave Davis", { registered: false })],
		calls: [], transfers: [], parking: [], ...state,
	} }));
	await page.route("**/api/v1/events?**", (route) => {
		if (route.request().url().includes("wait=0&"))
			return route.fulfill({ json: { cursor: `00000000-${seq}-0`,
				events: [] } });
		if (page.crowded)
			return route.fulfill({ status: 429,
				contentType: "application/problem+json",
				body: JSON.stringify({ code: "too_many_logins",
					status: 429 }) });
		return new Promise((done) => waiting.push((events) =>
			done(route.fulfill({ json: { cursor: `00000000-${++seq}-0`,
				events } }).catch(() => {}))));
	});
	await page.route(/\/api\/v1\/(calls|transfers|parking|users)(\/|\?|$)/,
		(route) => {
			const request = route.request();
			const what = `${request.method()} `
				+ request.url().split("/api/v1")[1];

			page.asked.push(request.postData()
				? `${what} ${request.postData()}` : what);
			return route.fulfill(page.answers[what]
				?? { status: 202, json: { op: `m${page.asked.length}` } });
		});
	/** All commands, once there are n of them. */
	page.commands = async (n) => {
		await until(`${n} commands`, () => page.asked.length >= n);
		return page.asked;
	};
	page.polled = () => until("a poll", () => waiting.length > 0);
	page.tell = async (...events) => {
		await page.polled();
		waiting.splice(0).forEach((done) => done(events.map((event) =>
			({ time: ago(0), ...event }))));
	};
	/* The last command is carried out. */
	page.done = (type, data) => page.tell({ type, data,
		op: `m${page.asked.length}` });
	await page.goto(url);
	await page.locator(".connection-live").waitFor();
	return page;
}

async function picture(page, name)
{
	if (!shots)
		return;
	await page.mouse.move(0, 0);
	await page.screenshot({ path: join(shots, `${name}.png`),
		animations: "disabled", fullPage: true });
}

/** Names of the buttons in a panel, in order. */
function labels(page, name)
{
	return panel(page, name).locator(".call-buttons button")
		.allInnerTexts();
}

const press = (page, name) => page.getByRole("button", { name }).click();

/** Close it, and nothing in it went wrong. */
async function close(page)
{
	assert.deepEqual(page.complaints, []);
	await page.context().close();
}

await step("open at too many places: said, until there is room", async () => {
	const page = await open();
	const said = page.getByText("You have this page open at too many places.");

	await page.polled();	/* the one that is let go, not refused */
	page.crowded = true;
	await page.tell();
	await said.waitFor();
	await checkAccess(page);
	page.crowded = false;
	await press(page, "Try now");
	while (await said.count() > 0)	/* it gives up a poll of before */
		await page.tell();
	await page.locator(".connection-live").waitFor();
	await close(page);
});

await step("buttons come from what the call can, and from nothing else",
	async () => {
		const page = await open({ calls: [
			call("c1", "connected", BOB, {}),
			call("c2", "alerting", CAROL, { answer: true, redirect: true,
				clear: true }, { direction: "in" }),
			call("c3", "alerting", OUTSIDE, { redirect: true, clear: true },
				{ direction: "in" }),
		] });

		assert.deepEqual(await labels(page, "Bob Brown"), []);
		assert.deepEqual(await labels(page, "Carol Clark"),
			["Answer", "Redirect", "Ignore", "Reject"]);
		await panel(page, OUTSIDE.number).getByText("Answer on").waitFor();
		await checkAccess(page);
		await picture(page, "ringing");
		await page.tell({ type: "call.changed", data: call("c1", "connected",
			BOB, TALKING, { version: 2 }) });
		await panel(page, "Bob Brown").getByText("Park").waitFor();
		assert.deepEqual(await labels(page, "Bob Brown"), ["Hold",
			"Transfer", "Park", "Keypad", "Move", "Hang up"]);
		await picture(page, "talking");
		await close(page);
	});

await step("each verb without more asks once", async () => {
	const page = await open({ calls: [call("c1", "connected", BOB,
		{ ...TALKING, answer: true, retrieve: true })] });

	let count = 0;

	for (const [label, verb] of [["Answer", "answer"], ["Resume", "retrieve"],
		["Hold", "hold"], ["Park", "park"]]) {
		await press(page, `${label}: Bob Brown`);
		assert.equal((await page.commands(++count)).at(-1),
			`POST /calls/c1/${verb} {}`);
		await page.done("call.changed", call("c1", "connected", BOB,
			{ ...TALKING, answer: true, retrieve: true },
			{ version: 1 + page.asked.length }));
		await page.locator("[data-verb=hold]:not([aria-disabled=true])")
			.waitFor();
	}
	assert.equal(page.asked.length, 4);
	await close(page);
});

await step("a refusal is told in the panel", async () => {
	const page = await open({ calls: [call("c1", "connected", BOB,
		TALKING)] });

	page.answers["POST /calls/c1/hold"] = { status: 409,
		contentType: "application/problem+json",
		json: { code: "bad_state", detail: "Only while connected" } };
	await press(page, "Hold: Bob Brown");
	await panel(page, "Bob Brown").getByRole("alert")
		.getByText("Only while connected").waitFor();
	await checkAccess(page);
	await close(page);
});

await step("transfer: ask first, by keyboard alone", async () => {
	const page = await open({ calls: [call("c1", "connected", BOB,
		TALKING)] });
	const aim = panel(page, "Bob Brown").getByRole("combobox");

	await page.locator("[data-verb=transfer]").focus();
	await page.keyboard.press("Enter");
	await aim.waitFor();
	await page.keyboard.type("car");
	await page.getByRole("option", { name: /Carol/, selected: true })
		.waitFor();
	await checkAccess(page);
	await picture(page, "transfer");
	await page.keyboard.press("Enter");
	assert.deepEqual(await page.commands(1), ["POST /transfers "
		+ '{"call":"c1","to":"23","mode":"consultation"}']);
	await page.tell(
		{ type: "call.held", data: call("c1", "held", BOB, { retrieve: true,
			transfer: true, clear: true }, { version: 2 }) },
		{ type: "call.originated", data: call("c2", "ringback", CAROL,
			{ transfer: true, clear: true }, { answered: null }) },
		{ type: "transfer.changed", data: transfer(), op: "m1" });
	await panel(page, "Carol Clark")
		.getByText("Bob Brown waits while you ask").waitFor();
	await aim.waitFor({ state: "detached" });
	assert.deepEqual(await labels(page, "Bob Brown"), ["Resume", "Hang up"]);
	await checkAccess(page);
	await picture(page, "consulting");
	await press(page, "Complete");
	assert.equal((await page.commands(2)).at(-1),
		"POST /transfers/t1/complete {}");
	await page.done("transfer.changed", transfer({ version: 2,
		state: "done" }));
	await page.getByText("waits while you ask").waitFor({ state: "detached" });
	await close(page);
});

await step("transfer: back to the one who waits; a failed one says why",
	async () => {
		const page = await open({ transfers: [transfer()], calls: [
			call("c1", "held", BOB, { retrieve: true, transfer: true,
				clear: true }),
			call("c2", "connected", CAROL, TALKING)] });

		await press(page, "Back to Bob Brown");
		assert.deepEqual(await page.commands(1), ["DELETE /transfers/t1"]);
		await page.tell(
			{ type: "call.cleared", data: call("c2", "ended", CAROL, {},
				{ version: 2, ended: ago(0), end: { by: "peer", sip: 486,
					q850: 17, reason: "busy",
					answered_elsewhere: null } }) },
			{ type: "transfer.changed", op: "m1", data: transfer({
				version: 2, state: "failed", failure: { sip: 486,
					q850: 17, reason: "busy" } }) });
		await panel(page, "Bob Brown").getByRole("alert")
			.getByText("The transfer to Carol Clark failed: Busy.").waitFor();
		await checkAccess(page);
		await panel(page, "Bob Brown").getByRole("button",
			{ name: "Dismiss" }).click();
		assert.equal(await page.getByRole("alert").count(), 0);
		await close(page);
	});

await step("transfer now: the one marked by the arrow keys, not the first",
	async () => {
		const page = await open({ calls: [call("c1", "connected", BOB,
			TALKING)] });

		await press(page, "Transfer: Bob Brown");
		await page.keyboard.type("2");
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("ArrowDown");
		const wanted = await page.getByRole("option", { selected: true })
			.locator(".name").innerText();

		await page.keyboard.press("Tab");
		assert.equal(await panel(page, "Bob Brown").getByRole("combobox")
			.inputValue(), wanted);
		await press(page, "Transfer now");
		assert.match((await page.commands(1))[0], /"to":"23","mode":"single_step"/);
		await page.done("transfer.changed", transfer({ with: null,
			kind: "single_step", state: "ringing" }));
		await panel(page, "Bob Brown")
			.getByText("Bob Brown is being connected to Carol Clark").waitFor();
		await close(page);
	});

await step("Escape closes a tool and gives the focus back", async () => {
	const page = await open({ calls: [call("c1", "connected", BOB,
		TALKING)] });

	for (const name of ["Transfer", "Keypad", "Move"]) {
		await press(page, `${name}: Bob Brown`);
		await page.locator(".tool").waitFor();
		await page.waitForFunction(() =>
			document.querySelector(".tool:focus-within"));
		await checkAccess(page);
		if (name === "Move")
			await picture(page, "move");
		await page.keyboard.press("Escape");
		await page.locator(".tool").waitFor({ state: "detached" });
		assert.equal(await page.evaluate(() =>
			document.activeElement.getAttribute("aria-label")),
		`${name}: Bob Brown`);
	}
	assert.deepEqual(page.asked, []);
	await close(page);
});

await step("redirect", async () => {
	const page = await open({ calls: [call("c1", "alerting", CAROL,
		{ redirect: true, clear: true }, { direction: "in" })] });

	await press(page, "Redirect: Carol Clark");
	await page.keyboard.type("+49 30 555");
	await page.keyboard.press("Enter");
	assert.deepEqual(await page.commands(1),
		['POST /calls/c1/redirect {"to":"+49 30 555"}']);
	await close(page);
});

await step("digits keep their order, by mouse and by keys", async () => {
	const page = await open({ calls: [call("c1", "connected", BOB,
		TALKING)] });
	const tool = page.locator(".tool");
	let version = 1;

	await press(page, "Keypad: Bob Brown");
	await tool.getByRole("button", { name: "1", exact: true }).click();
	await page.keyboard.type("23#");
	await tool.getByRole("button", { name: "star" }).click();
	assert.equal(await tool.locator("output").innerText(), "123#*");
	await picture(page, "keypad");
	for (let sent = 0; sent < 2; sent++) {
		await page.commands(sent + 1);
		await page.done("call.changed", call("c1", "connected", BOB,
			TALKING, { version: ++version }));
	}
	assert.deepEqual(page.asked, ['POST /calls/c1/dtmf {"digits":"1"}',
		'POST /calls/c1/dtmf {"digits":"23#*"}']);
	await close(page);
});

await step("moving goes to another registered phone", async () => {
	const page = await open({ calls: [call("c1", "connected", BOB,
		TALKING)] });

	await press(page, "Move: Bob Brown");
	assert.equal(await page.locator(".tool button").count(), 1);
	await page.keyboard.press("Enter");
	assert.deepEqual(await page.commands(1),
		['POST /calls/c1/move {"device":"alice-soft"}']);
	await page.tell({ type: "registration.removed", data: {
		device: "alice-soft", registered: false, version: 2 } });
	await page.getByRole("button", { name: /^Move/ })
		.waitFor({ state: "detached" });
	await close(page);
});

await step("two calls: swap, or connect them", async () => {
	const page = await open({ calls: [
		call("c1", "held", BOB, { retrieve: true, transfer: true,
			park: true, clear: true }),
		call("c2", "connected", OUTSIDE, TALKING)] });

	assert.deepEqual(await labels(page, "Bob Brown"), ["Swap",
		"Join", "Transfer", "Park", "Hang up"]);
	await checkAccess(page);
	await picture(page, "two");
	page.answers["POST /calls/c2/swap"] = { json: call("c1", "connected", BOB,
		TALKING, { version: 2 }) };
	await press(page, "Swap: Bob Brown");
	await page.getByRole("button", { name: "Hold: Bob Brown" }).waitFor();
	await page.tell({ type: "call.held", data: call("c2", "held", OUTSIDE,
		{ retrieve: true, transfer: true, clear: true }, { version: 2 }) });
	await page.getByRole("button", { name: "Join: +49" }).click();
	assert.deepEqual(await page.commands(2), ['POST /calls/c2/swap {"with":"c1"}',
		'POST /transfers {"call":"c2","with":"c1"}']);
	await close(page);
});

await step("who is parked, and fetching him", async () => {
	const page = await open({ parking: [
		parked("alice", 0, OUTSIDE, "alice"),
		parked("bob", 12, CAROL, "bob")] });
	const waits = page.locator(".parking .person");

	assert.equal(await waits.count(), 2);
	await waits.nth(0).getByText("at your place, slot 0").waitFor();
	await waits.nth(1).getByText("at Bob Brown, slot 12").waitFor();
	await checkAccess(page);
	await picture(page, "parking");
	page.answers["POST /parking/bob/12/retrieve"] = { status: 201,
		json: call("c1", "dialing", CAROL, { clear: true }) };
	await press(page, "Retrieve: Carol Clark");
	await panel(page, "Carol Clark").waitFor();
	assert.deepEqual(page.asked,
		['POST /parking/bob/12/retrieve {"device":"alice-desk"}']);
	await page.tell({ type: "parking.changed", data: { at: "bob", slot: 12,
		version: 2, parked: null } });
	await waits.nth(1).waitFor({ state: "detached" });
	await close(page);
});

await step("what rings at a colleague is picked up", async () => {
	const page = await open();

	assert.equal(await page.locator(".pickup").count(), 0);
	await page.tell({ type: "presence.changed", data: { user: "carol",
		registered: true, state: "alerting", version: 2 } });
	await colleague(page, "Carol").getByText("Pick up").waitFor();
	await checkAccess(page);
	await picture(page, "pickup");
	page.answers["POST /users/carol/pickup"] = { status: 201,
		json: call("c1", "dialing", OUTSIDE, { clear: true }) };
	await press(page, "Pick up the call of Carol Clark");
	await panel(page, OUTSIDE.number).waitFor();
	assert.deepEqual(page.asked,
		['POST /users/carol/pickup {"device":"alice-desk"}']);
	/* not from myself */
	await page.tell({ type: "call.originated", data: call("c2", "ringback",
		CAROL, { clear: true }, { answered: null }) });
	await page.locator(".pickup").waitFor({ state: "detached" });
	await close(page);
});

for (const colorScheme of ["light", "dark"])
	await step(`a phone's width, ${colorScheme}`, async () => {
		const page = await open({
			calls: [
				call("c1", "held", BOB, { retrieve: true, transfer: true,
					clear: true }),
				call("c2", "connected", CAROL, TALKING),
				call("c3", "alerting", OUTSIDE, { answer: true,
					redirect: true, clear: true }, { direction: "in" })],
			transfers: [transfer()],
			parking: [parked("bob", 12, OUTSIDE, "bob")],
			users: [person("alice", "21", "Alice Adams"), person("bob",
				"22", "Bob Brown", { state: "alerting" })],
		}, { colorScheme, viewport: { width: 360, height: 740 } });

		await press(page, "Keypad: Carol Clark");
		await checkAccess(page);
		await picture(page, `phone-${colorScheme}`);
		await close(page);
	});

await step("dark", async () => {
	const page = await open({ transfers: [transfer()], calls: [
		call("c1", "held", BOB, { retrieve: true, transfer: true,
			clear: true }),
		call("c2", "connected", CAROL, TALKING)],
	parking: [parked("alice", 0, OUTSIDE, "bob")] },
	{ colorScheme: "dark" });

	await press(page, "Keypad: Carol Clark");
	await checkAccess(page);
	await picture(page, "dark");
	await close(page);
});

await browser.close();
process.exit(finish());
