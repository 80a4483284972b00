/* calls.mjs - every verb of a call in Chromium, on real phones
 *
 * usage: node calls.mjs --demo run/demo.json [--shots FOLDER]
 *
 * Needs more phones than the demo has: alice-soft lifts by itself as
 * alice-desk does, erin-desk answers after 1 s.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { checkAccess, colleague, launch, logIn, openPage, panel }
	from "./chromium.mjs";
import { shots, url } from "./demo.mjs";
import { finish, step } from "./tap.mjs";

const browser = await launch();
const alice = await openPage(browser);
const bob = await openPage(browser);
const carol = await openPage(browser);
const pages = { alice, bob, carol };

async function ask(page, method, path, data)
{
	const answer = await page.request.fetch(`${url}/api/v1${path}`,
		{ method, data, headers: { "X-MyPBX": "1" } });

	assert.ok(answer.ok(), await answer.text());
	return answer.json();
}

/** What a step left standing shall not fail the next. */
async function tidy()
{
	for (const page of Object.values(pages)) {
		for (const { id } of (await ask(page, "GET", "/calls")).items)
			await page.request.delete(`${url}/api/v1/calls/${id}`,
				{ headers: { "X-MyPBX": "1" } });
		await page.keyboard.press("Escape");
		while (await page.locator(".call-panel").count() > 0)
			await page.getByRole("button", { name: /^Dismiss: / }).first()
				.click();
	}
}

async function check(name, run)
{
	await step(name, run, () => Promise.all(Object.entries(pages).map(
		([user, page]) => page.screenshot({ fullPage: true, path:
			`failed-${name.replace(/\W+/g, "-").slice(0, 40)}-${user}.png` }))));
	await tidy();
}

async function picture(page, name)
{
	if (!shots)
		return;
	await page.mouse.move(0, 0);
	await page.evaluate(() => {
		document.activeElement.blur();
		scrollTo(0, 0);
	});
	await page.screenshot({ path: join(shots, `${name}.png`),
		fullPage: true, animations: "disabled" });
}

const state = (page, name, word) => panel(page, name)
	.locator(".state-word").getByText(word, { exact: true }).waitFor();
const press = (page, name) => page.getByRole("button", { name }).click();
const focused = (page) => page.evaluate(() =>
	document.activeElement.getAttribute("aria-label"));

async function call(page, name)
{
	await press(page, `Call ${name}`);
	await state(page, name, "Connected");
}

/** Which of the own phones is used; the server has agreed. */
async function choose(page, phone)
{
	await page.getByRole("radio", { name: phone }).click();
	await page.getByRole("radio", { name: phone, checked: true }).waitFor();
}

/** Bob's phone lifts for his own click after 2 s. */
async function bobCalls(name)
{
	await press(bob, `Call ${name}`);
	await panel(bob, name).getByText("Ringing…").waitFor();
}

/** What the pictures show beside the calls. */
async function keepContacts(page)
{
	const [{ id }] = (await ask(page, "GET", "/me/profiles")).items;
	const contacts = [
		{ kind: "internal", to: "dave", heading: "Team" },
		{ kind: "tel", to: "030 5551234", name: "Erna Example",
			organization: "Example Ltd.", heading: "Customers" },
		{ kind: "sip", to: "sip:fred@example.net", name: "Fred Fisher",
			note: "after ten o'clock", heading: "Customers" },
	];

	for (const contact of contacts)
		await ask(page, "POST", `/me/profiles/${id}/contacts`, contact);
}

const BOB = "Bob Brown", CAROL = "Carol Clark", ERIN = "Erin Evans",
	ALICE = "Alice Adams";

for (const [name, page] of Object.entries(pages))
	await logIn(page, name);
await tidy();
if (shots)
	await keepContacts(alice);

await check("hold and resume, by keyboard: the focus stays at the call",
	async () => {
		await call(alice, BOB);
		await alice.locator("[data-verb=hold]").focus();
		await alice.keyboard.press("Enter");
		await state(alice, BOB, "On hold");
		await state(bob, ALICE, "You are on hold");
		await alice.locator("[data-verb=retrieve]:focus").waitFor();
		await checkAccess(alice);
		await checkAccess(bob);
		await alice.keyboard.press("Enter");
		await state(alice, BOB, "Connected");
		await state(bob, ALICE, "Connected");
		await alice.locator("[data-verb=hold]:focus").waitFor();
		await press(alice, `Hang up: ${BOB}`);
		await state(alice, BOB, "You hung up");
		await alice.waitForFunction(() =>
			document.activeElement.id === "dial");
	});

await check("digits", async () => {
	await call(alice, BOB);
	await press(alice, `Keypad: ${BOB}`);
	await alice.keyboard.type("12#");
	await alice.locator("output").getByText("12#").waitFor();
	await checkAccess(alice);
	await alice.waitForFunction(() =>
		!document.querySelector("[data-verb=dtmf][aria-disabled=true]"));
	assert.equal(await alice.getByRole("alert").count(), 0);
});

await check("moving to the other phone, and back", async () => {
	await call(alice, BOB);
	for (const text of ["My own phone", "Desk phone"]) {
		await press(alice, `Move: ${BOB}`);
		await alice.locator(".tool").getByRole("button", { name: text })
			.click();
		await panel(alice, BOB).locator(".with-icon").getByText(text)
			.waitFor();
		await state(alice, BOB, "Connected");
	}
	await state(bob, ALICE, "Connected");
});

await check("two calls: swap, then join", async () => {
	await call(alice, BOB);
	await press(alice, `Hold: ${BOB}`);
	await state(alice, BOB, "On hold");
	/* A phone that holds its other call by itself must take it back itself. */
	await choose(alice, /My own phone/);
	await call(alice, ERIN);
	await checkAccess(alice);
	await picture(alice, "ui");
	await press(alice, `Swap: ${BOB}`);
	await state(alice, BOB, "Connected");
	await state(alice, ERIN, "On hold");
	assert.equal(await focused(alice), `Hold: ${BOB}`);
	await press(alice, `Join: ${ERIN}`);
	await state(alice, BOB, "Transferred");
	await state(alice, ERIN, "Transferred");
	await state(bob, ERIN, "Connected");
	await panel(bob, ERIN).getByText(`transferred by ${ALICE}`).waitFor();
	await checkAccess(bob);
	await press(bob, `Hang up: ${ERIN}`);
	await state(bob, ERIN, "You hung up");
	await choose(alice, /Desk phone/);
});

await check("transfer: ask first, then complete", async () => {
	await call(alice, BOB);
	await press(alice, `Transfer: ${BOB}`);
	await alice.keyboard.type("erin");
	await alice.keyboard.press("Enter");
	await state(alice, ERIN, "Connected");
	await state(alice, BOB, "On hold");
	await alice.getByText(`${BOB} waits while you ask ${ERIN}.`).waitFor();
	await checkAccess(alice);
	await press(alice, "Complete");
	await state(alice, BOB, "Transferred");
	await state(bob, ERIN, "Connected");
});

await check("transfer: back to the one who waits", async () => {
	await call(alice, BOB);
	await press(alice, `Transfer: ${BOB}`);
	await alice.keyboard.type("carol");
	await alice.keyboard.press("Enter");
	await state(alice, CAROL, "Ringing…");
	await press(alice, `Back to ${BOB}`);
	await state(alice, BOB, "Connected");
	await state(alice, CAROL, "Cancelled");
	await state(bob, ALICE, "Connected");
});

await check("transfer now: refused, he comes back; answered, it is done",
	async () => {
		await call(alice, BOB);
		await press(alice, `Transfer: ${BOB}`);
		await alice.keyboard.type("carol");
		await press(alice, "Transfer now");
		await alice.getByText(`${BOB} is being connected to ${CAROL}…`)
			.waitFor();
		await state(carol, BOB, "Is calling you");
		await panel(carol, BOB).getByText(`transferred by ${ALICE}`)
			.waitFor();
		await checkAccess(alice);
		await checkAccess(carol);
		await press(carol, `Reject: ${BOB}`);
		await alice.getByRole("alert")
			.getByText(`The transfer to ${CAROL} failed: Busy.`).waitFor();
		await alice.getByText("comes back to you").waitFor();
		await checkAccess(alice);
		await press(alice, `Reject: ${BOB}`);
		await tidy();

		await call(alice, BOB);
		await press(alice, `Transfer: ${BOB}`);
		await alice.keyboard.type("25");
		await press(alice, "Transfer now");
		await state(alice, BOB, "Transferred");
		await state(bob, ERIN, "Connected");
	});

await check("park, and retrieve", async () => {
	await call(alice, BOB);
	await press(alice, `Park: ${BOB}`);
	await state(alice, BOB, "Parked");
	await state(bob, ALICE, "Parked");
	for (const page of [alice, carol])
		await page.locator(".parking").getByText(BOB).waitFor();
	await carol.getByText(`at ${ALICE}, slot 0 · parked by ${ALICE}`)
		.waitFor();
	await checkAccess(alice);
	await checkAccess(bob);
	await press(alice, `Retrieve: ${BOB}`);
	await state(alice, BOB, "Connected");
	await panel(alice, BOB).getByText("parked by you").waitFor();
	await carol.locator(".parking").waitFor({ state: "detached" });
	await state(bob, ALICE, "Connected");
});

await check("what rings at a colleague is picked up", async () => {
	await bobCalls(CAROL);
	await state(carol, BOB, "Is calling you");
	await checkAccess(carol);
	await press(alice, `Pick up the call of ${CAROL}`);
	await state(alice, BOB, "Connected");
	await panel(alice, BOB).getByText(`picked up from ${CAROL}`).waitFor();
	await state(carol, BOB, `Answered by ${ALICE}`);
	await state(bob, ALICE, "Connected");
	await checkAccess(alice);
});

await check("a ringing call is redirected, then ignored, then cancelled",
	async () => {
		await bobCalls(ALICE);
		await panel(alice, BOB).getByText("Answer on your phone.").waitFor();
		await checkAccess(alice);
		await press(alice, `Redirect: ${BOB}`);
		await alice.keyboard.type("carol");
		await alice.keyboard.press("Enter");
		await state(alice, BOB, "Sent on");
		await state(carol, BOB, "Is calling you");
		await panel(carol, BOB).getByText(`sent on by ${ALICE}`).waitFor();
		await panel(bob, CAROL).getByText(`sent on by ${ALICE}`).waitFor();
		await press(carol, `Ignore: ${BOB}`);
		await state(carol, BOB, "Ignored");
		await state(bob, CAROL, "Ringing…");
		await press(bob, `Cancel: ${CAROL}`);
		await state(bob, CAROL, "Cancelled");
	});

await check("a second call waits", async () => {
	await call(alice, ERIN);
	await bobCalls(ALICE);
	await panel(alice, BOB).getByText("Call waiting").waitFor();
	await alice.emulateMedia({ colorScheme: "dark" });
	await checkAccess(alice);
	await picture(alice, "ui-dark");
	await alice.emulateMedia({ colorScheme: "light" });
	await press(alice, `Reject: ${BOB}`);
	await state(bob, ALICE, "Busy");
	await state(alice, BOB, "Rejected");
});

await check("do not disturb, seen and switched off in the header", async () => {
	await press(alice, "Settings");
	await alice.getByRole("switch", { name: "Do not disturb" }).check();
	await checkAccess(alice);
	await alice.keyboard.press("Escape");
	await alice.locator(".mark").getByText("Do not disturb").waitFor();
	await checkAccess(alice);
	await press(bob, `Call ${ALICE}`);
	await state(bob, ALICE, "Does not want to be disturbed");
	await press(alice, "Do not disturb: change");
	await alice.getByRole("switch", { name: "Do not disturb" }).uncheck();
	await alice.keyboard.press("Escape");
	await alice.locator(".mark").waitFor({ state: "detached" });
});

await check("a diversion, and a caller who ignores it", async () => {
	await press(alice, "Settings");
	await press(alice, "Add a diversion");
	const form = alice.getByRole("form", { name: "Diversions" });

	await form.getByLabel("To", { exact: true }).fill("nobody");
	await form.getByRole("button", { name: "Save" }).click();
	await form.getByText("Nobody here has this number or name.").first()
		.waitFor();
	await checkAccess(alice);
	await form.getByLabel("To", { exact: true }).fill("carol");
	await form.getByText(CAROL).first().waitFor();
	await form.getByRole("button", { name: "Save" }).click();
	await form.getByText("Saved.").waitFor();
	await checkAccess(alice);
	await alice.keyboard.press("Escape");
	await alice.locator(".mark").getByText(`Calls go to ${CAROL}`).waitFor();

	await press(bob, `Call ${ALICE}`);
	await state(carol, BOB, "Is calling you");
	await panel(carol, BOB).getByText(`diverted by ${ALICE}`).waitFor();
	await press(bob, /^Cancel: /);
	await tidy();

	await bob.getByRole("combobox", { name: "Number or name" }).fill("21");
	await press(bob, "Options");
	await bob.getByLabel("Ignore diversions").check();
	await bob.getByLabel("Hide my number").check();
	await checkAccess(bob);
	await bob.getByRole("combobox", { name: "Number or name" }).press("Enter");
	await state(alice, "Unknown caller", "Is calling you");
	assert.equal(await bob.getByLabel("Ignore diversions").isChecked(),
		false);
	await press(bob, /^Cancel: /);

	await press(alice, `Calls go to ${CAROL}: change`);
	await press(alice, "Remove diversion 1");
	await form.getByRole("button", { name: "Save" }).click();
	await form.getByText("Saved.").waitFor();
	await alice.keyboard.press("Escape");
	await alice.locator(".mark").waitFor({ state: "detached" });
});

await check("settings: what is wrong, and who was faster", async () => {
	await press(alice, "Settings");
	const form = alice.getByRole("form", { name: "When calls reach me" });
	const save = form.getByRole("button", { name: "Save" });

	await form.getByLabel("Mobile number").fill("24");
	await save.click();
	await form.getByText(/This is an extension/).first().waitFor();
	await checkAccess(alice);
	await form.getByLabel("Mobile number").fill("0171 1234567");
	await form.getByLabel("Nobody answers after").fill("25");
	await save.click();
	await form.getByText("Saved.").waitFor();
	assert.equal(await form.getByLabel("Mobile number").inputValue(),
		"+491711234567");

	await form.getByLabel("Nobody answers after").fill("30");
	await ask(alice, "PUT", "/me/settings", { dnd: false, busy_on: 2,
		no_answer_s: null, mobile: null });
	await form.getByText("This was changed elsewhere meanwhile.").waitFor();
	await checkAccess(alice);
	await press(alice, "Show what is stored");
	assert.equal(await form.getByLabel("I am busy with").inputValue(), "2");
	assert.equal(await form.getByLabel("Mobile number").inputValue(), "");
	await form.getByLabel("I am busy with").fill("");
	await save.click();
	await form.getByText("Saved.").waitFor();
	await alice.keyboard.press("Escape");
});

await check("no page complained", async () => {
	assert.deepEqual(Object.values(pages).flatMap((one) => one.complaints),
		[]);
});

await browser.close();
process.exit(finish());
