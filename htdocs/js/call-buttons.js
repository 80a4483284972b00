/* call-buttons.js - what may be done with a call: drawn from `can` alone */

import { api } from "./api.js";
import { model, settle } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { isIncoming } from "./model.js";
import { peerName } from "./person.js";
import { texts } from "./texts.js";

const t = texts.calls;

const NORMAL_CLEARING = 16;
const USER_BUSY = 17;
const SILENTLY = 26;		/* the caller hears it ring on */

/** The other call of the pair that this held one is part of, or null. */
function partner(call)
{
	const pair = model.pair.value;

	return pair?.held.id === call.id ? pair.connected : null;
}

function isTransferring(call)
{
	return (model.transferOf(call.id)?.state ?? "failed") !== "failed";
}

function canJoin(call)
{
	return call.can.transfer && partner(call)?.can.transfer
		&& !isTransferring(call);
}

const verb = (name) => (call) => settle(api.changeCall(call.id, name));

/**
 * `when` decides whether it is there, `run` does it; one without `run` opens
 * the tool of its name.
 */
const buttons = [
	{ name: "answer", icon: "call", look: "call",
		when: (call) => call.can.answer, run: verb("answer") },
	{ name: "swap", icon: "swap",
		when: partner, run: (call) => settle(api.changeCall(
			partner(call).id, "swap", { with: call.id })) },
	{ name: "retrieve", icon: "play",
		when: (call) => call.can.retrieve && !partner(call),
		run: verb("retrieve") },
	{ name: "join", icon: "join",
		when: canJoin, run: (call) => settle(api.transfer({
			call: call.id, with: partner(call).id }), model.putTransfer) },
	{ name: "hold", icon: "pause",
		when: (call) => call.can.hold, run: verb("hold") },
	{ name: "transfer", icon: "transfer",
		when: (call) => call.can.transfer && !isTransferring(call) },
	{ name: "redirect", icon: "redirect",
		when: (call) => call.can.redirect },
	{ name: "park", icon: "park",
		when: (call) => call.can.park, run: (call) => settle(
			api.changeCall(call.id, "park"), model.putParked) },
	{ name: "dtmf", icon: "keypad",
		when: (call) => call.can.dtmf },
	{ name: "move", icon: "move",
		when: (call) => call.can.move
			&& model.otherPhones(call).length > 0 },
	{ name: "ignore", icon: "mute",
		when: (call) => call.can.clear && isIncoming(call),
		run: (call) => settle(api.clearCall(call.id, SILENTLY)) },
	{ name: "clear", icon: "hangup", look: "danger",
		when: (call) => call.can.clear, run: (call) => settle(
			api.clearCall(call.id, isIncoming(call)
				? USER_BUSY : NORMAL_CLEARING)) },
];

function labelOf(button, call)
{
	if (button.name !== "clear")
		return t.buttons[button.name];
	if (isIncoming(call))
		return t.buttons.reject;
	return call.answered ? t.buttons.clear : t.buttons.cancel;
}

/** Whether the tool of this name may stay open. */
export function mayUse(call, name)
{
	return Boolean(buttons.find((one) => one.name === name)?.when(call));
}

/** @param open  signal: name of the tool that is open, or null */
export function Buttons({ call, action, open })
{
	const press = (button) => {
		if (button.run)
			action.run(() => button.run(call), button.name);
		else
			open.value = open.value === button.name ? null : button.name;
	};

	return html`<div class="call-buttons">
		${buttons.filter((one) => one.when(call)).map((one) => {
			const label = labelOf(one, call);
			const isTool = !one.run;

			return html`<button type="button" key=${one.name}
				class=${`${one.look ?? ""} ${action.doing === one.name
					? "busy" : ""}`} data-verb=${one.name}
				aria-disabled=${action.busy}
				aria-expanded=${isTool ? open.value === one.name
					: undefined}
				aria-controls=${isTool && open.value === one.name
					? `tool-${call.id}` : undefined}
				aria-label=${t.with(label, peerName(call))}
				onClick=${() => press(one)}>
				<${Icon} name=${one.icon} /><span>${label}</span>
			</button>`;
		})}
	</div>`;
}

/** Two panels, one bar: at the call to the one who is asked, while there is
 * one. */
function barAt({ call, with: asked, state })
{
	const second = asked && model.calls.get(asked);
	const isThere = second && second.state !== "ended";

	return isThere && state !== "failed" ? asked : call;
}

/** To whom: the one who is asked, or what was typed. */
function aimOf({ with: asked, to }, call)
{
	const second = asked && model.calls.get(asked);

	return second ? peerName(second)
		: model.whoIs(to)?.display_name ?? to ?? peerName(call);
}

/** A transfer that goes on or has failed, at the call that it is about. */
export function TransferBar({ call, action })
{
	const transfer = model.transferOf(call.id);

	if (!transfer || barAt(transfer) !== call.id)
		return null;
	const name = peerName(model.calls.get(transfer.call) ?? call);
	const aim = aimOf(transfer, call);
	const press = (ask) => () => action.run(() =>
		settle(ask(transfer.id), model.putTransfer));

	if (transfer.state === "failed")
		return html`<div class="failure" role="alert">
			<${Icon} name="warning" />
			<p>${t.transfer.failed(aim, transfer.failure)}</p>
			<button type="button" class="ghost small"
				aria-label=${texts.dismiss} title=${texts.dismiss}
				onClick=${() => model.transfers.remove(transfer.id)}>
				<${Icon} name="close" />
			</button>
		</div>`;
	return html`<div class="transfer" role="group"
			aria-label=${t.transfer.title}>
		<p><${Icon} name="transfer" />
			<span>${t.transfer[transfer.state](name,
				aim)}</span></p>
		<div class="buttons">
			${transfer.state === "consulting" && html`<button type="button"
				class="primary" aria-disabled=${action.busy}
				onClick=${press(api.completeTransfer)}>
				${t.transfer.complete}</button>`}
			<button type="button" aria-disabled=${action.busy}
				onClick=${press(api.cancelTransfer)}>
				${t.transfer.back(name)}</button>
		</div>
	</div>`;
}
