/* search.js - what the text in the input may mean */

const NUMBER = /^[+0-9*#][-+0-9*#()/.\s]*$/;
const MOST = 6;

/** @return true for what a person would call a phone number */
export function isNumber(text)
{
	return NUMBER.test(text.trim());
}

/** "+49 (30) 555-12" -> "+493055512", for comparing only */
function digits(text)
{
	return text.replace(/[-()/.\s]/g, "");
}

function fold(text)
{
	return text.toLocaleLowerCase().normalize("NFD")
		.replace(/\p{Mark}/gu, "");
}

/** 0 is best, null is no match. */
function rank(person, text)
{
	const name = fold(person.display_name);
	const login = fold(person.name);
	const wanted = fold(text);

	if (person.number && person.number === digits(text))
		return 0;
	if (name.startsWith(wanted) || login === wanted)
		return 1;
	if (name.split(/[\s,.-]+/).some((word) => word.startsWith(wanted)))
		return 2;
	if (person.number?.startsWith(digits(text)) && isNumber(text))
		return 3;
	if (name.includes(wanted) || login.includes(wanted))
		return 4;
	return null;
}

/**
 * People that the text may mean, best first.
 *
 * @param people  array of {name, number, display_name}
 */
export function findPeople(text, people)
{
	const wanted = text.trim();

	if (wanted === "")
		return people;
	return people
		.map((person) => ({ person, rank: rank(person, wanted) }))
		.filter((found) => found.rank !== null)
		.sort((a, b) => a.rank - b.rank)
		.map((found) => found.person);
}

/**
 * What Enter may do with the text; the first is what it does.
 *
 * A typed number is dialled as typed unless it is a colleague's: "2" must not
 * call 21. A name means the first match.
 *
 * @return array of {to, person}; person is null for the text as typed
 */
export function suggest(text, people)
{
	const typed = text.trim();

	if (typed === "")
		return [];
	const found = findPeople(typed, people).slice(0, MOST)
		.map((person) => ({ to: person.number ?? person.name, person }));
	const asTyped = { to: typed, person: null };
	const isExact = found.length > 0 && found[0].to === digits(typed);

	if (isNumber(typed))
		return isExact ? found : [asTyped, ...found];
	return found.length > 0 ? found : [asTyped];
}
