/* idle.js - tell when nobody sits in front of the page any more
 *
 * Several tabs are one login: what is done in one counts for all of them. They
 * tell each other by a channel, and only changes are told to the server.
 */

const IDLE_MS = 10 * 60_000;
const NOTE_MS = 5_000;		/* so often a moving mouse is noted */

/**
 * @param world  what it needs, so that tests can replace it:
 *   now() -> ms    later(fn, ms) -> stop()    tell(inactive) -> promise
 *   share()        says to other tabs that somebody is here
 */
export function createIdle(world)
{
	let seen = -Infinity;
	let inactive = null;		/* not told yet, by this page */
	let stop = () => {};

	async function say(value)
	{
		inactive = value;
		try {
			await world.tell(value);
		} catch {
			/* told again with the next change */
		}
	}

	function wait()
	{
		stop();
		stop = world.later(() => say(true), IDLE_MS);
	}

	/** Somebody is in front of another tab: that one has told. */
	function shared()
	{
		seen = world.now();
		inactive = false;
		wait();
	}

	/** Somebody does something here. */
	function active()
	{
		if (world.now() - seen < NOTE_MS && inactive === false)
			return;
		seen = world.now();
		if (inactive !== false)
			say(false);
		world.share();
		wait();
	}

	return { active, shared };
}

/** Watch this page. @param tell  (inactive) -> promise */
export function watchIdle(tell)
{
	const channel = "BroadcastChannel" in window
		? new BroadcastChannel("mypbx-active") : null;
	const idle = createIdle({
		now: () => Date.now(),
		later(fn, ms)
		{
			const timer = setTimeout(fn, ms);

			return () => clearTimeout(timer);
		},
		tell,
		share: () => channel?.postMessage("here"),
	});

	if (channel)
		channel.onmessage = idle.shared;
	for (const name of ["pointerdown", "pointermove", "keydown", "focus"])
		addEventListener(name, idle.active, { passive: true });
	idle.active();
}
