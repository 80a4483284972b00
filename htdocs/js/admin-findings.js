/* admin-findings.js - what is not right yet, and where to mend it */

import { Failure } from "./action.js";
import { adminApi } from "./admin-api.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { linkTo } from "./place.js";
import { useStored } from "./stored.js";
import { texts } from "./texts.js";

const t = texts.admin.findings;

/** The API's path of an object is our place of it: /admin/users/bob/password
 * is #admin/users/bob. */
function linkOf({ path })
{
	return linkTo(...path.split("/").slice(1, 4));
}

function Finding({ finding: { text, mend, call } })
{
	return html`<li class="finding">
		<${Icon} name="warning" />
		<span class="person-text">
			<bdi class="name">${text}</bdi>
			<span class="meta"><code>${mend}</code></span>
		</span>
		${call && html`<a class="button" href=${linkOf(call)}
			aria-label=${t.mendThis(text)}>${t.mend}</a>`}
	</li>`;
}

export function Findings()
{
	const { value, action } = useStored(adminApi.findings);

	return html`<h2 id="admin-title" tabindex="-1">
			${texts.admin.views.findings}</h2>
		${action.busy && html`<p class="quiet">${texts.admin.loading}</p>`}
		${value?.items.length === 0 && html`<p class="quiet">${t.none}</p>`}
		<ul>
			${value?.items.map((finding, i) => html`<${Finding} key=${i}
				finding=${finding} />`)}
		</ul>
		${value?.more > 0 && html`<p class="hint">${t.more(value.more)}</p>`}
		<${Failure} action=${action} />`;
}
