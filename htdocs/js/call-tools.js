/* call-tools.js - what opens inside a call's panel: to whom, which key, which
 * phone */

import { useLayoutEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { api } from "./api.js";
import { model, settle } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { meanings, Picker } from "./picker.js";
import { texts } from "./texts.js";

const t = texts.tools;

/**
 * Ask for a number or name, then do one of several things with it.
 *
 * @param verbs  [{label, icon, run(to)}]; Enter is the first
 * @param done   () => void, when it has worked
 */
function Aim({ call, label, verbs, action, done })
{
	const text = useSignal("");
	const chosen = useSignal(null);		/* an option that was picked */
	const id = `aim-${call.id}`;

	/* Before the next key is typed. */
	useLayoutEffect(() => document.getElementById(id).focus(), []);

	function edit(value)
	{
		text.value = value;
		chosen.value = null;
		action.clear();
	}

	function choose(option)
	{
		text.value = option.person?.display_name ?? option.to;
		chosen.value = option;
	}

	async function run(verb, option)
	{
		const aim = chosen.value ?? option;

		if (!aim)
			document.getElementById(id).focus();
		else if (await action.run(() => verb.run(aim.to)))
			done();
	}

	return html`<${Picker} id=${id} label=${label} text=${text.value}
			onText=${edit} onPick=${choose} onLeave=${choose}
			onSubmit=${(option) => run(verbs[0], option)} />
		<div class="buttons">
			${verbs.map((verb, i) => html`<button type="button"
				key=${verb.label} class=${i === 0 ? "primary" : ""}
				aria-disabled=${action.busy}
				onClick=${() => run(verb, meanings(text.value)[0])}>
				<${Icon} name=${verb.icon} />${verb.label}</button>`)}
		</div>`;
}

function Transfer({ call, action, done })
{
	const begin = (mode) => (to) => settle(
		api.transfer({ call: call.id, to, mode }), model.putTransfer);

	return html`<${Aim} call=${call} label=${t.transferTo} action=${action}
		done=${done} verbs=${[
			{ label: t.askFirst, icon: "ask", run: begin("consultation") },
			{ label: t.transferNow, icon: "transfer",
				run: begin("single_step") },
		]} />`;
}

function Redirect({ call, action, done })
{
	return html`<${Aim} call=${call} label=${t.redirectTo} action=${action}
		done=${done} verbs=${[{ label: t.redirect, icon: "redirect",
			run: (to) => settle(api.changeCall(call.id, "redirect",
				{ to })) }]} />`;
}

const LONGEST = 32;			/* digits of one request */
const KEYS = "123456789*0#";

/** Keys are sent in the order of their presses, together while one request is
 * under way. */
function useDigits(call, action)
{
	const pressed = useSignal("");
	const waiting = useRef("");

	async function send()
	{
		while (waiting.current !== "") {
			const digits = waiting.current.slice(0, LONGEST);

			waiting.current = waiting.current.slice(LONGEST);
			if (!await action.run(() => settle(
				api.changeCall(call.id, "dtmf", { digits }))))
				waiting.current = "";
		}
	}

	return {
		pressed: pressed.value,
		press(key)
		{
			pressed.value = (pressed.value + key).slice(-LONGEST);
			waiting.current += key;
			if (!action.isBusy())
				send();
		},
	};
}

function Keypad({ call, action })
{
	const { pressed, press } = useDigits(call, action);
	const first = useRef(null);

	useLayoutEffect(() => first.current.focus(), []);

	function type(event)
	{
		if (!KEYS.includes(event.key) || event.ctrlKey || event.metaKey
		    || event.altKey)
			return;
		event.preventDefault();
		press(event.key);
	}

	return html`<div class="keypad" onKeyDown=${type}>
		<output class="digits number">${pressed}</output>
		${[...KEYS].map((key, i) => html`<button type="button" key=${key}
			ref=${i === 0 ? first : null} aria-label=${t.keys[key] ?? key}
			onClick=${() => press(key)}>${key}</button>`)}
	</div>`;
}

function Move({ call, action, done })
{
	const first = useRef(null);

	useLayoutEffect(() => first.current?.focus(), []);

	return html`<div class="buttons">
		${model.otherPhones(call).map((phone, i) => html`<button
			type="button" key=${phone.id} ref=${i === 0 ? first : null}
			aria-disabled=${action.busy}
			onClick=${async () => {
				if (await action.run(() => settle(api.changeCall(
					call.id, "move", { device: phone.id }))))
					done();
			}}>
			<${Icon} name="phone" />${phone.text}</button>`)}
	</div>`;
}

const tools = { transfer: Transfer, redirect: Redirect, dtmf: Keypad,
	move: Move };

/** @param name  "transfer", "redirect", "dtmf" or "move"; @param close () */
export function Tool({ call, name, action, close })
{
	const press = (event) => {
		if (event.key === "Escape") {
			event.preventDefault();
			close();
		}
	};

	return html`<div class="tool" id=${`tool-${call.id}`} role="group"
			aria-label=${t.titles[name]} onKeyDown=${press}>
		${name !== "dtmf" && html`<p class="tool-title" aria-hidden="true">
			${t.titles[name]}</p>`}
		<${tools[name]} call=${call} action=${action} done=${close} />
	</div>`;
}
