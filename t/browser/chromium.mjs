/* chromium.mjs - start Debian's Chromium; what all its steps use */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { url, user } from "./demo.mjs";

const axeSource = readFileSync(
	createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
	"best-practice"];

export function launch()
{
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu", "--disable-quic",
			"--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync"],
	});
}

/** What a page complained about. 401 and the like are answers, no defects;
 * while it is offline, requests fail. */
const harmless = /status of (401|403|404|409|410|412|415|422|429)|ERR_INTERNET_DISCONNECTED|ERR_FAILED/;

/** @return a page in its own browser session; `complaints` collects errors */
export async function openPage(browser, options = {})
{
	const context = await browser.newContext({
		viewport: { width: 1280, height: 800 },
		colorScheme: "light", locale: "en-GB", ...options,
	});

	context.setDefaultTimeout(15_000);
	const page = await context.newPage();

	page.complaints = [];
	page.on("pageerror", (error) => page.complaints.push(String(error)));
	page.on("console", (message) => {
		if (message.type() === "error" && !harmless.test(message.text()))
			page.complaints.push(message.text());
	});
	return page;
}

export async function logIn(page, name, path = "/")
{
	await page.goto(url + path);
	await page.getByLabel("Name").fill(user(name).name);
	await page.getByLabel("Password").fill(user(name).password);
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Colleagues" }).waitFor();
	await page.locator(".connection-live").waitFor();
}

/** No violation that axe-core can find, and nothing wider than the window. */
export async function checkAccess(page)
{
	await page.evaluate(axeSource);
	const violations = await page.evaluate(async (runOnly) => {
		/* Colours on their way from one state to the next are no state. */
		await Promise.all(document.getAnimations()
			.filter((one) => one.effect.getTiming().iterations !== Infinity)
			.map((one) => one.finished.catch(() => {})));
		return (await axe.run(document, { runOnly })).violations.map(
			({ id, nodes }) => `${id}: ${nodes.map((n) => n.target)}`);
	}, tags);

	assert.deepEqual(violations, []);
	assert.equal(await page.evaluate(() =>
		document.documentElement.scrollWidth <= innerWidth), true,
	"wider than the window");
}

/** The panel of the call with this person. */
export function panel(page, name)
{
	return page.locator(".call-panel").filter({
		has: page.getByRole("heading", { name }) });
}

/** The row of this colleague. */
export function colleague(page, name)
{
	return page.locator(".person").filter({ hasText: name });
}
