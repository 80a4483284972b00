/* firefox.mjs - drive Debian's Firefox by WebDriver BiDi
 *
 * Playwright wants a Firefox of its own make; this is the small part of the
 * protocol that the steps in ui-firefox.mjs need.
 */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";

const PROGRAM = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
const LONGEST_MS = 20_000;

const keys = { Enter: "\uE007", Escape: "\uE00C" };

/** @return the address Firefox says it listens on */
function listening(firefox)
{
	return new Promise((resolve, reject) => {
		let said = "";

		firefox.stderr.on("data", (data) => {
			said += data;
			const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);

			if (found)
				resolve(found[1]);
		});
		firefox.on("exit", () => reject(new Error(said)));
	});
}

/** One WebSocket: send(method, params) -> result */
async function connect(address)
{
	const socket = new WebSocket(`${address}/session`);
	const waiting = new Map();
	let last = 0;

	await new Promise((resolve, reject) => {
		socket.on("open", resolve);
		socket.on("error", reject);
	});
	socket.on("message", (text) => {
		const answer = JSON.parse(text);
		const { resolve, reject } = waiting.get(answer.id) ?? {};

		waiting.delete(answer.id);
		if (answer.type === "error")
			reject?.(new Error(`${answer.error}: ${answer.message}`));
		else
			resolve?.(answer.result);
	});
	return {
		send: (method, params = {}) => new Promise((resolve, reject) => {
			waiting.set(++last, { resolve, reject });
			socket.send(JSON.stringify({ id: last, method, params }));
		}),
		close: () => socket.close(),
	};
}

/** The steps' verbs on one tab. */
function createTab(bidi, context)
{
	const tab = {
		open: (url) => bidi.send("browsingContext.navigate",
			{ context, url, wait: "complete" }),

		/** Value of a JavaScript expression in the page. */
		async evaluate(expression)
		{
			const { result, exceptionDetails } = await bidi.send(
				"script.evaluate", { expression:
					`(async () => JSON.stringify(await (${expression})))()`,
				target: { context }, awaitPromise: true });

			if (exceptionDetails)
				throw new Error(exceptionDetails.text);
			return result.value === undefined
				? undefined : JSON.parse(result.value);
		},

		/** Until the expression is true. */
		async until(expression)
		{
			const end = Date.now() + LONGEST_MS;

			while (!await tab.evaluate(`Boolean(${expression})`)) {
				if (Date.now() > end)
					throw new Error(`never true: ${expression}`);
				await tab.evaluate(
					"new Promise((done) => setTimeout(done, 50))");
			}
		},

		/** With a real mouse, in the middle of the element. */
		async click(selector)
		{
			const found = `document.querySelector('${selector}')`;

			await tab.until(found);
			const at = await tab.evaluate(`(() => {
				${found}.scrollIntoView({ block: "center" });
				const box = ${found}.getBoundingClientRect();
				return { x: Math.round(box.x + box.width / 2),
					y: Math.round(box.y + box.height / 2) };
			})()`);

			await bidi.send("input.performActions", { context, actions: [{
				type: "pointer", id: "mouse", actions: [
					{ type: "pointerMove", ...at },
					{ type: "pointerDown", button: 0 },
					{ type: "pointerUp", button: 0 },
				] }] });
		},

		/** Text, or the name of a key, to what has the focus. */
		type(text)
		{
			const actions = (text in keys ? [keys[text]] : [...text])
				.flatMap((value) => [{ type: "keyDown", value },
					{ type: "keyUp", value }]);

			return bidi.send("input.performActions", { context,
				actions: [{ type: "key", id: "keyboard", actions }] });
		},
	};
	return tab;
}

/** @return {tab, close} */
export async function launchFirefox()
{
	const profile = mkdtempSync(join(tmpdir(), "mypbx-firefox-"));
	const firefox = spawn(PROGRAM, ["--headless", "--no-remote", "--profile",
		profile, "--remote-debugging-port", "0"],
	{ stdio: ["ignore", "ignore", "pipe"],
		env: { ...process.env, HOME: profile } });

	const bidi = await connect(await listening(firefox));

	await bidi.send("session.new", { capabilities: {} });
	const { contexts } = await bidi.send("browsingContext.getTree");

	return {
		tab: createTab(bidi, contexts[0].context),
		async close()
		{
			const ended = new Promise((resolve) =>
				firefox.on("exit", resolve));

			bidi.send("browser.close").catch(() => {});
			await ended;
			bidi.close();
			rmSync(profile, { recursive: true, force: true });
		},
	};
}
