/* admin-visibility.js - who sees what of all who do not say it themselves */

import { Failure } from "./action.js";
import { adminApi } from "./admin-api.js";
import { html } from "./html.js";
import { isAdmin } from "./role.js";
import { useStored } from "./stored.js";
import { texts } from "./texts.js";
import { VisibilityForm, VisibilityTable } from "./visibility.js";

const t = texts.admin.visibility;

export function VisibilityPreset()
{
	const { value, change, action } = useStored(adminApi.visibility);

	return html`<h2 id="admin-title" tabindex="-1">
			${texts.admin.views.visibility}</h2>
		<p class="hint">${t.hint}</p>
		${value && (isAdmin()
			? html`<${VisibilityForm} title=${texts.admin.views.visibility}
				items=${value.items} save=${(items) => change(() =>
					adminApi.putVisibility(items))} />`
			: html`<${VisibilityTable} items=${value.items} />`)}
		<${Failure} action=${action} />`;
}
