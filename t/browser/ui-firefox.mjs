/* ui-firefox.mjs - the main steps of a user's day in Firefox
 *
 * usage: node ui-firefox.mjs --demo run/demo.json
 */

import { url, user } from "./demo.mjs";
import { launchFirefox } from "./firefox.mjs";
import { finish, step } from "./tap.mjs";

const { tab, close } = await launchFirefox();

/** Expression: the words of the first element, empty when there is none. */
function words(selector)
{
	return `(document.querySelector('${selector}')?.innerText ?? "")`;
}

await step("log in with the keyboard", async () => {
	await tab.open(url);
	await tab.until("document.activeElement.id === 'name'");
	await tab.type("alice");
	await tab.click("#password");
	await tab.type(user("alice").password);
	await tab.type("Enter");
	await tab.until("document.querySelector('.connection-live')");
	await tab.until("document.activeElement.id === 'dial'");
});

await step("own phones and colleagues", async () => {
	await tab.until(`${words(".device")}.includes("Registered")`);
	await tab.until("document.querySelectorAll('.person').length >= 4");
	await tab.until(`${words("[data-user=bob]")}.includes("Available")`);
});

await step("a click calls a colleague", async () => {
	await tab.click("[data-user=bob] button");
	await tab.until(`${words(".call-connected")}.includes("Bob")`);
	await tab.until(`${words("[data-user=bob]")}.includes("On a call")`);
});

await step("hang up", async () => {
	await tab.click(".call-connected button.danger");
	await tab.until(`${words(".call-ended")}.includes("You hung up")`);
	await tab.until(`${words("[data-user=bob]")}.includes("Available")`);
});

await step("type a name, Enter", async () => {
	await tab.click("#dial");
	await tab.type("carol");
	await tab.until("document.querySelector('[role=option]')");
	await tab.type("Enter");
	await tab.until(`${words(".call-ringback")}.includes("Carol")`);
	await tab.click(".call-ringback button.danger");
	await tab.until("!document.querySelector('.call-ringback')");
});

await step("settings open and close; log out", async () => {
	await tab.click("button[aria-label=Settings]");
	await tab.until("document.querySelector('dialog .entry')");
	await tab.type("Escape");
	await tab.until("!document.querySelector('dialog')");
	await tab.click("button[aria-label=\"Log out\"]");
	await tab.until(`${words(".notice")}.includes("logged out")`);
});

await step("an administrator finds a user", async () => {
	await tab.open(`${url}/#admin/users`);
	await tab.click("#name");
	await tab.evaluate("document.activeElement.select()");
	await tab.type("admin");
	await tab.click("#password");
	await tab.type(user("admin").password);
	await tab.type("Enter");
	await tab.until(`${words("[href$=erin]")}.includes("Erin")`);
	await tab.click(".filter input");
	await tab.type("bob");
	await tab.until("document.querySelectorAll('.admin .person').length === 1");
	await tab.click(".admin .person");
	await tab.until(`${words("#admin-title")}.includes("User bob")`);
	await tab.until("document.getElementById('user-number')?.value === '22'");
	await tab.click(".back");
	await tab.until("document.activeElement.id === 'dial'");
});

await close();
process.exit(finish());
