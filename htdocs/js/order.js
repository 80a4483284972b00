/* order.js - contacts under their headings, and where one goes that is moved */

/**
 * @param contacts  in their order
 * @return [{heading, contacts}], by heading; those without one come first
 */
export function groups(contacts)
{
	const found = new Map();

	for (const one of contacts) {
		if (!found.has(one.heading))
			found.set(one.heading, []);
		found.get(one.heading).push(one);
	}
	return [...found].sort(([a], [b]) => a.localeCompare(b))
		.map(([heading, some]) => ({ heading, contacts: some }));
}

/** In front of another contact. @return {before, heading} */
function placeBefore(contacts, id, other)
{
	return { before: other.id, heading: other.heading };
}

/** Right behind another contact. @return {before, heading} */
function placeBehind(contacts, id, other)
{
	const rest = contacts.filter((one) => one.id !== id);
	const next = rest[rest.findIndex((one) => one.id === other.id) + 1];

	return { before: next?.id ?? null, heading: other.heading };
}

/**
 * One step up or down of what is seen; over the edge of a group into the next
 * one.
 *
 * @param step  -1 or 1
 * @return {before, heading}, or null at the end
 */
export function placeStep(contacts, id, step)
{
	const seen = groups(contacts).flatMap((group) => group.contacts);
	const at = seen.findIndex((one) => one.id === id);
	const other = seen[at + step];

	if (!other)
		return null;
	/* into a group from above: as its first; from below: as its last */
	const isBefore = (step < 0) === (other.heading === seen[at].heading);

	return (isBefore ? placeBefore : placeBehind)(contacts, id, other);
}

/** Where one goes that is dropped on another. @return {before, heading} */
export function placeDropped(contacts, id, other)
{
	const seen = groups(contacts).flatMap((group) => group.contacts);
	const index = (wanted) => seen.findIndex((one) => one.id === wanted);
	const isDown = index(id) < index(other.id);

	return (isDown ? placeBehind : placeBefore)(contacts, id, other);
}
