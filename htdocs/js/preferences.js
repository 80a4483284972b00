/* preferences.js - the settings panel */

import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { signal } from "../vendor/signals.js";
import { CallSettings } from "./call-settings.js";
import { Groups } from "./groups.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Password } from "./password.js";
import { SecondFactor } from "./second-factor.js";
import { Sessions } from "./sessions.js";
import { texts } from "./texts.js";
import { setTheme, theme } from "./theme.js";
import { Tokens } from "./tokens.js";
import { Viewers } from "./viewers.js";
import { Visibility } from "./visibility.js";
import { Webhooks } from "./webhooks.js";

const t = texts.settings;

const isOpen = signal(false);

export function openPreferences()
{
	isOpen.value = true;
}

function Colours()
{
	return html`<fieldset class="choices">
		<legend>${t.colours}</legend>
		${Object.entries(t.themes).map(([name, text]) => html`<label key=${name}>
			<input type="radio" name="theme" checked=${theme.value === name}
				onChange=${() => setTheme(name)} />
			<span>${text}</span>
		</label>`)}
	</fieldset>`;
}

function Keys()
{
	return html`<section class="shortcuts" aria-labelledby="keys-title">
		<h3 id="keys-title">${t.keys}</h3>
		<dl>
			${t.shortcuts.map(([key, what]) => html`<div key=${key}>
				<dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}
		</dl>
	</section>`;
}

export function Preferences()
{
	const dialog = useRef(null);

	useEffect(() => {
		if (isOpen.value)
			dialog.current.showModal();
	}, [isOpen.value]);

	if (!isOpen.value)
		return null;
	const close = () => dialog.current.close();

	return html`<dialog ref=${dialog} class="preferences"
			aria-labelledby="preferences-title"
			onClose=${() => { isOpen.value = false; }}
			onClick=${(event) => event.target === dialog.current && close()}>
		<div class="dialog-body">
			<div class="card-head">
				<h2 id="preferences-title">${t.title}</h2>
				<button type="button" class="ghost" onClick=${close}
					aria-label=${texts.close} title=${texts.close}>
					<${Icon} name="close" />
				</button>
			</div>
			<${CallSettings} />
			<${Visibility} />
			<${Viewers} />
			<${Groups} />
			<${Colours} />
			<${Sessions} />
			<${Password} />
			<${SecondFactor} />
			<${Tokens} />
			<${Webhooks} />
			<${Keys} />
		</div>
	</dialog>`;
}
