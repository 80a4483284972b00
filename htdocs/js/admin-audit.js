/* admin-audit.js - what administrators have done, newest first */

import { adminApi } from "./admin-api.js";
import { moment } from "./clock.js";
import { html } from "./html.js";
import { PageEnd, usePages } from "./pages.js";
import { texts } from "./texts.js";

const t = texts.admin.audit;

/** To what it was set. */
function Detail({ detail })
{
	return html`<dl class="detail">
		${Object.entries(detail).map(([name, value]) => html`<div key=${name}>
			<dt>${t.members[name] ?? name}</dt>
			<dd><bdi>${t.said(value)}</bdi></dd></div>`)}
	</dl>`;
}

function Entry({ entry })
{
	const { at, who, what, object, detail, address } = entry;

	return html`<li class="audit">
		<p><b>${t.what[what] ?? what}: <bdi>${object}</bdi></b></p>
		<p class="meta"><time datetime=${at}>${moment(at)}</time>
			${" "}${t.by(who, address ?? t.machine)}</p>
		<${Detail} detail=${detail} />
	</li>`;
}

export function Audit()
{
	const pages = usePages(adminApi.audit);

	return html`<h2 id="admin-title" tabindex="-1">
			${texts.admin.views.audit}</h2>
		<ul>
			${pages.items?.map((entry) => html`<${Entry} key=${entry.id}
				entry=${entry} />`)}
		</ul>
		<${PageEnd} pages=${pages} none=${t.none} />`;
}
