// openapi.test.mjs - docs/openapi.yaml keeps the rules of OpenAPI
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import assert from "node:assert";

let core;
try {
	core = await import("@redocly/openapi-core");
} catch {
	// npm ci --prefix t/lint was not run
}

const file = fileURLToPath(new URL("../../docs/openapi.yaml", import.meta.url));

test("openapi.yaml is clean", { skip: !core && "npm ci --prefix t/lint" },
	async () => {
		const { createConfig, lint } = core.default ?? core;
		const config = await createConfig({
			extends: ["recommended-strict"],
			rules: {
				// the server is where the page came from
				"no-server-example.com": "off",
				"operation-4xx-response": "error",
			},
		});
		const problems = await lint({ ref: file, config });
		const lines = problems.map((p) => `${p.ruleId}: ${p.message} at `
			+ p.location.map((l) => l.pointer).join(", "));
		assert.deepStrictEqual(lines, []);
	});
