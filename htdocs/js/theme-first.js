/* theme-first.js - set the chosen colours before anything is drawn
 *
 * A classic script in the head: a module would come after the first paint.
 */

(function () {
	try {
		const theme = localStorage.getItem("mypbx.theme");

		if (theme === "light" || theme === "dark")
			document.documentElement.dataset.theme = theme;
	} catch {
		/* storage is disabled: the system's colours will do */
	}
})();
