/* tabs.mjs - three tabs of one login in Chromium: one asks, all know
 *
 * usage: node tabs.mjs --demo run/demo.json
 */

import assert from "node:assert/strict";
import { launch, logIn, openPage, panel } from "./chromium.mjs";
import { url } from "./demo.mjs";
import { finish, step } from "./tap.mjs";

const browser = await launch();
const first = await openPage(browser);
const tabs = [first, await first.context().newPage(),
	await first.context().newPage()];
const asking = new Map(tabs.map((tab) => [tab, 0]));	/* held questions */

for (const tab of tabs) {
	const held = (request) => /\/events\?.*wait=[1-9]/.test(request.url());
	const ended = (request) => {
		if (held(request))
			asking.set(tab, asking.get(tab) - 1);
	};

	tab.on("request", (request) => {
		if (held(request))
			asking.set(tab, asking.get(tab) + 1);
	});
	tab.on("requestfinished", ended);
	tab.on("requestfailed", ended);
}

const whoAsks = () => tabs.filter((tab) => asking.get(tab) > 0);

async function until(what, isTrue)
{
	const end = Date.now() + 15_000;

	while (!isTrue()) {
		assert.ok(Date.now() < end, `waited for ${what}`);
		await new Promise((done) => setTimeout(done, 20));
	}
}

async function api(method, path, data)
{
	const answer = await first.request.fetch(`${url}/api/v1${path}`,
		{ method, data, headers: { "X-MyPBX": "1" } });

	assert.ok(answer.ok(), `${method} ${path}: ${answer.status()}`);
	return answer.json().catch(() => null);
}

/** A call of alice's to carol, whose phones only ring. */
const ring = () => api("POST", "/calls", { to: "23", device: "alice-desk" });

async function seenBy(those, isThere)
{
	for (const tab of those)
		await panel(tab, "Carol").first().waitFor(
			{ state: isThere ? "visible" : "hidden" });
}

const clear = (call) => api("DELETE", `/calls/${call.id}?cause=16`);

await step("of three tabs one asks", async () => {
	await logIn(first, "alice");
	for (const tab of tabs.slice(1)) {
		await tab.goto(url);
		await tab.locator(".connection-live").waitFor();
	}
	await until("one that asks", () => whoAsks().length === 1);
});

await step("all of them see a call", async () => {
	const call = await ring();

	await seenBy(tabs, true);
	assert.equal(whoAsks().length, 1);
	await clear(call);
});

await step("one goes on when the one that asks is closed", async () => {
	/* between two polls nobody asks */
	await until("one that asks", () => whoAsks().length === 1);
	const [gone] = whoAsks();

	await gone.close();
	tabs.splice(tabs.indexOf(gone), 1);
	await until("another that asks", () => whoAsks().length === 1);
	const call = await ring();

	await seenBy(tabs, true);
	await clear(call);
});

await step("all of them hear that the login has ended", async () => {
	await tabs[0].getByRole("button", { name: "Log out", exact: true })
		.click();
	for (const tab of tabs)
		await tab.getByLabel("Password").waitFor();
	await until("nobody to ask", () => whoAsks().length === 0);
});

await step("and see the next one", async () => {
	await logIn(tabs[0], "alice");
	await tabs[1].reload();
	await tabs[1].locator(".connection-live").waitFor();
	await until("one that asks", () => whoAsks().length === 1);
});

await browser.close();
process.exit(finish());
