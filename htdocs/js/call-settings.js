/* call-settings.js - what the user wants done with his calls, without the
 * diversions */

import { useSignal } from "../vendor/signals.js";
import { Failure, useAction } from "./action.js";
import { model, saveSettings } from "./app.js";
import { Diversions } from "./diversions.js";
import { Save, useDraft } from "./draft.js";
import { html } from "./html.js";
import { texts } from "./texts.js";

const t = texts.callSettings;

/** Whether the template says it, and not the user. */
function isPreset(name)
{
	const settings = model.settings.value;

	return settings.inherited.includes(name) && settings[name] !== null;
}

function Dnd()
{
	const action = useAction();
	const wish = useSignal(null);		/* until it is granted */
	const dnd = wish.value ?? model.settings.value.dnd;

	return html`<div class="dnd">
		<label class="check">
			<input type="checkbox" role="switch" checked=${dnd}
				aria-describedby="dnd-hint"
				onChange=${async (event) => {
					wish.value = event.target.checked;
					await action.run(() =>
						saveSettings({ dnd: wish.peek() }));
					wish.value = null;
				}} />
			<b>${t.dnd}</b>
		</label>
		<p class="hint" id="dnd-hint">
			${dnd && isPreset("dnd") ? t.preset : t.dndHint}</p>
		<${Failure} action=${action} />
	</div>`;
}

/** What the form shows: texts, and no mobile is an empty number. */
function shown({ busy_on, no_answer_s, mobile })
{
	return {
		busy_on: busy_on?.toString() ?? "",
		no_answer_s: no_answer_s?.toString() ?? "",
		number: mobile?.number ?? "",
		on: mobile?.on ?? true,
		delay_s: (mobile?.delay_s ?? 0).toString(),
	};
}

function wanted({ busy_on, no_answer_s, number, on, delay_s })
{
	const count = (text) => text === "" ? null : Number(text);

	return {
		busy_on: count(busy_on),
		no_answer_s: count(no_answer_s),
		mobile: number.trim() === "" ? null
			: { number: number.trim(), on, delay_s: Number(delay_s) },
	};
}

/** Of what is wanted, that which differs. */
function changed(value, stored)
{
	const before = wanted(stored);

	return Object.fromEntries(Object.entries(wanted(value)).filter(
		([name, now]) => JSON.stringify(now)
			!== JSON.stringify(before[name])));
}

/** A label, a number, its unit. */
function Count({ id, label, unit, hint, draft, min, max, fault, required })
{
	return html`<div class="field">
		<label for=${id}>${label}</label>
		<span class="with-unit">
			<input id=${id} type="number" inputmode="numeric" min=${min}
				max=${max} step="1" required=${required}
				value=${draft.value[id]}
				aria-describedby=${`${id}-hint`}
				aria-invalid=${fault ? "true" : undefined}
				onInput=${(event) => draft.edit(
					{ [id]: event.target.value })} />
			${unit}
		</span>
		<p class=${`hint ${fault ? "bad" : ""}`} id=${`${id}-hint`}>
			${fault ?? hint}</p>
	</div>`;
}

function Mobile({ draft, fault })
{
	const { number, on } = draft.value;

	return html`<div class="field">
			<label for="mobile">${t.mobile}</label>
			<input id="mobile" type="tel" autocomplete="off" maxlength="64"
				value=${number} aria-describedby="mobile-hint"
				aria-invalid=${fault ? "true" : undefined}
				onInput=${(event) => draft.edit(
					{ number: event.target.value })} />
			<p class=${`hint ${fault ? "bad" : ""}`} id="mobile-hint">
				${fault ?? (isPreset("mobile") ? t.preset
					: t.mobileHint)}</p>
		</div>
		${number.trim() !== "" && html`<div class="mobile-rings">
			<label class="check">
				<input type="checkbox" checked=${on} onChange=${(event) =>
					draft.edit({ on: event.target.checked })} />
				<span>${t.mobileOn}</span>
			</label>
			<label class="with-unit">${t.delay}
				<input id="delay_s" type="number" inputmode="numeric" min="0"
					max="30" step="1" required
					value=${draft.value.delay_s}
					onInput=${(event) => draft.edit(
						{ delay_s: event.target.value })} />
				${t.seconds}
			</label>
		</div>`}`;
}

function Answering()
{
	const action = useAction();
	const saved = useSignal(false);
	const draft = useDraft(shown(model.settings.value),
		() => { saved.value = false; });
	const fault = (pointer) => texts.fault(action.problem, pointer);

	return html`<form class="answering" aria-label=${t.answering}
			onSubmit=${async (event) => {
				event.preventDefault();
				saved.value = await action.run(() => draft.save(
					(value) => saveSettings(changed(value,
						shown(model.settings.peek())))));
			}}>
		<h4>${t.answering}</h4>
		<div class="fields">
			<${Count} id="no_answer_s" label=${t.noAnswer}
				unit=${t.seconds} draft=${draft}
				hint=${isPreset("no_answer_s") ? t.preset : t.noAnswerHint}
				min="5" max="180" fault=${fault("/no_answer_s")} />
			<${Count} id="busy_on" label=${t.busyOn} unit=${t.calls}
				hint=${isPreset("busy_on") ? t.preset : t.busyOnHint}
				draft=${draft} min="1" max="99"
				fault=${fault("/busy_on")} />
			<${Mobile} draft=${draft} fault=${fault("/mobile/number")} />
		</div>
		<${Save} draft=${draft} action=${action} saved=${saved.value} />
	</form>`;
}

export function CallSettings()
{
	if (!model.settings.value)
		return null;
	return html`<section class="call-settings"
			aria-labelledby="call-settings-title">
		<h3 id="call-settings-title">${t.title}</h3>
		<${Dnd} />
		<${Diversions} />
		<${Answering} />
	</section>`;
}
