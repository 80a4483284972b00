/* page.mjs - find the page's modules for the unit tests */

import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const folder = resolve(process.env.HTDOCS ?? "../htdocs/www");

/** Import js/NAME of the page as the build has put it together. */
export function load(name)
{
	return import(pathToFileURL(`${folder}/js/${name}`));
}
