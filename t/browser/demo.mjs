/* demo.mjs - read what a running system tells about itself (demo.json)
 *
 * usage: node SCRIPT --demo FILE [--shots FOLDER]
 */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: {
	demo: { type: "string", default: "run/demo.json" },
	shots: { type: "string" },
} });

const facts = JSON.parse(readFileSync(values.demo, "utf8"));

/** Address of the page, without a slash at the end. */
export const url = facts.url.replace(/\/$/, "");

/** Folder for the pictures of the documentation, or undefined. */
export const shots = values.shots;

/** @return {name, number, password, devices: [{id}]} */
export function user(name)
{
	return [...facts.users, facts.admin].find((one) => one.name === name);
}
