/* clock.js - what time it is at the server, so that running timers are right
 * on a computer whose clock is wrong */

const TRUST_MS = 2_000;		/* the Date header counts whole seconds */

export const clock = {
	offsetMs: 0,

	/** @param date  value of a Date header, or null */
	learn(date)
	{
		const server = Date.parse(date ?? "");

		if (Number.isNaN(server))
			return;
		const offset = server + 500 - Date.now();
		this.offsetMs = Math.abs(offset) > TRUST_MS ? offset : 0;
	},

	now()
	{
		return Date.now() + this.offsetMs;
	},
};

/** 75 -> "1:15", 3675 -> "1:01:15" */
export function formatSpan(seconds)
{
	const s = Math.max(0, Math.floor(seconds));
	const two = (n) => String(n).padStart(2, "0");
	const minutes = Math.floor(s / 60);

	if (minutes < 60)
		return `${minutes}:${two(s % 60)}`;
	return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

/** A day, "2026-11-28", as one reads it here: "28 Nov 2026". */
export function day(date)
{
	return new Date(date).toLocaleDateString(undefined,
		{ dateStyle: "medium", timeZone: "UTC" });
}

/** A time of the server, as one reads it here: "28 Nov 2026, 14:05". */
export function moment(stamp)
{
	return new Date(stamp).toLocaleString(undefined,
		{ dateStyle: "medium", timeStyle: "short" });
}
