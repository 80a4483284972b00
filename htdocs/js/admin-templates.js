/* admin-templates.js - what users have who say nothing themselves */

import { Failure, useAction } from "./action.js";
import { adminApi } from "./admin-api.js";
import { DiversionsForm } from "./diversions.js";
import { Adding, Check, Choice, Field, NameField } from "./field.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { goTo, linkTo } from "./place.js";
import { Removal } from "./removal.js";
import { isAdmin } from "./role.js";
import { StoredForm, useStored } from "./stored.js";
import { texts } from "./texts.js";
import { VisibilityForm, VisibilityTable } from "./visibility.js";

const t = texts.admin.templates;

function List()
{
	const adding = useAction();
	const { value, action } = useStored(adminApi.templates);

	return html`<h2 id="admin-title" tabindex="-1">
			${texts.admin.views.templates}</h2>
		<p class="hint">${t.hint}</p>
		${isAdmin() && html`<${Adding} title=${t.add}
			submit=${t.addThis} action=${adding}
			add=${async ({ name }) => {
				await adminApi.putTemplate({ name, version: 0 }, {});
				goTo("admin", "templates", name);
			}}>
			<${NameField} id="new-template" name="name" label=${t.name}
				hint=${t.nameHint} pattern="[a-z0-9][a-z0-9._\\-]*" />
			<${Failure} action=${adding} />
		<//>`}
		${value?.items.length === 0 && html`<p class="quiet">${t.none}</p>`}
		<ul class="people">
			${value?.items.map(({ name, parent, users }) => html`<li
				key=${name}>
				<a class="person" href=${linkTo("admin", "templates", name)}>
					<${Icon} name="settings" />
					<span class="name">${name}</span>
					<span class="meta">${t.users(users)}
						${parent && ` ${t.from(parent)}`}</span>
				</a></li>`)}
		</ul>
		<${Failure} action=${action} />`;
}

/** What of it a request has. */
function wishOf({ name, users, version, ...wish })
{
	return wish;
}

const textOf = (value) => value === null ? "" : String(value);
const numberOf = (text) => text === "" ? null : Number(text);

/** What the form shows: texts; empty is inherited. */
function shown({ parent, dnd, busy_on, no_answer_s, mobile })
{
	return {
		parent: textOf(parent), dnd: textOf(dnd),
		busy_on: textOf(busy_on), no_answer_s: textOf(no_answer_s),
		number: mobile?.number ?? "", on: mobile?.on ?? true,
		delay_s: String(mobile?.delay_s ?? 0),
	};
}

function wanted({ parent, dnd, busy_on, no_answer_s, number, on, delay_s })
{
	return {
		parent: parent || null, dnd: dnd === "" ? null : dnd === "true",
		busy_on: numberOf(busy_on), no_answer_s: numberOf(no_answer_s),
		mobile: number.trim() === "" ? null
			: { number: number.trim(), on, delay_s: Number(delay_s) },
	};
}

/** @param put      async (changes)
 *  @param parents  names of the others */
function Details({ template, put, parents })
{
	return html`<${StoredForm} title=${t.template(template.name)}
		stored=${shown(template)} put=${(value) => put(wanted(value))}>
		${(text, tick) => html`
			<${Choice} id="parent" label=${t.parent} ...${text("parent")}
				choices=${{ "": t.noParent, ...Object.fromEntries(
					parents.map((name) => [name, name])) }} />
			<${Choice} id="template-dnd" label=${texts.callSettings.dnd}
				choices=${t.dnd} ...${text("dnd")} />
			<${Field} id="template-busy-on" type="number" min="1" max="99"
				label=${t.busyOn} hint=${t.inherited}
				...${text("busy_on")} />
			<${Field} id="template-no-answer" type="number" min="5"
				max="180" label=${t.noAnswer} hint=${t.inherited}
				...${text("no_answer_s")} />
			<${Field} id="template-mobile" type="tel" maxlength="64"
				label=${texts.callSettings.mobile} hint=${t.inherited}
				...${text("number", "/mobile/number")} />
			<${Field} id="template-delay" type="number" min="0" max="30"
				label=${t.delay} required ...${text("delay_s",
					"/mobile/delay_s")} />
			<${Check} label=${t.mobileOn} ...${tick("on")} />`}
	<//>`;
}

function Visibility({ template, put })
{
	return html`<section aria-labelledby="template-visibility">
		<h3 id="template-visibility">${texts.admin.views.visibility}</h3>
		${isAdmin() ? html`<${VisibilityForm}
				title=${texts.admin.views.visibility}
				items=${template.visibility}
				save=${(visibility) => put({ visibility })} />`
			: html`<${VisibilityTable} items=${template.visibility} />`}
	</section>`;
}

function Template({ name })
{
	const removing = useAction();
	const { value: all } = useStored(adminApi.templates);
	const { value: template, change, action }
		= useStored(() => adminApi.template(name));
	const put = (changes) => change(() => adminApi.putTemplate(template,
		{ ...wishOf(template), ...changes }));

	return html`<p><a href=${linkTo("admin", "templates")}>${t.all}</a></p>
		<h2 id="admin-title" tabindex="-1"><bdi>${t.template(name)}</bdi></h2>
		<${Failure} action=${action} />
		${template && all && html`<p class="hint">
				${t.users(template.users)}</p>
			<${Details} template=${template} put=${put}
				parents=${all.items.map((one) => one.name)
					.filter((one) => one !== name)} />
			<section aria-labelledby="template-diversions">
				<h3 id="template-diversions">
					${texts.callSettings.diversions}</h3>
				<fieldset disabled=${!isAdmin()}>
					<${DiversionsForm} items=${template.diversions ?? []}
						none=${t.noDiversions} place="/diversions"
						save=${(items) => put({ diversions:
							items.length > 0 ? items : null })} />
				</fieldset>
			</section>
			<${Visibility} template=${template} put=${put} />
			${isAdmin() && html`<${Removal} label=${t.remove(name)}
				question=${t.removeAsk(name)} yes=${texts.admin.yes}
				action=${removing} remove=${async () => {
					await adminApi.removeTemplate(name);
					goTo("admin", "templates");
				}} />`}
			<${Failure} action=${removing} />`}`;
}

/** @param path  [name of the template] or [] */
export function Templates({ path: [name] })
{
	return name ? html`<${Template} key=${name} name=${name} />`
		: html`<${List} />`;
}
