/* visibility.mjs - who sees what of whom, groups, what is preset, in Chromium
 *
 * usage: node visibility.mjs --demo run/demo.json
 *
 * Needs the group "sales", which alice may join, and a template of hers by
 * which nobody answers after 40 seconds.
 */

import assert from "node:assert/strict";
import { checkAccess, colleague, launch, logIn, openPage }
	from "./chromium.mjs";
import { finish, step } from "./tap.mjs";

const browser = await launch();
const alice = await openPage(browser);
const bob = await openPage(browser);
const pages = { alice, bob };
const ALICE = "Alice Adams";
const BOB = "Bob Brown";

async function check(name, run)
{
	await step(name, run, () => Promise.all(Object.entries(pages).map(
		([user, page]) => page.screenshot({ fullPage: true, path:
			`failed-${name.replace(/\W+/g, "-").slice(0, 40)}-${user}.png` }))));
}

const form = alice.getByRole("form", { name: "Who sees what of me" });
const right = (who, what) => form.getByRole("checkbox",
	{ name: `${who}: ${what}` });

async function save()
{
	await form.getByRole("button", { name: "Save" }).click();
	await form.getByText("Saved.").waitFor();
}

await check("both log in", async () => {
	await logIn(alice, "alice");
	await logIn(bob, "bob");
	await colleague(bob, ALICE).waitFor();
});

await check("what the administrator says is shown", async () => {
	await alice.getByRole("button", { name: "Settings" }).click();
	assert.equal(await right("Everybody else", "Calls").isChecked(), true);
	assert.equal(await right("Everybody else", "Calls").isDisabled(), true);
	await checkAccess(alice);
});

await check("an entry for Bob: he loses Alice at once, and has her again",
	async () => {
		await form.getByLabel("Name", { exact: true }).fill("bob");
		await form.getByRole("button", { name: "Add an entry" }).click();
		assert.equal(await right(BOB, "Calls").isChecked(), false);
		await checkAccess(alice);
		await save();
		await colleague(bob, ALICE).waitFor({ state: "detached" });

		await right(BOB, "Name and number").check();
		await save();
		await colleague(bob, ALICE).waitFor();
		await colleague(bob, ALICE).getByText("Not shown").waitFor();
		await checkAccess(bob);

		await right(BOB, "Online").check();
		await save();
		await colleague(bob, ALICE).getByText(/^(Available|Offline)$/)
			.waitFor();
	});

await check("what Bob sees, and why", async () => {
	await alice.getByLabel("What do others see of me?").selectOption("bob");
	await alice.getByText(`${BOB} sees: Name and number, Online.`).waitFor();
	await alice.getByText(`By: ${BOB}.`).waitFor();
	await form.getByRole("button", { name: `Remove the entry for ${BOB}` })
		.click();
	await save();
	await alice.getByText("By: Everybody else.").waitFor();
});

await check("who looked at Alice", async () => {
	const looked = alice.getByRole("region", { name: "Who looked at me" });
	const bobs = looked.getByRole("listitem").filter({ hasText: BOB });

	await looked.getByRole("button", { name: "Show who looked" }).click();
	for (const end = Date.now() + 30_000; await bobs.count() < 2
			&& Date.now() < end; await alice.waitForTimeout(100)) {
		const answer = alice.waitForResponse((one) =>
			one.url().includes("/me/visibility/viewers"));

		await looked.getByRole("button", { name: "Look again" }).click();
		await answer;
	}
	await bobs.filter({ hasText: "opened the page, with you on it" })
		.waitFor();
	await bobs.filter({ hasText: "was told of your changes" }).waitFor();
	await checkAccess(alice);
});

await check("an entry for all others", async () => {
	await form.getByLabel("For whom").first().selectOption("others");
	await form.getByRole("button", { name: "Add an entry" }).click();
	await save();
	await colleague(bob, ALICE).waitFor({ state: "detached" });
	await form.getByRole("button",
		{ name: "Remove the entry for Everybody else" }).click();
	await save();
	await colleague(bob, ALICE).waitFor();
});

await check("a group is joined and left", async () => {
	const groups = alice.getByRole("region", { name: "My groups" });
	const sales = groups.getByRole("switch", { name: "sales" });

	const answer = () => alice.waitForResponse((one) =>
		one.url().endsWith("/me/groups/sales"));
	const joined = answer();

	await sales.check();
	assert.equal((await joined).status(), 200);
	await alice.reload();
	await alice.getByRole("button", { name: "Settings" }).click();
	await sales.and(alice.locator(":checked")).waitFor();
	const left = answer();

	await sales.uncheck();
	assert.equal((await left).status(), 200);
	await checkAccess(alice);
});

await check("what is preset is shown, and stays so until she changes it",
	async () => {
		const calls = alice.getByRole("form", { name: "When calls reach me" });
		const seconds = calls.getByLabel("Nobody answers after");
		const hint = calls.getByText(/^Preset by your administrator/);
		const own = async (act) => {
			const answer = alice.waitForResponse((one) =>
				one.url().endsWith("/me/settings"));

			await act();
			return (await (await answer).json()).inherited;
		};
		const save = calls.getByRole("button", { name: "Save" });

		await hint.waitFor();
		assert.equal(await seconds.inputValue(), "40");
		const dnd = alice.getByRole("switch", { name: "Do not disturb" });

		for (const act of [() => dnd.check(), () => dnd.uncheck()])
			assert.ok((await own(act)).includes("no_answer_s"));
		await seconds.fill("20");
		assert.ok(!(await own(() => save.click())).includes("no_answer_s"));
		await hint.waitFor({ state: "detached" });
		await seconds.fill("");
		await own(() => save.click());
		await hint.waitFor();
		assert.equal(await seconds.inputValue(), "40");
		await checkAccess(alice);
	});

await check("no page complained", async () => {
	assert.deepEqual(Object.values(pages).flatMap((one) => one.complaints),
		[]);
});

await browser.close();
process.exit(finish());
