/* tabs.js - of all tabs of a login one asks the server, the others listen
 *
 * Who holds a lock asks, and passes each answer on. The browser gives the lock
 * to the next tab when that one is closed or dies; it goes on with the cursor of
 * the last answer that it has heard. A tab listens before it loads its snapshot,
 * so that nothing falls between the two; what comes twice does no harm.
 */

const KEPT_MAX = 1000;		/* answers heard while nobody took them */

/** @return an event poll for createFeed(), shared by the tabs of a login
 *
 * @param world
 *   ask(cursor, waitS, signal)      the server
 *   login() -> id                   whose events they are
 *   locks, Channel                  navigator.locks, BroadcastChannel; without
 *                                   them each tab asks for itself
 */
export function shareEvents({ ask, login, locks, Channel })
{
	if (!locks || !Channel)
		return { events: ask, leave: () => {} };

	const channel = new Channel("mypbx-events");
	const heard = [];		/* {login, answer} or {login, failure} */
	let waiting = null;		/* resolves when something is heard */
	let asks = false;		/* we hold the lock */
	let wanted = null;		/* AbortController of our wish for it */
	let release = () => {};

	function wake()
	{
		waiting?.();
		waiting = null;
	}

	channel.onmessage = ({ data }) => {
		heard.push(data);
		if (heard.length > KEPT_MAX)
			heard.splice(0, heard.length,
				{ login: data.login, failure: { status: 410 } });
		wake();
	};

	/* The lock of another login is not ours. */
	function applyFor(id)
	{
		const mine = new AbortController();

		wanted = mine;
		locks.request(`mypbx-events-${id}`, { signal: mine.signal }, () => {
			asks = true;
			wake();
			return new Promise((done) => {
				release = done;
			});
		}).catch(() => {});	/* taken back, or the browser refuses */
	}

	/** Let another tab ask: this one is logged out, or leaves. */
	function leave()
	{
		wanted?.abort();
		wanted = null;
		release();
		release = () => {};
		asks = false;
		heard.length = 0;
	}

	/** @return what the asking tab has passed on, null when there is none */
	function next(id)
	{
		while (heard.length > 0) {
			const one = heard.shift();

			if (one.login !== id)
				continue;
			if (one.failure)
				throw Object.assign(new Error("another tab failed"),
					one.failure);
			return one.answer;
		}
		return null;
	}

	async function askForAll(id, cursor, waitS, signal)
	{
		try {
			const answer = await ask(cursor, waitS, signal);

			channel.postMessage({ login: id, answer });
			return answer;
		} catch (error) {
			if (!signal.aborted)
				channel.postMessage({ login: id, failure: {
					status: error.status ?? 0,
					code: error.code ?? null,
					retryInMs: error.retryInMs ?? null } });
			throw error;
		}
	}

	function somethingHeard(signal)
	{
		return new Promise((resolve, reject) => {
			waiting = resolve;
			signal.addEventListener("abort",
				() => reject(signal.reason), { once: true });
		});
	}

	/** As `ask`; a question that is not held is each tab's own: its answer is
	 * how it knows that it is connected. */
	async function events(cursor, waitS, signal)
	{
		const id = login();

		if (waitS === 0)
			return ask(cursor, 0, signal);
		if (!wanted)
			applyFor(id);
		for (;;) {
			const answer = next(id);

			if (answer)
				return answer;
			if (asks)
				return askForAll(id, cursor, waitS, signal);
			await somethingHeard(signal);
		}
	}

	return { events, leave };
}
