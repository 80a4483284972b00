/* admin-audit.js - what administrators have done, newest first */

import { useSignal } from "../vendor/signals.js";
import { adminApi } from "./admin-api.js";
import { moment } from "./clock.js";
import { Choice, Field } from "./field.js";
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
			${" "}${address ? t.by(who, address) : t.byCommand(who)}</p>
		<${Detail} detail=${detail} />
	</li>`;
}

/** Another query is another list. */
function Found({ query })
{
	const pages = usePages((after) => adminApi.audit(query, after));

	return html`<ul>
			${pages.items?.map((entry) => html`<${Entry} key=${entry.id}
				entry=${entry} />`)}
		</ul>
		<${PageEnd} pages=${pages} none=${t.none} />`;
}

/** Midnight here of a day like "2026-11-28", or some days later. */
function midnight(day, later = 0)
{
	const [year, month, date] = day.split("-").map(Number);

	return new Date(year, month - 1, date + later).toISOString();
}

/** What the form asks for, without what is empty. */
function queryOf({ who, what, object, since, until })
{
	return Object.fromEntries(Object.entries({
		who: who.trim(), what, object: object.trim(),
		since: since && midnight(since), until: until && midnight(until, 1),
	}).filter(([, value]) => value));
}

function Search({ onQuery })
{
	return html`<form role="search" aria-label=${texts.admin.search}
			onSubmit=${(event) => {
				event.preventDefault();
				onQuery(queryOf(Object.fromEntries(
					new FormData(event.target))));
			}}>
		<div class="fields">
			<${Field} id="audit-who" name="who" label=${t.who} />
			<${Choice} id="audit-what" name="what" label=${t.whatLabel}
				choices=${t.kinds} />
			<${Field} id="audit-object" name="object" label=${t.object} />
			<${Field} id="audit-since" name="since" type="date"
				label=${t.since} />
			<${Field} id="audit-until" name="until" type="date"
				label=${t.until} />
		</div>
		<div class="save">
			<button type="submit">${texts.admin.search}</button>
		</div>
	</form>`;
}

export function Audit()
{
	const query = useSignal({});

	return html`<h2 id="admin-title" tabindex="-1">
			${texts.admin.views.audit}</h2>
		<${Search} onQuery=${(wish) => { query.value = wish; }} />
		<${Found} key=${JSON.stringify(query.value)}
			query=${query.value} />`;
}
