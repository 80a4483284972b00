/* devices.js - the user's own phones: registered or not, and which one a click
 * uses */

import { api } from "./api.js";
import { Failure, useAction } from "./action.js";
import { model } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { texts } from "./texts.js";

const t = texts.devices;

/** What it is, and what it can besides ringing, once its first call has
 * told. */
function about({ capabilities }, registration)
{
	return [
		registration?.agent,
		capabilities?.allow_events.includes("talk") && t.can.talk,
		capabilities?.allow.includes("INFO") && t.can.info,
	].filter(Boolean).join(" · ");
}

/** Whether the mobile rings with the phones. */
function mobileText()
{
	const mobile = model.settings.value?.mobile;

	if (!mobile?.on)
		return t.mobile;
	return mobile.delay_s > 0 ? t.mobileLater(mobile.delay_s)
		: t.mobileRings;
}

function Device({ id })
{
	const action = useAction();
	const device = model.devices.get(id);
	const registration = model.registrations.get(id);
	const ready = model.canRing(id);

	if (!device)
		return null;
	const select = () => action.run(async () => {
		model.putDevice(await api.selectDevice(id));
	});

	return html`<div class="device">
		<label class=${action.busy ? "busy" : ""}>
			<input type="radio" name="device" value=${id}
				checked=${model.phone.value?.id === id}
				onChange=${select} />
			<span class="device-text">
				<span class="name">${device.text}</span>
				<span class=${`meta ${ready ? "good" : "dim"}`}>
					<span class=${`dot ${ready ? "on" : "off"}`}
						aria-hidden="true" />
					${device.kind === "mobile" ? mobileText()
						: ready ? t.registered : t.unregistered}
				</span>
				${ready && html`<span class="meta">
					${about(device, registration)}</span>`}
			</span>
		</label>
		<${Failure} action=${action} />
	</div>`;
}

export function Devices()
{
	const ids = model.devices.keys.value;
	const anyRegistered = ids.some((id) =>
		model.registrations.get(id)?.registered);

	return html`<section class="card devices" aria-labelledby="devices-title">
		<h2 id="devices-title">${t.title}</h2>
		${ids.length === 0 && html`<p class="empty">
			<${Icon} name="phone" />${t.none}</p>`}
		${ids.length > 0 && html`<div class="phones" role="radiogroup"
			aria-label=${t.legend}>
			${ids.map((id) => html`<${Device} key=${id} id=${id} />`)}
		</div>`}
		${ids.length > 0 && !anyRegistered && html`<p class="notice notice-warn">
			<${Icon} name="warning" /><span>${t.noneRegistered}</span></p>`}
	</section>`;
}
