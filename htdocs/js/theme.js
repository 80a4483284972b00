/* theme.js - light, dark, or as the system has it */

import { signal } from "../vendor/signals.js";
import { recall, remember } from "./settings.js";

const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

/** "light", "dark" or "system" */
export const theme = signal(recall("theme") ?? "system");
const systemDark = signal(systemIsDark.matches);

systemIsDark.addEventListener("change", (event) => {
	systemDark.value = event.matches;
});

export function isDark()
{
	return theme.value === "dark"
		|| (theme.value === "system" && systemDark.value);
}

export function setTheme(name)
{
	theme.value = name;
	remember("theme", name === "system" ? null : name);
	if (name === "system")
		delete document.documentElement.dataset.theme;
	else
		document.documentElement.dataset.theme = name;
}
