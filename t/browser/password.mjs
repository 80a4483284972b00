/* password.mjs - a user changes his password and has a second factor
 *
 * usage: node password.mjs --demo run/demo.json [--shots FOLDER]
 *
 * Needs the demo's users, and a phone "Soft phone" of dave that registers with
 * his password.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { checkAccess, launch, logIn, openPage } from "./chromium.mjs";
import { shots, url, user } from "./demo.mjs";
import { finish, step } from "./tap.mjs";
import { codeOf } from "./totp.mjs";

const browser = await launch();
const page = await openPage(browser);
const second = await openPage(browser);
const old = user("dave").password;
const fresh = "Another-password-1";
const password = page.getByRole("region", { name: "Password", exact: true });
const factor = page.getByRole("region", { name: "Second factor" });

async function settings()
{
	await page.getByRole("button", { name: "Settings" }).click();
	await password.getByRole("button", { name: "Change the password" })
		.waitFor();
}

async function picture(name)
{
	if (shots)
		await page.screenshot({ path: join(shots, `${name}.png`),
			animations: "disabled" });
}

async function fill(one, other)
{
	await password.getByLabel("Your password").fill(one);
	await password.getByLabel("New password").fill(other);
	await page.keyboard.press("Enter");
}

async function enter(word)
{
	await page.getByLabel("Name").fill("dave");
	await page.getByLabel("Password").fill(word);
	await page.keyboard.press("Enter");
}

const isIn = () => page.getByRole("heading", { name: "Colleagues" }).waitFor();

/** A step that ends just now would make codes of two. */
async function stepBegins()
{
	while (Date.now() % 30_000 > 20_000)
		await pause(200);
}

await step("what a change costs is shown before it is made", async () => {
	await logIn(page, "dave");
	await logIn(second, "dave");
	await settings();
	await password.getByText("These phones register with your password")
		.waitFor();
	await password.getByText("Soft phone").waitFor();
	await password.getByText("At least 8 characters.").waitFor();
	assert.equal(await password.getByLabel("Log out everywhere else")
		.isChecked(), true);
	await checkAccess(page);
	await password.scrollIntoViewIfNeeded();
	await picture("password");
});

await step("what is wrong is said where it is", async () => {
	await fill("not the password", fresh);
	await password.getByText("This is not your password.").waitFor();
	assert.equal(await password.getByLabel("Your password")
		.getAttribute("aria-invalid"), "true");
	await fill(old, "short");
	await password.getByText("It needs at least 8 characters.").waitFor();
	await checkAccess(page);
	await fill(old, old);
	await password.getByText("It is the same as before.").waitFor();
});

await step("changed: other logins end, this one stays", async () => {
	await fill(old, fresh);
	await password.getByRole("status").getByText("The password is changed.")
		.waitFor();
	assert.equal(await password.getByLabel("New password").inputValue(), "");
	await second.getByText("This login has ended. Please log in again.")
		.waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Log out" }).click();
	await enter(old);
	await page.getByText("Name or password is wrong.").waitFor();
	await enter(fresh);
	await isIn();
});

let secret, recovery;

await step("a second factor is set up", async () => {
	await stepBegins();
	await settings();
	await factor.getByLabel("Your password").fill(fresh);
	await page.keyboard.press("Enter");
	const code = factor.getByLabel("Code from the app");

	await code.waitFor();
	secret = (await factor.locator(".key").textContent()).replaceAll(" ", "");
	const uri = await factor.getByRole("link").getAttribute("href");

	assert.match(uri, new RegExp(`^otpauth://totp/myPBX:dave.*${secret}`));
	await checkAccess(page);
	await picture("second-factor");
	await code.fill("12");
	await page.keyboard.press("Enter");
	await factor.getByText("This is not the code.").waitFor();
	await code.fill(codeOf(secret, -1));
	await page.keyboard.press("Enter");
	await factor.getByText("Keep these recovery codes").waitFor();
	recovery = await factor.locator(".codes .key").allTextContents();
	assert.equal(new Set(recovery).size, 8);
	await checkAccess(page);
	await picture("recovery");
	await factor.getByRole("button", { name: "written them down" }).click();
	await factor.getByText("8 recovery codes are left").waitFor();
	assert.equal((await page.content()).includes(recovery[0]), false);
	await page.keyboard.press("Escape");
});

await step("the login asks for the code", async () => {
	const code = page.getByLabel("Code from your app");

	await page.getByRole("button", { name: "Log out" }).click();
	await enter(fresh);
	await code.waitFor();
	await page.waitForFunction(() => document.activeElement.id === "code");
	await checkAccess(page);
	await picture("login-code");
	await page.keyboard.press("Enter");
	await page.getByText("Please enter the code.").waitFor();
	await code.fill("000");
	await page.keyboard.press("Enter");
	await page.getByText("The code is wrong, or was used already.").waitFor();
	await code.fill(codeOf(secret, 0));
	await page.keyboard.press("Enter");
	await isIn();
	await page.getByRole("button", { name: "Log out" }).click();
	await enter(fresh);
	await code.fill(recovery[0]);
	await page.keyboard.press("Enter");
	await isIn();
});

await step("off again, and the old password", async () => {
	await settings();
	await factor.getByText("7 recovery codes are left").waitFor();
	await factor.getByLabel("Your password").fill("not the password");
	await page.keyboard.press("Enter");
	await factor.getByText("This is not your password.").waitFor();
	await factor.getByLabel("Your password").fill(fresh);
	await page.keyboard.press("Enter");
	await factor.getByRole("button", { name: "Set it up" }).waitFor();
	await fill(fresh, old);
	await password.getByText("The password is changed.").waitFor();
	await page.keyboard.press("Escape");
	await page.getByRole("button", { name: "Log out" }).click();
	await logIn(page, "dave");
	assert.deepEqual(page.complaints, []);
	assert.equal((await page.context().cookies(url)).length, 1);
});

await browser.close();
process.exit(finish());
