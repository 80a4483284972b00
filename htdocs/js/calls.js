/* calls.js - a panel for each call of the user, on whichever phone it is */

import { useEffect, useRef } from "../vendor/preact-hooks.js";
import { useSignal } from "../vendor/signals.js";
import { Failure, useAction, Working } from "./action.js";
import { say, sayNow } from "./announcer.js";
import { model, placeCall } from "./app.js";
import { Buttons, mayUse, TransferBar } from "./call-buttons.js";
import { Tool } from "./call-tools.js";
import { formatSpan } from "./clock.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { isIncoming } from "./model.js";
import { Avatar, peerName } from "./person.js";
import { texts } from "./texts.js";
import { Since } from "./timer.js";

const t = texts.calls;

const ENDED_SHOWN_MS = 8_000;

/** @return text of the device, or null while several ring */
function phoneText(call)
{
	const id = call.self.device;

	return id ? model.devices.get(id)?.text ?? id : null;
}

function stateText(call)
{
	if (call.state === "ended")
		return texts.callEnd(call, model.nameOf);
	if (model.awaitsHandset(call))
		return t.state.ownPhone;
	if (call.state === "held" && !call.held_by.includes("self"))
		return t.state.heldByPeer;
	return t.state[call.state] ?? call.state;
}

function Duration({ call })
{
	if (!call.answered || !call.ended)
		return null;
	const ms = Date.parse(call.ended) - Date.parse(call.answered);

	return html`<span class="dim">${t.duration(formatSpan(ms / 1000))}</span>`;
}

function EndedButtons({ call, action })
{
	const again = call.peer.number ?? call.peer.user ?? call.peer.uri;

	return html`<div class="buttons">
		${again && html`<button type="button" aria-disabled=${action.busy}
			aria-label=${t.with(t.again, peerName(call))}
			onClick=${async () => {
				if (await action.run(() => placeCall(again)))
					model.calls.remove(call.id);
			}}>
			<${Icon} name="call" /><span>${t.again}</span>
		</button>`}
		<button type="button" class="ghost" title=${texts.dismiss}
			aria-label=${t.with(texts.dismiss, peerName(call))}
			onClick=${() => model.calls.remove(call.id)}>
			<${Icon} name="close" />
		</button>
	</div>`;
}

/** What the user has to do with his hands. */
function Hint({ call })
{
	const phone = phoneText(call);

	if (model.awaitsHandset(call))
		return html`<p class="hint">${t.lift(phone ?? t.yourPhone)}</p>`;
	if (isIncoming(call) && !call.can?.answer)
		return html`<p class="hint">${t.answerOn(phone ?? t.yourPhone)}</p>`;
	if (call.state === "held" && call.held_by.includes("self") && !call.can?.retrieve)
		return html`<p class="hint">${t.heldOn(phone ?? t.yourPhone)}</p>`;
	return null;
}

function Panel({ id })
{
	const action = useAction();
	const panel = useRef(null);
	const open = useSignal(null);		/* name of the tool */
	const call = model.calls.get(id);
	const ended = call?.state === "ended";
	/* Who was handed on may still ring over there, or come back. */
	const stays = !ended || model.transferOf(id) !== null;

	useEffect(() => {
		if (stays)
			return undefined;
		/* Not under the user's hands. */
		const timer = setInterval(() => {
			if (!panel.current?.matches(":hover, :focus-within"))
				model.calls.remove(id);
		}, ENDED_SHOWN_MS);

		return () => clearInterval(timer);
	}, [stays]);

	if (!call)
		return null;
	const tool = !ended && open.value && mayUse(call, open.value)
		? open.value : null;
	const close = () => {
		panel.current?.querySelector(`[data-verb=${open.peek()}]`)
			?.focus();
		open.value = null;
	};
	const phone = phoneText(call);
	const title = `call-${id}`;
	const look = model.awaitsHandset(call) ? "own-phone" : call.state;

	return html`<li>
		<article class=${`call-panel call-${look} call-${call.direction}`}
			ref=${panel} data-call=${id} aria-labelledby=${title}>
			<${Avatar} name=${peerName(call)}
				id=${call.peer.user ?? call.peer.number ?? "?"} />
			<div class="call-text">
				<h3 id=${title}>${peerName(call)}</h3>
				<p class="meta">
					<span class="direction">
						<${Icon} name=${call.direction === "in"
							? "incoming" : "outgoing"} />
						${t[call.direction]}
					</span>
					${call.peer.name && call.peer.number
						? html`<span class="number">
							${call.peer.number}</span>` : null}
					${phone && html`<span class="with-icon">
						<${Icon} name="phone" />${phone}</span>`}
					${call.waiting && html`<span class="tag waiting">
						${t.waiting}</span>`}
					${!ended && call.via?.map((hop) => html`<span>
						${texts.via(hop, call.self.number)}</span>`)}
				</p>
			</div>
			<p class="call-state">
				<span class="state-word">${stateText(call)}</span>
				${ended ? html`<${Duration} call=${call} />`
					: html`<${Since}
						time=${call.answered ?? call.started} />`}
			</p>
			<div class="call-foot">
				<${Hint} call=${call} />
				${ended
					? html`<${EndedButtons} call=${call} action=${action} />`
					: html`<${Buttons} call=${call} action=${action}
						open=${open} />`}
			</div>
			${tool && html`<${Tool} key=${tool} call=${call} name=${tool}
				action=${action} close=${close} />`}
			<${TransferBar} call=${call} action=${action} />
			<${Working} action=${action} />
			<${Failure} action=${action} />
		</article>
	</li>`;
}

/** Tell the state to the ear and in the title of the tab. */
function tell(call, known)
{
	const name = peerName(call);

	if (known?.state === call.state)
		return;
	if (isIncoming(call))
		sayNow(t.said.incoming(name));
	else if (model.awaitsHandset(call))
		say(t.said.ownPhone(phoneText(call) ?? t.yourPhone));
	else if (call.state === "ended")
		say(t.said.ended(name, texts.callEnd(call, model.nameOf)));
	else
		say(t.said[call.state]?.(name) ?? "");
}

model.onCall(tell);

/** Newest first, but a call that rings before all others. */
function order(a, b)
{
	return isIncoming(b) - isIncoming(a)
		|| (a.state === "ended") - (b.state === "ended")
		|| Date.parse(b.started) - Date.parse(a.started);
}

function titleOf(calls)
{
	const first = calls.find((call) => call.state !== "ended");

	if (!first)
		return texts.product;
	return `${peerName(first)}: ${stateText(first)} – ${texts.product}`;
}

export function Calls()
{
	const calls = model.calls.keys.value.map(model.calls.get)
		.filter(Boolean).sort(order);
	const title = titleOf(calls);

	useEffect(() => {
		document.title = title;
	}, [title]);

	return html`<section class="calls" aria-labelledby="calls-title">
		<h2 id="calls-title" class=${calls.length === 0 ? "spoken" : ""}>
			${t.title}</h2>
		${calls.length === 0 && html`<div class="empty empty-calls">
			<${Icon} name="call" />
			<p><b>${t.none}</b><br />${t.noneHint}</p>
		</div>`}
		<ul>
			${calls.map((call) => html`<${Panel} key=${call.id}
				id=${call.id} />`)}
		</ul>
	</section>`;
}
