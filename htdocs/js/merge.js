/* merge.js - one presence out of all that is known of a user
 *
 * The same rule as lib/merge.c, held to the same table: t/merge.json. What is
 * missing or null counts as not known. Times have one form, so their order is
 * that of the text.
 */

const isOpen = ({ im }) => im?.status === "open";

/** Who has the word: the first row that holds. */
const rules = [
	{ reason: "set", holds: ({ own }) => own?.activity, from: "own" },
	{ reason: "calls", holds: ({ state }) => state === "busy",
		activity: "on-the-phone" },
	{ reason: "calendar", holds: ({ calendar }) => calendar?.activity,
		from: "calendar" },
	{ reason: "inactive", holds: (known) => isOpen(known)
		&& known.im.activity === "away", activity: "away", from: "im" },
	{ reason: "online", holds: isOpen, activity: "available", from: "im" },
	{ reason: "registered", holds: ({ status }) => status === "open",
		activity: "available" },
	{ reason: "offline", holds: ({ status }) => status, from: "im",
		activity: null },
	{ reason: "unknown", holds: () => true },
];

function statusOf({ registered, im })
{
	if (registered || im?.status === "open")
		return "open";
	return registered === false || im?.status === "closed" ? "closed" : null;
}

/**
 * @param user  {registered, state, im, set} as GET /users/{user} has them
 * @param now   RFC 3339 UTC with ms
 * @return {activity, note, status, since, until, reason}
 */
export function mergePresence({ registered, state, im, set }, now)
{
	const isOver = (value) => value?.until && value.until <= now;
	const own = isOver(set?.own) ? null : set?.own;
	const calendar = !isOver(set?.calendar) && set?.calendar?.from <= now
		? set.calendar : null;
	const status = statusOf({ registered, im });
	const known = { own, state, calendar, im, status };
	const { reason, activity, from } = rules.find(({ holds }) => holds(known));
	const source = known[from];

	return {
		activity: (activity === undefined ? source?.activity : activity)
			?? null,
		note: own?.note
			?? (from === "calendar" ? source.note : null),
		status,
		since: (from === "calendar" ? source.from : source?.since) ?? null,
		until: source?.until ?? null,
		reason,
	};
}

/** When the value may be another one although nobody says so; null: never. */
export function nextChange({ set }, now)
{
	const times = [set?.own?.until, set?.calendar?.from, set?.calendar?.until]
		.filter((time) => time && time > now).sort();

	return times[0] ?? null;
}
