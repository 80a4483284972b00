/* favourites.mjs - profiles and contacts in Chromium, against the running
 * system
 *
 * usage: node favourites.mjs --demo run/demo.json [--shots FOLDER]
 *
 * Carol keeps contacts in two browsers; bob's phone answers, as in ui.mjs.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkAccess, launch, logIn, openPage } from "./chromium.mjs";
import { shots, url } from "./demo.mjs";
import { finish, step } from "./tap.mjs";

const browser = await launch();
const page = await openPage(browser);
const second = await openPage(browser);

const check = (name, run) => step(name, run, async () => {
	await page.screenshot({ path:
		`failed-${name.replace(/\W+/g, "-").slice(0, 40)}.png` });
	await page.reload();
	await second.reload();
});

const CARDS = `BEGIN:VCARD
VERSION:3.0
FN:Erna Example
TEL;TYPE=WORK:030 5551234
EMAIL:erna@example.com
CATEGORIES:Customers
NOTE:Rings on Mondays
END:VCARD
BEGIN:VCARD
VERSION:2.1
FN:Only Mail
EMAIL:x@example.com
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:مرحبا بالعالم
TEL:030 5559876
TEL;TYPE=cell:0171 5559876
CATEGORIES:Customers
END:VCARD
`;

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlE"
	+ "QVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

const card = (where) => where.locator(".favourites");
const row = (where, name) => card(where).locator(".contact")
	.filter({ hasText: name });
const names = (where) => card(where).locator(".contact .name")
	.allTextContents();
const profile = (where) => card(where).getByRole("combobox",
	{ name: "Profile" });
const dialog = page.getByRole("dialog");

async function picture(from, name)
{
	if (shots)
		await from.screenshot({ path: join(shots, `${name}.png`),
			fullPage: true });
}

async function seen(where, expected)
{
	for (const end = Date.now() + 10_000; Date.now() < end;) {
		if ((await names(where)).join() === expected.join())
			return;
		await where.waitForTimeout(50);
	}
	assert.deepEqual(await names(where), expected);
}

const OWN_PRESENCE = `${url}/api/v1/me/presence`;
const headers = { "X-MyPBX": "1" };

/** Nothing of an earlier run. */
async function tidy()
{
	const ask = async (method, path) => {
		const answer = await page.request.fetch(`${url}/api/v1${path}`,
			{ method, headers: { "X-MyPBX": "1" } });

		return method === "GET" ? answer.json() : null;
	};
	const [first, ...others] = (await ask("GET", "/me/profiles")).items;
	const contacts = `/me/profiles/${first.id}/contacts`;

	for (const { id } of others)
		await ask("DELETE", `/me/profiles/${id}`);
	for (const { id } of (await ask("GET", contacts)).items)
		await ask("DELETE", `${contacts}/${id}`);
}

await check("logging in: one profile, no contact", async () => {
	await logIn(page, "carol");
	await tidy();
	await page.reload();
	await logIn(second, "carol");
	for (const one of [page, second]) {
		await card(one).getByText("No contact yet.").waitFor();
		assert.equal(await profile(one).locator("option").count(), 1);
	}
	await checkAccess(page);
});

await check("a colleague is added; the other browser sees him", async () => {
	await page.getByRole("button", { name: "Add a contact" }).click();
	await checkAccess(page);
	await dialog.getByRole("combobox", { name: "Colleague" })
		.selectOption("Bob Brown");
	await dialog.getByRole("textbox", { name: "Note" }).fill("Two\nlines");
	await dialog.getByRole("button", { name: "Save" }).click();
	await dialog.waitFor({ state: "detached" });
	for (const one of [page, second]) {
		await row(one, "Bob Brown").getByText("Available").waitFor();
		await row(one, "Bob Brown").getByText("Two").waitFor();
	}
	assert.match(await row(page, "Bob").getByRole("link",
		{ name: "Write to Bob Brown" }).getAttribute("href"),
	/^mailto:bob@[\w.-]+$/);
});

await check("a number and a SIP address are added", async () => {
	await page.getByRole("button", { name: "Add a contact" }).click();
	await dialog.getByRole("radio", { name: "Telephone number" }).check();
	await dialog.getByLabel("Number", { exact: true }).fill("what?");
	await dialog.getByRole("button", { name: "Save" }).click();
	await dialog.getByText("This is no telephone number.").first().waitFor();
	await checkAccess(page);
	await dialog.getByLabel("Number", { exact: true }).fill("030 1234567");
	await dialog.getByLabel("Name", { exact: true }).fill("Taxi");
	await dialog.getByRole("button", { name: "Another number" }).click();
	await dialog.getByRole("combobox", { name: "Number 1: kind" })
		.selectOption("Mobile");
	await dialog.getByLabel("Number 1: Number").fill("0171 7654321");
	await dialog.getByRole("button", { name: "E-mail address" }).click();
	await dialog.getByLabel("E-mail 1: E-mail address")
		.fill("taxi@example.com");
	await dialog.getByRole("button", { name: "Postal address" }).click();
	await checkAccess(page);
	await picture(page, "contact-form");
	await dialog.getByRole("button", { name: "Remove Address 1" }).click();
	await dialog.getByRole("button", { name: "Save" }).click();
	await row(page, "Taxi").getByRole("button",
		{ name: "Call Taxi: Mobile +491717654321" }).waitFor();
	await page.getByRole("button", { name: "Add a contact" }).click();
	await dialog.getByRole("radio", { name: "SIP address" }).check();
	await dialog.getByRole("textbox", { name: "SIP address" })
		.fill("sip:eve@example.net");
	await dialog.getByRole("button", { name: "Save" }).click();
	await row(page, "eve@example.net").getByText("Presence unknown")
		.waitFor();
	await seen(second, ["Bob Brown", "Taxi", "sip:eve@example.net"]);
	await checkAccess(page);
});

await check("what another domain says of a contact", async () => {
	const eve = row(page, "eve@example.net");

	await page.route("**/api/v1/snapshot", async (route) => {
		const response = await route.fetch();
		const json = await response.json();

		json.external = [{ uri: "sip:eve@example.net", status: "open",
			activity: "vacation", note: "<until> June",
			since: "2026-11-22T21:00:00.000Z", version: 9e15 }];
		await route.fulfill({ response, json });
	});
	await page.reload();
	await eve.getByText("Online", { exact: true }).waitFor();
	await eve.getByText("On vacation").waitFor();
	await eve.getByText("<until> June").waitFor();
	await checkAccess(page);
	await picture(page, "favourites-external");
	await page.unroute("**/api/v1/snapshot");
	await page.reload();
	await eve.getByText("Presence unknown").waitFor();
	assert.equal(await eve.getByText("On vacation").count(), 0);
});

await check("a call: the row shows it with a timer", async () => {
	await row(page, "Bob").getByRole("button", { name: /^Call Bob/ })
		.waitFor();
	const bob = await openPage(browser);

	await logIn(bob, "bob");
	await bob.getByRole("combobox", { name: "Number or name" }).fill("21");
	await bob.keyboard.press("Enter");
	await row(second, "Bob").getByText(/On a call|Ringing/).waitFor();
	await row(second, "Bob").getByRole("timer").waitFor();
	await bob.getByRole("button", { name: /^(Hang up|Cancel):/ }).first()
		.click();
	await row(second, "Bob").getByText("Available").waitFor();
	assert.equal(await row(second, "Bob").getByRole("timer").count(), 0);
	await bob.request.put(OWN_PRESENCE, { headers,
		data: { activity: "lunch", note: "back at one" } });
	await row(second, "Bob").getByText("Lunch").waitFor();
	await row(second, "Bob").getByText("back at one").waitFor();
	await picture(second, "favourites-lunch");
	await bob.request.delete(OWN_PRESENCE, { headers });
	await row(second, "Bob").getByText("Lunch").waitFor({ state: "hidden" });
	await bob.context().close();
});

await check("arrow keys move a contact; a reload keeps it", async () => {
	await row(page, "Taxi").getByRole("button", { name: "Move Taxi" })
		.focus();
	await page.keyboard.press("ArrowUp");
	await seen(page, ["Taxi", "Bob Brown", "sip:eve@example.net"]);
	await seen(second, ["Taxi", "Bob Brown", "sip:eve@example.net"]);
	assert.equal(await page.evaluate(() =>
		document.activeElement.getAttribute("aria-label")), "Move Taxi");
	await second.reload();
	await seen(second, ["Taxi", "Bob Brown", "sip:eve@example.net"]);
});

await check("a contact is dragged", async () => {
	await row(page, "Taxi").locator(".handle")
		.dragTo(row(page, "eve@example.net"));
	await seen(page, ["Bob Brown", "sip:eve@example.net", "Taxi"]);
	await seen(second, ["Bob Brown", "sip:eve@example.net", "Taxi"]);
});

await check("vCards are read, and what was left out is told", async () => {
	await page.getByRole("button", { name: "Profiles and files" }).click();
	await checkAccess(page);
	await page.getByLabel("Read contacts from a file").setInputFiles({
		name: "x.vcf", mimeType: "text/vcard",
		buffer: Buffer.from(CARDS) });
	await card(page).getByText("2 contacts added.").waitFor();
	await card(page).getByText("1 thing was left out").click();
	await card(page).getByText("Only Mail").waitFor();
	await seen(second, ["Bob Brown", "sip:eve@example.net", "Taxi",
		"Erna Example", "مرحبا بالعالم"]);
	await row(page, "Erna").getByText("Rings on Mondays").waitFor();
	await checkAccess(page);
});

await check("vCards are written", async () => {
	const [download] = await Promise.all([page.waitForEvent("download"),
		page.getByRole("link", { name: "Save all as vCards" }).click()]);
	const text = readFileSync(await download.path(), "utf8");

	assert.equal(text.match(/BEGIN:VCARD/g).length, 5);
	assert.match(text, /FN:Erna Example/);
	await page.getByRole("button", { name: "Profiles and files" }).click();
});

await check("a heading closes, and stays closed", async () => {
	const heading = card(page).getByRole("button", { name: /^Customers/ });

	await heading.click();
	await row(page, "Erna").waitFor({ state: "hidden" });
	await page.reload();
	await heading.waitFor();
	assert.equal(await heading.getAttribute("aria-expanded"), "false");
	assert.equal(await row(page, "Erna").isVisible(), false);
	await checkAccess(page);
	await heading.press("Enter");
	await row(page, "Erna").waitFor();
});

await check("a photo", async () => {
	await row(page, "Erna").getByRole("button", { name: "Edit Erna Example" })
		.click();
	await dialog.getByLabel(/^Photo/).setInputFiles({ name: "x.png",
		mimeType: "image/png", buffer: PNG });
	await dialog.getByRole("img", { name: "Photo of Erna Example" })
		.waitFor();
	await checkAccess(page);
	await dialog.getByLabel(/^Photo/).setInputFiles({ name: "x.png",
		mimeType: "image/png", buffer: Buffer.from("<html>") });
	await dialog.getByText("This is not a file that can be used here.")
		.waitFor();
	await dialog.getByLabel("Organisation").fill("Example Ltd");
	await dialog.getByRole("button", { name: "Save" }).click();
	await row(second, "Erna").getByText("Example Ltd").waitFor();
	await second.waitForFunction(() => document.querySelector(
		".favourites .photo img")?.naturalWidth === 1);
});

await check("each browser has its profile until it logs out", async () => {
	await page.getByRole("button", { name: "Profiles and files" }).click();
	await page.getByLabel("Name of the profile").fill("Mobile");
	await page.getByRole("button", { name: "Add as a new profile" }).click();
	await card(page).getByText("No contact yet.").waitFor();
	assert.equal(await profile(page).locator("option:checked")
		.textContent(), "Mobile");
	assert.equal((await names(second)).length, 5);
	for (const one of [page, second])
		await one.reload();
	await card(page).getByText("No contact yet.").waitFor();
	await row(second, "Taxi").waitFor();
	assert.equal(await profile(second).locator("option").count(), 2);
	await page.getByRole("button", { name: "Log out", exact: true }).click();
	await logIn(page, "carol");
	await row(page, "Taxi").waitFor();
	assert.equal(await profile(page).locator("option:checked")
		.textContent(), "Default");
});

await check("a profile is renamed; who uses one that is removed has the first",
	async () => {
		await profile(second).selectOption("Mobile");
		await card(second).getByText("No contact yet.").waitFor();
		await profile(page).selectOption("Mobile");
		await card(page).getByText("No contact yet.").waitFor();
		await page.getByRole("button", { name: "Profiles and files" })
			.click();
		await page.getByLabel("Name of the profile").fill("On the way");
		await page.getByRole("button", { name: "Rename" }).click();
		await profile(second).locator("option", { hasText: "On the way" })
			.waitFor({ state: "attached" });
		await page.getByRole("button", { name: "Remove this profile" })
			.click();
		await checkAccess(page);
		await card(page).getByRole("button", { name: "Remove", exact: true })
			.click();
		for (const one of [page, second])
			await row(one, "Taxi").waitFor();
		assert.equal(await page.getByRole("button",
			{ name: "Remove this profile" }).isDisabled(), true);
		await page.getByRole("button", { name: "Profiles and files" })
			.click();
	});

await check("a contact that was changed elsewhere is not overwritten",
	async () => {
		for (const one of [page, second])
			await row(one, "Taxi").getByRole("button",
				{ name: "Edit Taxi" }).click();
		await second.getByRole("dialog").getByLabel("Organisation")
			.fill("Other");
		await second.getByRole("dialog").getByRole("button",
			{ name: "Save" }).click();
		await row(page, "Taxi").getByText("Other").waitFor();
		await dialog.getByLabel("Organisation").fill("Mine");
		await dialog.getByRole("button", { name: "Save" }).click();
		await dialog.getByText("This was changed meanwhile.").waitFor();
		await page.keyboard.press("Escape");
		await dialog.waitFor({ state: "detached" });
	});

await check("dark, and a phone's width", async () => {
	await page.emulateMedia({ colorScheme: "dark" });
	await checkAccess(page);
	await picture(page, "favourites-dark");
	await page.emulateMedia({ colorScheme: "light" });
	await picture(page, "favourites");
	await page.setViewportSize({ width: 360, height: 740 });
	await checkAccess(page);
	await picture(page, "favourites-phone");
	await row(page, "Taxi").getByRole("button", { name: "Edit Taxi" })
		.click();
	await checkAccess(page);
	await picture(page, "contact-form-phone");
	await page.keyboard.press("Escape");
	await page.setViewportSize({ width: 1280, height: 800 });
});

await check("a contact is removed everywhere", async () => {
	await row(page, "Taxi").getByRole("button", { name: "Edit Taxi" })
		.click();
	await dialog.getByRole("button", { name: "Remove", exact: true })
		.click();
	await dialog.getByRole("button", { name: "Remove for ever" }).click();
	for (const one of [page, second])
		await row(one, "Taxi").waitFor({ state: "detached" });
});

await check("no page complained", async () => {
	await tidy();
	assert.deepEqual([page, second].flatMap((one) => one.complaints), []);
});

await browser.close();
process.exit(finish());
