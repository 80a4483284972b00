/* admin-devices.js - the phones of a user: new ones, their secrets, their end */

import { useEffect } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { adminApi } from "./admin-api.js";
import { Adding, Check, Choice, Field, NameField } from "./field.js";
import { html } from "./html.js";
import { linkTo } from "./place.js";
import { Removal } from "./removal.js";
import { isAdmin, mayHelp } from "./role.js";
import { Secret } from "./secret.js";
import { StoredForm, useStored } from "./stored.js";
import { texts } from "./texts.js";

const t = texts.admin.devices;

function Details({ device, change })
{
	const { id, text, replaces, secret } = device;

	return html`<${StoredForm} title=${t.phone(id)}
		stored=${{ text, replaces, secret }}
		put=${(value) => change(() => adminApi.putDevice(device, value))}>
		${(member, tick) => html`
			<${Field} id=${`text-${id}`} label=${t.text} maxlength="128"
				dir="auto" ...${member("text")} />
			<${Choice} id=${`kind-${id}`} label=${t.secret}
				choices=${t.secrets} ...${member("secret")} />
			<${Check} label=${t.replaces} ...${tick("replaces")} />`}
	<//>`;
}

/** @param change  (ask) after which the phones are read again
 *  @param show    (phone) its secret is shown
 *  @param helps   whether it may get another secret */
function Device({ device, helps, change, show })
{
	const action = useAction();
	const { id, selected, secret, secret_set } = device;

	return html`<li class="admin-device">
		<h4>${id}
			${selected && html` <span class="tag">${t.selected}</span>`}
			${!secret_set && html` <span class="tag">${t.noSecret}</span>`}
		</h4>
		<${Details} device=${device} change=${change} />
		<div class="buttons">
			${helps && secret !== "user" && html`<button type="button"
				aria-label=${t.renewThis(id)} aria-disabled=${action.busy}
				onClick=${() => action.run(() => change(async () =>
					show(await adminApi.renewSecret(id))))}>
				${t.renew}</button>`}
			${isAdmin() && html`<${Removal} label=${t.remove(id)}
				question=${t.removeAsk(id)} yes=${texts.admin.yes}
				action=${action} remove=${() =>
					change(() => adminApi.removeDevice(id))} />`}
		</div>
		<${Failure} action=${action} />
	</li>`;
}

function AddDevice({ user, change, show })
{
	const action = useAction();
	const fault = (name) => texts.fault(action.problem, `/${name}`);

	return html`<${Adding} title=${t.add} submit=${t.addThis}
		action=${action} add=${({ replaces, ...values }) =>
			change(async () => show(await adminApi.addDevice(user, {
				...values, replaces: replaces === "on" })))}>
		<div class="fields">
			<${NameField} id="new-device" name="id" label=${t.id}
				hint=${t.idHint} fault=${fault("id")} />
			<${Field} id="new-text" name="text" label=${t.text} required
				maxlength="128" dir="auto" hint=${t.textHint}
				fault=${fault("text")} />
			<${Choice} id="new-kind" name="secret" label=${t.secret}
				choices=${t.secrets} />
		</div>
		<${Check} name="replaces" label=${t.replaces} defaultChecked />
		<${Failure} action=${action} />
	<//>`;
}

/** @param user  of adminApi */
export function Devices({ user })
{
	const load = () => adminApi.devices(user.name);
	const { value, change, action } = useStored(load);
	const made = useSignal(null);		/* while its secret is shown */
	const show = (device) => {
		made.value = device.made_secret ? device : null;
	};
	const changeOne = (ask) => change(async () => {
		await ask();
		return load();
	});

	return html`<section aria-labelledby="devices-title">
		<h3 id="devices-title">${t.title}</h3>
		${value?.items.length === 0 && html`<p class="quiet">${t.none}</p>`}
		${made.value && html`<${Secret} label=${t.made(made.value.id)}
			secret=${made.value.made_secret}
			onDone=${() => { made.value = null; }} />`}
		<ul>
			${value?.items.map((device) => html`<${Device} key=${device.id}
				device=${device} helps=${mayHelp(user)}
				change=${changeOne} show=${show} />`)}
		</ul>
		${value && isAdmin() && html`<${AddDevice} user=${user.name} change=${changeOne}
			show=${show} />`}
		<${Failure} action=${action} />
	</section>`;
}

/** A phone has no page of its own. @param path  [its id] */
export function DeviceOwner({ path: [id] })
{
	const { value, action } = useStored(() => adminApi.device(id));

	useEffect(() => {
		if (value)
			location.replace(linkTo("admin", "users", value.user));
	}, [value]);

	return html`<h2 id="admin-title" tabindex="-1"><bdi>${t.phone(id)}</bdi></h2>
		<${Failure} action=${action} />`;
}
