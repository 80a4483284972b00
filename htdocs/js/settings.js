/* settings.js - what this browser remembers: it may refuse to, then the page
 * works all the same */

/** @return the stored text or null */
export function recall(name)
{
	try {
		return localStorage.getItem(`mypbx.${name}`);
	} catch {
		return null;
	}
}

/** @param value  text, or null to forget */
export function remember(name, value)
{
	try {
		if (value === null)
			localStorage.removeItem(`mypbx.${name}`);
		else
			localStorage.setItem(`mypbx.${name}`, value);
	} catch {
		/* canRemember() tells the user */
	}
}

/** @return false when the browser keeps nothing for this page */
export function canRemember()
{
	try {
		localStorage.setItem("mypbx.probe", "1");
		localStorage.removeItem("mypbx.probe");
		return true;
	} catch {
		return false;
	}
}
