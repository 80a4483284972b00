/* ui.mjs - a user's day in Chromium, against the running system
 *
 * usage: node ui.mjs --demo run/demo.json [--shots FOLDER]
 *
 * Needs the demo's users and phones: alice-desk lifts by itself, bob-desk
 * answers after 2 s, carol's phones only ring, dave has none.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { checkAccess, colleague, launch, logIn, openPage, panel }
	from "./chromium.mjs";
import { shots, url } from "./demo.mjs";
import { finish, step } from "./tap.mjs";

const browser = await launch();
const page = await openPage(browser);	/* alice */
const second = await openPage(browser);	/* alice, in another browser */
const pages = [page, second];

const dial = page.getByRole("combobox", { name: "Number or name" });

function check(name, run)
{
	return step(name, run, async () => {
		await page.screenshot({ path:
			`failed-${name.replace(/\W+/g, "-").slice(0, 40)}.png` });
		await page.context().setOffline(false);
		await hangUpAll();
	});
}

/** What one step, or an earlier run, left standing shall not fail the next. */
async function hangUpAll()
{
	await endAll("calls", () => true);
	await noCalls(page);
}

async function tidy()
{
	await endAll("sessions", (session) => !session.current);
	await hangUpAll();
}

async function endAll(what, isWanted)
{
	const { request } = page;
	const { items } = await (await request.get(`${url}/api/v1/${what}`))
		.json();

	for (const { id } of items.filter(isWanted))
		await request.delete(`${url}/api/v1/${what}/${id}`,
			{ headers: { "X-MyPBX": "1" } });
}

/** A picture for the documentation. */
async function picture(from, name)
{
	if (!shots)
		return;
	await from.mouse.move(0, 0);
	await from.screenshot({ path: join(shots, `${name}.png`),
		animations: "disabled" });
}

async function noCalls(from)
{
	while (await from.locator(".call-panel").count() > 0)
		await from.getByRole("button", { name: /^Dismiss: / }).first()
			.click();
	await from.getByText("No calls.").waitFor();
}

await check("the login screen is ready to type in", async () => {
	await page.goto(url);
	await page.getByLabel("Name").waitFor();
	await page.waitForFunction(() => document.activeElement.id === "name");
	await checkAccess(page);
});

await check("a wrong password is told, without more", async () => {
	await page.getByLabel("Name").fill("alice");
	await page.getByLabel("Password").fill("not the password");
	await page.getByRole("button", { name: "Log in" }).click();
	await page.getByRole("alert").getByText("Name or password is wrong.")
		.waitFor();
	await checkAccess(page);
});

await check("a user without a password hears the same", async () => {
	await page.getByLabel("Name").fill("erin");
	await page.getByLabel("Password").fill("anything");
	await page.keyboard.press("Enter");
	await page.getByRole("alert").getByText("Name or password is wrong.")
		.waitFor();
});

await check("logged in: own phones and colleagues", async () => {
	await logIn(page, "alice");
	await tidy();
	assert.equal(await dial.evaluate((input) =>
		input === document.activeElement), true);
	const desk = page.locator(".device").filter({ hasText: "Desk phone" });

	await desk.getByText(/^\s*Registered/).waitFor();
	assert.equal(await page.locator(".device").count(), 2);
	assert.equal(await page.getByRole("radiogroup").getByRole("radio",
		{ checked: true }).count(), 1);
	await colleague(page, "Bob").getByText("Available").waitFor();
	await colleague(page, "Dave").getByText("Offline").waitFor();
	await colleague(page, "Bob").getByText("Not online").waitFor();
	assert.ok(await page.locator(".person").count() >= 4);
	await page.getByText("No calls.").waitFor();
	await checkAccess(page);
});

await check("the same user in a second browser", () =>
	logIn(second, "alice"));

await check("a click calls a colleague; both browsers see it", async () => {
	await page.getByRole("button", { name: /^Call Bob/ }).click();
	for (const one of pages) {
		await panel(one, /Bob/).locator(".state-word")
			.getByText("Connected").waitFor();
		await panel(one, /Bob/).getByText("Outgoing").waitFor();
		await colleague(one, "Bob").getByText("On a call").waitFor();
	}
	await checkAccess(page);
});

await check("the timer runs", async () => {
	const timer = panel(page, /Bob/).getByRole("timer");
	const before = await timer.textContent();

	await page.waitForFunction(([element, text]) =>
		element.textContent !== text,
	[await timer.elementHandle(), before]);
});

await check("a reload shows the call again", async () => {
	await second.reload();
	await panel(second, /Bob/).locator(".state-word")
		.getByText("Connected").waitFor();
	assert.match(await panel(second, /Bob/).getByRole("timer").textContent(),
		/^0:\d\d$/);
});

await check("the other browser hangs up; this one sees why", async () => {
	await second.getByRole("button", { name: /^Hang up: Bob/ }).click();
	for (const one of pages)
		await panel(one, /Bob/).getByText("You hung up").waitFor();
	await colleague(page, "Bob").getByText("Available").waitFor();
});

await check("an ended call leaves by itself", () =>
	panel(page, /Bob/).waitFor({ state: "detached" }));

await check("typing a name, Enter: the phone over there rings", async () => {
	await page.keyboard.press("Escape");
	await page.locator("body").click({ position: { x: 5, y: 500 } });
	await page.keyboard.press("/");
	await page.keyboard.type("caro");
	await page.getByRole("option", { name: /Carol/, selected: true }).waitFor();
	await checkAccess(page);
	await page.keyboard.press("Enter");
	await panel(page, /Carol/).getByText("Ringing…").waitFor();
	await colleague(page, "Carol").getByText("Ringing").waitFor();
	assert.equal(await dial.inputValue(), "");
	await page.getByRole("button", { name: /^Cancel: Carol/ }).click();
	await panel(page, /Carol/).getByText("Cancelled").waitFor();
	await noCalls(page);
});

await check("two calls at once, one panel each", async () => {
	await page.getByRole("button", { name: /^Call Bob/ }).click();
	await panel(page, /Bob/).locator(".state-word").getByText("Connected")
		.waitFor();
	await page.getByRole("button", { name: /^Call Carol/ }).click();
	await panel(page, /Carol/).getByText("Ringing…").waitFor();
	await colleague(page, "Carol").getByText("Ringing").waitFor();
	await panel(page, /Bob/).locator(".state-word").getByText("On hold")
		.waitFor();
	await checkAccess(page);
	await page.getByRole("button", { name: /^Cancel: Carol/ }).click();
	await panel(page, /Carol/).getByText("Cancelled").waitFor();
	await page.getByRole("button", { name: /^Hang up: Bob/ }).click();
	await panel(page, /Bob/).getByText("You hung up").waitFor();
	await noCalls(page);
});

await check("typing a number; arrow keys choose", async () => {
	await dial.fill("2");
	await page.getByRole("option", { name: "Call 2", selected: true })
		.waitFor();
	await page.keyboard.press("ArrowDown");
	await page.getByRole("option", { name: /2\d/, selected: true }).waitFor();
	await page.keyboard.press("Escape");
	assert.equal(await page.locator("[role=option]").count(), 0);
	await page.keyboard.press("Escape");
	assert.equal(await dial.inputValue(), "");
	await dial.fill("22");
	await page.keyboard.press("Enter");
	await panel(page, /Bob/).locator(".state-word").getByText("Connected")
		.waitFor();
	await page.getByRole("button", { name: /^Hang up: Bob/ }).click();
	await panel(page, /Bob/).getByText("You hung up").waitFor();
	await noCalls(page);
});

await check("a number that is nobody's is told in words", async () => {
	await dial.fill("2999");
	await page.keyboard.press("Enter");
	await page.getByText(/does not exist/).first().waitFor();
	await page.keyboard.press("Escape");
});

await check("a call from a colleague shows in every browser", async () => {
	const bob = await openPage(browser);

	await logIn(bob, "bob");
	await colleague(page, "Bob").getByText("Online", { exact: true })
		.waitFor();
	await bob.getByRole("button", { name: /^Call Alice/ }).click();
	await bob.locator(".call-panel").waitFor();
	for (const one of pages)
		await panel(one, /Bob/).getByText("Incoming").waitFor();
	await page.emulateMedia({ colorScheme: "dark" });
	await checkAccess(page);
	await page.emulateMedia({ colorScheme: "light" });
	await bob.getByRole("button", { name: /^(Hang up|Cancel): Alice/ })
		.click();
	for (const one of pages)
		await one.locator(".call-in.call-ended")
			.filter({ hasText: "Bob" }).waitFor();
	await bob.context().close();
	await noCalls(page);
});

await check("a phone is chosen here, seen there, and used", async () => {
	await page.getByRole("radio", { name: /Not registered/ }).click();
	await second.getByRole("radio", { name: /Not registered/, checked: true })
		.waitFor();
	await page.getByText(/is not registered and cannot ring/).waitFor();
	await page.getByRole("button", { name: /^Call Bob/ }).click();
	await colleague(page, "Bob").getByRole("alert").waitFor();
	await checkAccess(page);
	await colleague(page, "Bob").getByRole("button", { name: "Dismiss" })
		.click();
	await page.getByRole("radio", { name: /Desk phone/ }).click();
	await second.getByRole("radio", { name: /Desk phone/, checked: true })
		.waitFor();
});

await check("a link asks before it dials", async () => {
	await second.goto(`${url}/go/call?to=22`);
	await second.getByRole("heading", { name: "Call 22?" }).waitFor();
	assert.equal(await second.getByRole("combobox",
		{ name: "Number or name" }).inputValue(), "22");
	await checkAccess(second);
	await second.getByRole("button", { name: "Do not call" }).click();
	assert.equal(new URL(second.url()).pathname, "/");
	assert.equal((await (await second.request.get(`${url}/api/v1/calls`))
		.json()).items.length, 0);
});

await check("what one does, with a note and an end", async () => {
	const bob = await openPage(browser);
	const own = page.getByRole("button", { name: /^Presence: / });
	const dialog = page.getByRole("dialog", { name: "What I do" });

	await logIn(bob, "bob");
	await own.click();
	await checkAccess(page);
	await dialog.getByRole("radio", { name: "Lunch" }).check();
	await dialog.getByLabel("Note").fill("back at <b>one</b>");
	await dialog.getByLabel("Until").selectOption("in an hour");
	await dialog.getByRole("button", { name: "Save" }).click();
	await dialog.waitFor({ state: "detached" });
	await page.getByRole("button", { name: /^Presence: Lunch/ }).waitFor();
	await colleague(bob, "Alice").getByText("Lunch").waitFor();
	await colleague(bob, "Alice").getByText("back at <b>one</b>").waitFor();
	await colleague(bob, "Alice").getByText(/^\s*until /).waitFor();
	assert.match(await colleague(bob, "Alice").locator(".doing")
		.getAttribute("title"), /^Lunch, set by Alice .+ \d/);
	assert.match(await own.getAttribute("title"), /^Lunch, set by you/);
	for (const colorScheme of ["dark", "light"]) {
		await bob.emulateMedia({ colorScheme });
		await checkAccess(bob);
	}
	await page.request.put(`${url}/api/v1/me/presence`, {
		headers: { "X-MyPBX": "1" },
		data: { activity: "constructor",
			until: new Date(Date.now() + 1500).toISOString() } });
	await colleague(bob, "Alice").getByText("constructor").waitFor();
	await colleague(bob, "Alice").locator(".doing")
		.waitFor({ state: "detached" });
	assert.deepEqual(bob.complaints, []);
	await bob.context().close();
});

await check("an end that is over is told; then it stays, then it goes",
	async () => {
		const dialog = page.getByRole("dialog", { name: "What I do" });

		await page.getByRole("button", { name: /^Presence: / }).click();
		await dialog.getByRole("radio", { name: "Do not disturb" }).check();
		await dialog.getByLabel("Until").selectOption("a certain time");
		await dialog.getByLabel("End").fill("2020-01-01T12:00");
		await dialog.getByRole("button", { name: "Save" }).click();
		await dialog.locator(".hint").getByText("This time is over.")
			.waitFor();
		await checkAccess(page);
		await dialog.getByLabel("Until").selectOption("I change it");
		await dialog.getByRole("button", { name: "Save" }).click();
		await page.getByRole("button", { name: /^Presence: Do not disturb/ })
			.click();
		assert.equal(await dialog.getByRole("radio", { checked: true })
			.getAttribute("value"), "dnd");
		await dialog.getByRole("radio", { name: "Automatic" }).check();
		await dialog.getByRole("button", { name: "Save" }).click();
		await page.getByRole("button", { name: /^Presence: Available/ })
			.waitFor();
	});

await check("an end within this minute stays when the note is changed",
	async () => {
		const dialog = page.getByRole("dialog", { name: "What I do" });
		const presence = `${url}/api/v1/me/presence`;
		const headers = { "X-MyPBX": "1" };
		const until = new Date(Date.now() + 30_000).toISOString();

		await page.request.put(presence, { headers,
			data: { activity: "busy", until } });
		await page.getByRole("button", { name: /^Presence: Busy/ }).click();
		await dialog.getByLabel("Note").fill("soon");
		await dialog.getByRole("button", { name: "Save" }).click();
		await dialog.waitFor({ state: "detached" });
		const now = await (await page.request.get(presence)).json();

		assert.deepEqual([now.note, now.until], ["soon", until]);
		await page.request.delete(presence, { headers });
		await page.getByRole("button", { name: /^Presence: Available/ })
			.waitFor();
	});

await check("connection lost and back, without a reload", async () => {
	await page.evaluate(() => { window.neverReloaded = true; });
	await page.context().setOffline(true);
	await page.getByText("Connection lost.").first().waitFor();
	await checkAccess(page);
	await page.getByRole("button", { name: /^Call Bob/ }).click();
	await colleague(page, "Bob").getByText("cannot be reached").waitFor();
	await colleague(page, "Bob").getByRole("button", { name: "Dismiss" })
		.click();
	await second.getByRole("radio", { name: /Not registered/ }).click();
	await second.getByRole("radio", { name: /Not registered/, checked: true })
		.waitFor();
	await page.context().setOffline(false);
	await page.locator(".connection-live").waitFor();
	await page.getByRole("radio", { name: /Not registered/, checked: true })
		.waitFor();
	assert.equal(await page.evaluate(() => window.neverReloaded), true);
	await page.getByRole("radio", { name: /Desk phone/ }).click();
});

await check("the filter", async () => {
	const filter = page.getByRole("searchbox", { name: "Filter colleagues" });

	await filter.fill("bob");
	assert.equal(await page.locator(".person").count(), 1);
	await filter.fill("zzz");
	await page.getByText("Nobody matches.").waitFor();
	await page.getByRole("button", { name: "Show all" }).click();
	await page.getByRole("radio", { name: /^Offline/ }).check();
	await colleague(page, "Dave").waitFor();
	assert.equal(await colleague(page, "Bob").count(), 0);
	await page.getByRole("radio", { name: /^All/ }).check();
});

await check("dark, chosen in the header and remembered", async () => {
	await page.getByRole("button", { name: "Use dark colours" }).click();
	await page.reload();
	await page.getByRole("button", { name: "Use light colours" }).waitFor();
	await page.getByRole("button", { name: /^Call Bob/ }).click();
	await panel(page, /Bob/).locator(".state-word").getByText("Connected")
		.waitFor();
	await checkAccess(page);
	await page.getByRole("button", { name: "Use light colours" }).click();
});

await check("a phone's width, light and dark", async () => {
	for (const colorScheme of ["light", "dark"]) {
		const small = await openPage(browser, { colorScheme,
			viewport: { width: 360, height: 740 } });

		await logIn(small, "alice");
		await panel(small, /Bob/).waitFor();
		await checkAccess(small);
		if (colorScheme === "light")
			await picture(small, "ui-phone");
		await small.getByRole("button", { name: "Settings" }).click();
		await small.locator(".entry").first().waitFor();
		await checkAccess(small);
		await small.keyboard.press("Escape");
		await small.getByRole("button", { name: "Log out" }).click();
		await small.getByText("You have logged out.").waitFor();
		await checkAccess(small);
		assert.deepEqual(small.complaints, []);
		await small.context().close();
	}
	await page.getByRole("button", { name: /^Hang up: Bob/ }).click();
});

await check("a login is ended from elsewhere", async () => {
	await page.getByRole("button", { name: "Settings" }).click();
	await page.getByText("This browser", { exact: true }).waitFor();
	await checkAccess(page);
	await page.getByRole("button", { name: /^Log out / }).first().click();
	await second.getByText("This login has ended.").waitFor();
	await page.getByRole("button", { name: /^Log out / })
		.waitFor({ state: "detached" });
	await page.keyboard.press("Escape");
	assert.equal(await page.getByRole("dialog").count(), 0);
});

await check("a token is made, shown once, used, revoked", async () => {
	const section = page.getByRole("region", { name: "Programs with a token" });
	const ask = (token) => page.request.get(`${url}/api/v1/me`, {
		headers: { Authorization: `Bearer ${token}` } });

	await page.getByRole("button", { name: "Settings" }).click();
	await section.getByLabel("Name of the program").fill("CRM");
	await section.getByLabel("steer your calls").check();
	await page.keyboard.press("Enter");
	const secret = section.getByLabel("The token for CRM");
	const token = await secret.inputValue();

	assert.equal(await secret.evaluate((input) =>
		input === document.activeElement), true);
	await checkAccess(page);
	assert.equal((await ask(token)).status(), 200);
	await section.getByRole("button", { name: "Done" }).click();
	await secret.waitFor({ state: "detached" });
	await section.getByText("see what you see, steer your calls").waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Settings" }).click();
	await section.getByText("last used").waitFor();
	assert.equal((await page.content()).includes(token), false);
	await section.getByRole("button", { name: "Revoke CRM" }).press("Enter");
	await section.getByText("CRM").waitFor({ state: "detached" });
	assert.equal((await ask(token)).status(), 401);
	await section.getByLabel("see what you see").uncheck();
	assert.equal(await section.getByRole("button", { name: "Create a token" })
		.isDisabled(), true);
	await page.keyboard.press("Escape");
});

await check("own webhooks are shown where there are some", async () => {
	const section = page.getByRole("region", { name: "Programs that are told" });
	const headers = { "X-MyPBX": "1" };
	const made = await (await page.request.post(`${url}/api/v1/webhooks`, {
		headers, data: { name: "wiki", url: "https://wiki.invalid/calls" } }))
		.json();
	const path = `${url}/api/v1/webhooks/${made.id}`;

	await page.getByRole("button", { name: "Settings" }).click();
	await section.getByText("wiki.invalid · on").waitFor();
	await section.getByRole("switch", { name: "wiki" }).press("Space");
	await section.getByText("wiki.invalid · off").waitFor();
	await checkAccess(page);
	assert.equal((await (await page.request.get(path)).json()).enabled, false);
	await page.request.delete(path, { headers });
	await section.getByRole("switch", { name: "wiki" }).press("Space");
	await section.getByRole("alert").getByText("does not exist any more")
		.waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Settings" }).click();
	await page.getByText("This browser", { exact: true }).waitFor();
	await page.getByRole("region", { name: "Programs with a token" })
		.getByLabel("Name of the program").waitFor();
	assert.equal(await section.count(), 0);
	await page.keyboard.press("Escape");
});

await check("a user without a phone is told so", async () => {
	const dave = await openPage(browser);

	await logIn(dave, "dave");
	await dave.getByText(/You have no phone yet/).first().waitFor();
	await dave.getByRole("button", { name: /^Call Bob/ }).click();
	await colleague(dave, "Bob").getByRole("alert").waitFor();
	await checkAccess(dave);
	assert.deepEqual(dave.complaints, []);
	await dave.context().close();
});

await check("without storage all works, and it is said", async () => {
	const bare = await openPage(browser);

	await bare.addInitScript(() => Object.defineProperty(window,
		"localStorage", { get() { throw new DOMException("no", "SecurityError"); } }));
	await logIn(bare, "alice");
	await bare.getByText(/keeps no settings/).waitFor();
	await bare.getByRole("button", { name: "Use dark colours" }).click();
	assert.deepEqual(bare.complaints, []);
	await bare.context().close();
});

await check("without JavaScript there is a message", async () => {
	const plain = await openPage(browser, { javaScriptEnabled: false });

	await plain.goto(url);
	await plain.locator("noscript p").waitFor();
	assert.match(await plain.locator("noscript p").innerText(),
		/needs JavaScript/);
	await plain.context().close();
});

await check("logging out leaves nothing behind", async () => {
	await page.getByRole("button", { name: "Log out", exact: true })
		.click();
	await page.getByText("You have logged out.").waitFor();
	assert.equal(await page.getByText("Bob").count(), 0);
	await page.reload();
	await page.getByLabel("Password").waitFor();
});

await check("no page complained", async () => {
	assert.deepEqual(pages.flatMap((one) => one.complaints), []);
});

await browser.close();
process.exit(finish());
