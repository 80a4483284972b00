/* admin-system.js - settings of the whole system, and how its nodes dial */

import { Failure } from "./action.js";
import { adminApi } from "./admin-api.js";
import { Check, Field } from "./field.js";
import { html } from "./html.js";
import { StoredForm, useStored } from "./stored.js";
import { texts } from "./texts.js";

const t = texts.admin.system;

function SettingsForm({ settings, change })
{
	const { enabled, password_policy, audit_days } = settings;
	const { min_length, classes } = password_policy;
	const at = (name) => `/password_policy/${name}`;

	return html`<${StoredForm} title=${texts.admin.views.settings}
		stored=${{ enabled, change: password_policy.change,
			min_length: String(min_length), classes: String(classes),
			days: audit_days === null ? "" : String(audit_days) }}
		put=${(wish) => change(() => adminApi.patchSettings({
			enabled: wish.enabled,
			audit_days: wish.days === "" ? null : Number(wish.days),
			password_policy: { change: wish.change,
				min_length: Number(wish.min_length),
				classes: Number(wish.classes) } }))}>
		${(text, tick) => html`
			<${Field} id="min-length" type="number" min="8" max="64"
				label=${t.minLength} hint=${t.minLengthHint} required
				...${text("min_length", at("min_length"))} />
			<${Field} id="classes" type="number" min="1" max="4"
				label=${t.classes} hint=${t.classesHint} required
				...${text("classes", at("classes"))} />
			<${Field} id="audit-days" type="number" min="1" max="36500"
				label=${t.auditDays} hint=${t.auditDaysHint}
				...${text("days", "/audit_days")} />
			<${Check} label=${t.change} ...${tick("change")} />
			<${Check} label=${t.enabled} ...${tick("enabled")} />`}
	<//>`;
}

export function Settings()
{
	const { value, change, action } = useStored(adminApi.settings);

	return html`<h2 id="admin-title" tabindex="-1">
			${texts.admin.views.settings}</h2>
		${value && html`<p class="hint">${value.domain
				? t.domain(value.domain) : t.noDomain}</p>
			<${SettingsForm} settings=${value} change=${change} />`}
		<${Failure} action=${action} />`;
}

const PARTS = ["country", "area", "international", "national", "subscriber"];

function NodeForm({ node, change })
{
	return html`<section aria-labelledby=${`node-${node.name}`}>
		<h3 id=${`node-${node.name}`}>${node.name}</h3>
		<${StoredForm} title=${t.node(node.name)}
			stored=${Object.fromEntries(PARTS.map((part) =>
				[part, node[part]]))}
			put=${(value) => change(async () => {
				await adminApi.putNode(node.name, value);
				return adminApi.nodes();
			})}>
			${(text) => PARTS.map((part) => html`<${Field} key=${part}
				id=${`${part}-${node.name}`} inputmode="numeric"
				maxlength="10" label=${t.parts[part]}
				hint=${t.hints[part]} ...${text(part)} />`)}
		<//>
	</section>`;
}

export function Nodes()
{
	const { value, change, action } = useStored(adminApi.nodes);

	return html`<h2 id="admin-title" tabindex="-1">
			${texts.admin.views.nodes}</h2>
		<p class="hint">${t.nodesHint}</p>
		${value?.items.map((node) => html`<${NodeForm} key=${node.name}
			node=${node} change=${change} />`)}
		<${Failure} action=${action} />`;
}
