/* parking.js - who waits in a slot, for whoever fetches him first */

import { Failure, useAction } from "./action.js";
import { model, retrieveParked } from "./app.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Avatar, peerName } from "./person.js";
import { texts } from "./texts.js";
import { Since } from "./timer.js";

const t = texts.parking;

function Parked({ parked })
{
	const action = useAction();
	const name = peerName(parked);
	const me = model.me.value?.name;

	return html`<li class="person" data-slot=${`${parked.at}/${parked.slot}`}>
		<${Avatar} name=${name}
			id=${parked.peer.user ?? parked.peer.number ?? "?"} />
		<span class="person-text">
			<span class="name">${name}</span>
			<span class="meta">
				${[
					parked.at === me ? t.mine(parked.slot)
						: t.at(model.nameOf(parked.at), parked.slot),
					parked.by !== me && t.by(model.nameOf(parked.by)),
				].filter(Boolean).join(" · ")}
			</span>
		</span>
		<${Since} time=${parked.since} />
		<button type="button" aria-label=${t.with(t.retrieve, name)}
			aria-disabled=${action.busy}
			onClick=${() => action.run(() => retrieveParked(parked))}>
			<${Icon} name="call" />${t.retrieve}
		</button>
		<${Failure} action=${action} />
	</li>`;
}

export function Parking()
{
	const parked = model.parked.value;

	if (parked.length === 0)
		return null;
	return html`<section class="card parking" aria-labelledby="parking-title">
		<h2 id="parking-title">${t.title} <span class="count">
			${parked.length}</span></h2>
		<ul class="people">
			${parked.map((one) => html`<${Parked}
				key=${`${one.at}/${one.slot}`} parked=${one} />`)}
		</ul>
	</section>`;
}
