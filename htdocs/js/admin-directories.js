/* admin-directories.js - the server that knows the passwords of users who have
 * none here */

import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { adminApi } from "./admin-api.js";
import { Check, Field } from "./field.js";
import { html } from "./html.js";
import { Removal } from "./removal.js";
import { isAdmin } from "./role.js";
import { StoredForm, useStored } from "./stored.js";
import { texts } from "./texts.js";

const t = texts.admin.directories;

const NAME = "ldap_login";		/* of the only one there can be */
const NONE = { uri: "", dn: "", starttls: false, timeout_s: 5 };

function Form({ directory, change })
{
	const { uri, dn, starttls, timeout_s } = directory ?? NONE;

	return html`<${StoredForm} title=${t.title}
		stored=${{ uri, dn, starttls, timeout_s: String(timeout_s) }}
		put=${(wish) => change(() => adminApi.putDirectory(NAME,
			{ ...wish, timeout_s: Number(wish.timeout_s) }))}>
		${(text, tick) => html`
			<${Field} id="directory-uri" label=${t.uri} hint=${t.uriHint}
				required maxlength="255" spellcheck=${false}
				...${text("uri")} />
			<${Field} id="directory-dn" label=${t.dn} hint=${t.dnHint}
				required maxlength="255" spellcheck=${false}
				...${text("dn")} />
			<${Field} id="directory-timeout" label=${t.timeout} required
				type="number" min="1" max="10" hint=${t.timeoutHint}
				...${text("timeout_s")} />
			<${Check} label=${t.starttls} ...${tick("starttls")} />`}
	<//>`;
}

/** Whether it answers; and its end. */
function Tools({ change })
{
	const action = useAction();
	const answers = useSignal(null);

	return html`<div class="save">
			<button type="button" aria-disabled=${action.busy}
				onClick=${() => action.run(async () => {
					answers.value = null;
					answers.value = (await adminApi.testDirectory(NAME))
						.answers;
				})}>${t.test}</button>
			<span role="status">${t.answers[answers.value]}</span>
		</div>
		<${Removal} label=${t.remove} question=${t.removeAsk}
			yes=${t.removeYes} action=${action}
			remove=${() => change(() => adminApi.removeDirectory(NAME))} />
		<${Failure} action=${action} />`;
}

export function Directories()
{
	const { value, change, action } = useStored(adminApi.directories);
	const [directory] = value?.items ?? [];
	const changeAll = (ask) => change(async () => {
		await ask();
		return adminApi.directories();
	});

	return html`<h2 id="admin-title" tabindex="-1">
			${texts.admin.views.directories}</h2>
		${value && html`<p class="hint">${directory ? t.hint : t.none}</p>
			<${Form} directory=${directory} change=${changeAll} />`}
		${directory && isAdmin() && html`<${Tools} change=${changeAll} />`}
		<${Failure} action=${action} />`;
}
