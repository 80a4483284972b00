/* vendor.js - copy the modules the page imports out of node_modules
 *
 * usage: node vendor.js FOLDER-WITH-node_modules TARGET
 *
 * A browser does not know what "preact" is, and an import map would be an
 * inline script, which our Content-Security-Policy forbids. So each bare
 * name becomes the path of the file beside it.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const modules = {
	"preact":               "preact/dist/preact.mjs",
	"preact/hooks":         "preact/hooks/dist/hooks.mjs",
	"htm":                  "htm/dist/htm.module.js",
	"@preact/signals-core": "@preact/signals-core/dist/signals-core.module.js",
	"@preact/signals":      "@preact/signals/dist/signals.module.js",
};

/** "@preact/signals-core" -> "signals-core.js" */
function fileName(name)
{
	return name.replace("@preact/", "").replace("/", "-") + ".js";
}

function relocate(source, name)
{
	return source
		.replace(/\b(from|import)\s*"([^"./][^"]*)"/g, (all, word, bare) => {
			if (!(bare in modules))
				throw new Error(`${name} imports unknown ${bare}`);
			return `${word}"./${fileName(bare)}"`;
		})
		.replace(/^\/\/# sourceMappingURL=.*$/m, "");
}

const [from, to] = process.argv.slice(2);
let licences = "";

mkdirSync(to, { recursive: true });
for (const [name, path] of Object.entries(modules)) {
	const source = readFileSync(join(from, "node_modules", path), "utf8");

	writeFileSync(join(to, fileName(name)), relocate(source, name));
	if (name === "preact/hooks")	/* comes with preact */
		continue;
	licences += `${name}\n\n` + readFileSync(
		join(from, "node_modules", name, "LICENSE"), "utf8") + "\n\n";
}
writeFileSync(join(to, "LICENSES.txt"), licences);
