/* feed.js - bring every change of the server to the model: the only long poll
 *
 * The life of the feed:
 *  1. load the snapshot; it names a cursor, a place in the server's event log
 *  2. ask for what came after the cursor; the server holds the question until
 *     something happens
 *  3. give the events to the model, go on with the new cursor at 2
 *  4. 410: the log no longer reaches back to the cursor; or watch.changed
 *     names nobody: we see others, or more or less of them; begin again at 1
 *  5. 401: the login is over; stop and say so
 *  6. 429 too_many_logins: too many others are live; say so, try again at 2
 *  7. anything else: wait a random while, then go on at 2 with the old cursor,
 *     so that nothing is missed
 */

const SHORTEST_WAIT_MS = 200;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
const WAIT_S = 25;
const CROWDED_WAIT_S = 2;

/**
 * @param world  what the feed needs, so that tests can replace it:
 *   snapshot(signal) -> snapshot    events(cursor, waitS, signal) -> answer
 *   onSnapshot(snapshot)            onEvents(events) -> "load" to begin at 1
 *   onState(state)                  "loading", "live", "lost" or "crowded"
 *   onLoggedOut()                   sleep(ms, signal), random() in [0, 1)
 */
export function createFeed(world)
{
	let running = null;		/* AbortController while started */
	let attempt = null;		/* ... of the request or pause going on */
	let cursor = null;
	let waitS = WAIT_S;
	let failures = 0;
	let live = false;
	let crowded = false;		/* too many logins of the user are live */
	let proven = false;		/* the cursor came from the log itself */

	async function load(signal)
	{
		const snapshot = await world.snapshot(signal);

		if (signal.aborted)
			return;
		world.onSnapshot(snapshot);
		cursor = snapshot.cursor;
		proven = false;
		waitS = Math.min(WAIT_S, snapshot.limits?.wait_max_s ?? WAIT_S);
	}

	async function ask(holdS, signal)
	{
		const answer = await world.events(cursor, holdS, signal);

		if (signal.aborted)
			return;
		const isOver = answer.events.length > 0
			&& world.onEvents(answer.events) === "load";

		cursor = isOver || answer.events.some(isNewView) ? null
			: answer.cursor;
		proven = true;
		/* A server that ends sends everybody away, but not all are
		 * to come back in the same moment. */
		if (answer.retry_in_ms > 0)
			await world.sleep(answer.retry_in_ms, signal);
	}

	async function step(signal)
	{
		if (cursor === null)
			await load(signal);
		if (live)
			return ask(waitS, signal);

		/* The first question is not held: its answer is how we know
		 * that we are connected. That there is room for us again only
		 * one that is held can tell. */
		await ask(crowded ? CROWDED_WAIT_S : 0, signal);
		failures = 0;
		crowded = false;
		live = true;
		world.onState("live");
	}

	/** @return ms to wait before the next attempt, null to stop */
	function judge(error)
	{
		if (error.status === 401)
			return null;
		if (error.status === 410 || error.status === 400)
			cursor = null;
		if (error.status === 410 && proven)
			return error.retryInMs ?? 0;
		live = false;
		failures++;
		crowded = error.code === "too_many_logins";
		if (crowded)
			world.onState("crowded");
		else if (failures > 1)	/* a restart of the server is no news */
			world.onState("lost");
		return SHORTEST_WAIT_MS + world.random()
			* Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
	}

	async function run(mine)
	{
		while (!mine.signal.aborted) {
			attempt = new AbortController();
			const { signal } = attempt;

			try {
				await step(signal);
			} catch (error) {
				if (signal.aborted) {
					live = false;
					continue;
				}
				const waitMs = judge(error);

				if (waitMs === null) {
					stop();
					world.onLoggedOut();
					return;
				}
				if (waitMs > 0)
					await world.sleep(waitMs, signal);
			}
		}
	}

	/** @return promise that ends with the feed */
	function start()
	{
		stop();
		cursor = null;
		failures = 0;
		live = crowded = false;
		running = new AbortController();
		world.onState("loading");
		return run(running);
	}

	function stop()
	{
		running?.abort();
		attempt?.abort();
		running = null;
	}

	/** Something about the network has changed: find out, do not wait. */
	function retry()
	{
		attempt?.abort();
	}

	return { start, stop, retry };
}

function isNewView({ type, data })
{
	return type === "watch.changed" && data.users === null;
}

/** Resolves after ms, or at once when the signal fires. */
export function sleep(ms, signal)
{
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);

		signal.addEventListener("abort", () => {
			clearTimeout(timer);
			resolve();
		}, { once: true });
	});
}
