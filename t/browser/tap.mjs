/* tap.mjs - say in TAP how each step of a browser went */

let count = 0;
let failed = 0;

/**
 * Run one step. A failure is told and the next step runs all the same.
 *
 * @param onFailure  called before the failure is told, e.g. for a picture
 */
export async function step(name, run, onFailure = () => {})
{
	count++;
	try {
		await run();
		console.log(`ok ${count} - ${name}`);
	} catch (error) {
		failed++;
		await Promise.resolve(onFailure(name)).catch(() => {});
		console.log(`not ok ${count} - ${name}`);
		console.log(String(error.stack ?? error).replace(/^/gm, "# "));
	}
}

/** Print the plan; @return exit code */
export function finish()
{
	console.log(`1..${count}`);
	return failed > 0 ? 1 : 0;
}
