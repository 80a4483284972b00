/* login.js - the screen before the login */

import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { api } from "./api.js";
import { logIn, notice } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { recall, remember } from "./settings.js";
import { texts } from "./texts.js";

const t = texts.login;

/** Counts down to 0, once a second. */
function useCountdown()
{
	const left = useSignal(0);

	useEffect(() => {
		if (left.value <= 0)
			return undefined;
		const timer = setTimeout(() => { left.value -= 1; }, 1000);

		return () => clearTimeout(timer);
	}, [left.value]);
	return left;
}

function Message({ text, kind })
{
	return html`<p class=${`notice notice-${kind}`}>
		<${Icon} name=${kind === "bad" ? "warning" : "info"} />
		<span>${text}</span>
	</p>`;
}

export function Login()
{
	const name = useRef(null);
	const password = useRef(null);
	const code = useRef(null);
	const wantsCode = useSignal(false);
	const busy = useSignal(false);
	const failure = useSignal("");
	const enabled = useSignal(true);
	const pause = useCountdown();

	useEffect(() => {
		document.title = `${t.title} – ${texts.product}`;
		(name.current.value ? password : name).current.focus();
		api.loginMethods().then((methods) => {
			enabled.value = methods.enabled;
		}, () => {
			/* the login itself will say what is wrong */
		});
	}, []);

	useEffect(() => { code.current?.focus(); }, [wantsCode.value]);

	function fail(text, field)
	{
		failure.value = text;
		field.current.focus();
		field.current.select();
	}

	async function submit(event)
	{
		event.preventDefault();
		const who = name.current.value.trim();

		if (busy.value || pause.value > 0)
			return;
		if (who === "")
			return fail(t.nameMissing, name);
		if (password.current.value === "")
			return fail(t.passwordMissing, password);
		if (code.current?.value.trim() === "")
			return fail(t.codeMissing, code);

		busy.value = true;
		failure.value = "";
		try {
			await logIn(who, password.current.value,
				wantsCode.value ? code.current.value.replace(/\s/g, "")
					: undefined);
			remember("name", who);
		} catch (problem) {
			if (problem.code === "too_many")
				pause.value = Math.ceil(problem.retryAfterS ?? 5);
			else if (problem.code === "disabled")
				enabled.value = false;
			else if (problem.code === "totp_required")
				wantsCode.value = true;
			else if (problem.code === "totp_failed")
				fail(texts.problem(problem), code);
			else
				fail(texts.problem(problem), password);
			busy.value = false;
		}
	}

	const told = notice.value === "noCookies" ? t.noCookies
		: t.notices[notice.value];

	return html`<main class="login">
		<form class="card" onSubmit=${submit} noValidate>
			<img src="/icon.svg" alt="" width="48" height="48" />
			<h1>${texts.product}</h1>
			<p class="quiet">${t.intro}</p>
			<label for="name">${t.name}</label>
			<input id="name" name="name" ref=${name} type="text"
				autocomplete="username" autocapitalize="none"
				spellcheck=${false} defaultValue=${recall("name") ?? ""} />
			<label for="password">${t.password}</label>
			<input id="password" name="password" ref=${password}
				type="password" autocomplete="current-password" />
			${wantsCode.value && html`<label for="code">${t.code}</label>
				<input id="code" ref=${code} type="text" maxlength="64"
					autocomplete="one-time-code" autocapitalize="none"
					spellcheck=${false} />`}
			<button type="submit" class="primary"
				disabled=${busy.value || pause.value > 0}>
				${busy.value ? t.busy : t.submit}
			</button>
			<div role="alert">
				${failure.value && html`<${Message} kind="bad"
					text=${failure.value} />`}
				${pause.value > 0 && html`<${Message} kind="bad"
					text=${t.slowed(pause.value)} />`}
				${!enabled.value && html`<${Message} kind="bad"
					text=${t.disabled} />`}
			</div>
			${told && !failure.value && html`<${Message} text=${told}
				kind=${notice.value === "noCookies" ? "bad" : "calm"} />`}
		</form>
	</main>`;
}
