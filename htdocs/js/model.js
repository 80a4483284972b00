/* model.js - what the page knows: the snapshot, kept true by events
 *
 * Pure: no network, no document. Each table maps a key to a value; a value is
 * replaced only by one that is not older, so applying an event twice, or one
 * that the snapshot already holds, is harmless.
 */

import { batch, computed, signal } from "../vendor/signals-core.js";

/** A map of key -> signal of value; `keys` changes when one comes or goes. */
function createTable()
{
	const rows = new Map();
	const keys = signal([]);

	return {
		keys,
		/** The value now, and again when it changes; undefined if none. */
		get: (key) => (keys.value, rows.get(key)?.value),
		peek: (key) => rows.get(key)?.peek(),
		put(key, value)
		{
			if (rows.has(key)) {
				rows.get(key).value = value;
				return;
			}
			rows.set(key, signal(value));
			keys.value = [...rows.keys()];
		},
		remove(key)
		{
			if (rows.delete(key))
				keys.value = [...rows.keys()];
		},
		/** Replace everything by the pairs [key, value]. */
		fill(pairs)
		{
			const wanted = new Map(pairs);

			for (const key of [...rows.keys()])
				if (!wanted.has(key))
					rows.delete(key);
			for (const [key, value] of wanted)
				if (rows.has(key))
					rows.get(key).value = value;
				else
					rows.set(key, signal(value));
			keys.value = [...wanted.keys()];
		},
	};
}

function isNewer(value, known)
{
	return !known || (value.version ?? 0) >= (known.version ?? 0);
}

/** A parked call as parking.changed would tell it. */
function slotOf(parked)
{
	return { at: parked.at, slot: parked.slot, version: parked.version,
		parked };
}

function placeOf({ at, slot })
{
	return `${at}/${slot}`;
}

const FAILURES_KEPT = 20;

export function createModel()
{
	const me = signal(null);
	const session = signal(null);
	const sessions = signal(null);		/* null until asked for */
	const settings = signal(null);		/* what is done with own calls */
	const visibility = signal(null);	/* null until asked for */
	const groups = signal(null);		/* likewise */
	const failures = signal(new Map());	/* op -> problem */
	const outcomes = signal(new Set());	/* op of commands that worked */
	const people = createTable();		/* user -> name, number */
	const states = createTable();		/* user -> registered, state */
	const online = createTable();		/* user -> status, activity */
	const said = createTable();		/* user -> own, calendar */
	const external = createTable();		/* SIP URI -> status, activity */
	const devices = createTable();
	const registrations = createTable();
	const calls = createTable();
	const transfers = createTable();
	const parking = createTable();		/* place -> version, parked */
	const profiles = createTable();
	const profile = signal(null);		/* id of the one in use */
	const contacts = createTable();		/* in that one */

	/** Offered to the listener of onCall: (call, what it was or null) */
	let callListener = () => {};

	function putCall(call)
	{
		const known = calls.peek(call.id) ?? null;

		if (!isNewer(call, known))
			return;
		calls.put(call.id, call);
		callListener(call, known);
	}

	function putDevice(device)
	{
		const { registration, registered, ...own } = device;
		const known = devices.peek(own.id);

		if (!isNewer(own, known))
			return;
		devices.put(own.id, { ...known, ...own });
		/* One phone is selected; the server says so for the new one. */
		if (own.selected)
			for (const id of devices.keys.peek())
				if (id !== own.id && devices.peek(id).selected)
					devices.put(id,
						{ ...devices.peek(id), selected: false });
	}

	function putRegistration(registration)
	{
		const known = registrations.peek(registration.device);

		/* Versions may begin anew after a phone was gone. */
		if (!known?.registered || isNewer(registration, known))
			registrations.put(registration.device, registration);
	}

	/** Only these: the rest of a device is told by its own events. */
	function putCapabilities({ id, capabilities })
	{
		if (devices.peek(id))
			devices.put(id, { ...devices.peek(id), capabilities });
	}

	function putSettings(data)
	{
		if (isNewer(data, settings.peek()))
			settings.value = data;
	}

	/** What failed stays until it was read; what worked is seen anyway. */
	function putTransfer(transfer)
	{
		if (!isNewer(transfer, transfers.peek(transfer.id)))
			return;
		if (transfer.state === "done" || transfer.state === "cancelled") {
			transfers.remove(transfer.id);
			return;
		}
		for (const id of transfers.keys.peek())
			if (id !== transfer.id
			    && transfers.peek(id).call === transfer.call)
				transfers.remove(id);
		transfers.put(transfer.id, transfer);
	}

	/** @param slot  data of parking.changed: `parked` null for a free one */
	function putSlot(slot)
	{
		const place = placeOf(slot);

		if (isNewer(slot, parking.peek(place)))
			parking.put(place, slot);
	}

	function putState(state, time)
	{
		const known = states.peek(state.user);

		if (!isNewer(state, known))
			return;
		/* What was so before we looked has begun at some time. */
		states.put(state.user, { ...state,
			since: known?.state === state.state ? known.since : time });
	}

	function putProfile(data)
	{
		if (isNewer(data, profiles.peek(data.id)))
			profiles.put(data.id, data);
	}

	function putContact(contact)
	{
		if (contact.profile === profile.peek()
		    && isNewer(contact, contacts.peek(contact.id)))
			contacts.put(contact.id, contact);
	}

	function loadProfiles({ items, selected }, own)
	{
		profile.value = selected;
		profiles.fill(items.map((one) => [one.id, one]));
		contacts.fill(own.map((one) => [one.id, one]));
	}

	function putGroup(group)
	{
		const others = groups.peek()?.filter(({ name }) =>
			name !== group.name);

		if (others && isNewer(group, groups.peek().find(({ name }) =>
			name === group.name)))
			groups.value = [...others, group].sort((a, b) =>
				a.name.localeCompare(b.name));
	}

	const handlers = {
		"profile.changed": putProfile,
		"profile.removed": (data) => profiles.remove(data.id),
		"contact.changed": putContact,
		"contact.removed": (data) => contacts.remove(data.id),
		"group.changed": putGroup,
		"group.removed"({ name })
		{
			groups.value = groups.peek()?.filter((group) =>
				group.name !== name) ?? null;
		},
		"visibility.changed"(data)
		{
			if (visibility.peek() && isNewer(data, visibility.peek()))
				visibility.value = { ...visibility.peek(), ...data };
		},
		"transfer.changed": putTransfer,
		"parking.changed": putSlot,
		"presence.changed": (data, op, time) => putState(data, time),
		"presence.im_changed"(data)
		{
			if (isNewer(data, online.peek(data.user)))
				online.put(data.user, data);
		},
		"presence.set_changed"(data)
		{
			if (isNewer(data, said.peek(data.user)))
				said.put(data.user, data);
		},
		"presence.external_changed"(data)
		{
			if (isNewer(data, external.peek(data.uri)))
				external.put(data.uri, data);
		},
		"user.changed"(data)
		{
			if (!isNewer(data, people.peek(data.name)))
				return;
			people.put(data.name, data);
			if (data.name === me.peek()?.name)
				me.value = { ...me.peek(), ...data };
		},
		"user.removed"(data)
		{
			people.remove(data.name);
			states.remove(data.name);
			online.remove(data.name);
			said.remove(data.name);
		},
		"device.changed": putDevice,
		"settings.changed": putSettings,
		"device.removed"(data)
		{
			devices.remove(data.id);
			registrations.remove(data.id);
		},
		"session.opened"(data)
		{
			if (sessions.peek() !== null)
				sessions.value = [data,
					...sessions.peek().filter((s) => s.id !== data.id)];
		},
		"session.closed"(data)
		{
			if (sessions.peek() !== null)
				sessions.value = sessions.peek()
					.filter((s) => s.id !== data.id);
		},
		"operation.failed"(data, op)
		{
			const kept = [...failures.peek()].slice(-FAILURES_KEPT);

			failures.value = new Map([...kept, [op, data]]);
		},
	};

	function applyOne(event)
	{
		const { type, data, op, time } = event;

		if (op && type !== "operation.failed")
			outcomes.value = new Set(
				[...outcomes.peek(), op].slice(-FAILURES_KEPT));
		if (type.startsWith("call.")) {
			putCall(data);
		} else if (type.startsWith("registration.")) {
			putRegistration(data);
		} else {
			handlers[type]?.(data, op, time);
		}
	}

	function load(snapshot)
	{
		const ended = calls.keys.peek().map(calls.peek)
			.filter((call) => call.state === "ended");

		batch(() => {
			me.value = snapshot.me;
			session.value = snapshot.session;
			settings.value = snapshot.settings ?? null;
			people.fill(snapshot.users.map((user) => [user.name, {
				name: user.name,
				number: user.number,
				display_name: user.display_name,
				version: user.version,
			}]));
			states.fill(snapshot.users.map((user) => [user.name, {
				user: user.name,
				registered: user.registered,
				state: user.state,
				version: user.state_version,
				since: states.peek(user.name)?.state === user.state
					? states.peek(user.name).since : null,
			}]));
			online.fill(snapshot.users.map((user) =>
				[user.name, { user: user.name, ...user.im }]));
			said.fill(snapshot.users.map((user) =>
				[user.name, { user: user.name, ...user.set }]));
			external.fill((snapshot.external ?? []).map((one) =>
				[one.uri, one]));
			devices.fill(snapshot.devices.map(
				({ registration, registered, ...own }) =>
					[own.id, own]));
			registrations.fill(snapshot.devices.map((device) =>
				[device.id, { device: device.id, version: 0,
					...device.registration,
					registered: device.registered }]));
			calls.fill([...ended, ...snapshot.calls]
				.map((call) => [call.id, call]));
			transfers.fill((snapshot.transfers ?? []).map((transfer) =>
				[transfer.id, transfer]));
			parking.fill((snapshot.parking ?? []).map(slotOf)
				.map((slot) => [placeOf(slot), slot]));
			loadProfiles(snapshot.profiles
				?? { items: [], selected: null },
			snapshot.contacts ?? []);
		});
	}

	return {
		me,
		session,
		sessions,
		settings,
		visibility,
		groups,
		failures,
		outcomes,
		people,
		states,
		online,
		said,
		external,
		devices,
		registrations,
		calls,
		transfers,
		parking,
		profiles,
		profile,
		contacts,
		load,
		putProfile,
		putContact,
		putCall,
		putTransfer,
		putParked: (parked) => putSlot(slotOf(parked)),
		putDevice,
		putCapabilities,
		putSettings,
		putGroup,
		/** The user's own phone rings because he clicked: he must lift. */
		awaitsHandset: (call) =>
			call.direction === "out" && call.state === "alerting",
		apply: (events) => batch(() => events.forEach(applyOne)),
		onCall(listener)
		{
			callListener = listener;
		},
		/** Everything of the previous login is forgotten. */
		forget: () => batch(() => {
			me.value = null;
			session.value = null;
			sessions.value = null;
			settings.value = null;
			visibility.value = null;
			groups.value = null;
			failures.value = new Map();
			outcomes.value = new Set();
			for (const table of [people, states, online, said,
				external, devices, registrations, calls, transfers, parking,
				profiles, contacts])
				table.fill([]);
			profile.value = null;
		}),
		/** Whether a device can ring: a registered phone, or the mobile,
		 * which does not register. */
		canRing: (id) => devices.get(id)?.kind === "mobile"
			|| (registrations.get(id)?.registered ?? false),
		/** The phone that a click uses: the selected one, else the first
		 * registered one, else the first; null when there is none. */
		phone: computed(() => {
			const all = devices.keys.value.map(devices.get);

			return all.find((device) => device.selected)
				?? all.find((device) =>
					registrations.get(device.id)?.registered)
				?? all[0] ?? null;
		}),
		/** The transfer that a call is part of, on either side, or null. */
		transferOf: (id) => transfers.keys.value.map(transfers.get)
			.find((transfer) => transfer
				&& (transfer.call === id || transfer.with === id))
			?? null,
		/** {held, connected} when there is just one of each: the two may
		 * change places; else null. */
		pair: computed(() => {
			const all = calls.keys.value.map(calls.get);
			const held = all.filter((call) => call?.state === "held"
				&& call.can?.retrieve);
			const connected = all.filter((call) => call?.can?.hold
				&& call.state === "connected");

			return held.length === 1 && connected.length === 1
				? { held: held[0], connected: connected[0] } : null;
		}),
		/** Everybody who is parked somewhere, by place. */
		parked: computed(() => parking.keys.value
			.map((place) => parking.get(place)?.parked)
			.filter(Boolean)
			.sort((a, b) => a.at.localeCompare(b.at)
				|| a.slot - b.slot)),
		/** Own phones that a call could be moved to. */
		otherPhones: (call) => devices.keys.value
			.filter((id) => id !== call.self.device
				&& registrations.get(id)?.registered)
			.map(devices.get),
		/** What people call a user; his login when we may not know. */
		nameOf: (user) => people.get(user)?.display_name ?? user,
		/** The colleague that a number or name means, or undefined. */
		whoIs: (to) => people.keys.value.map(people.get)
			.find((one) => one.number === to || one.name === to),
		/** Where calls always go: {all}, {internal, external} or less. */
		awayTo: computed(() => awayTo(settings.value?.diversions ?? [])),
		/** The profiles, in their order. */
		profileList: computed(() => profiles.keys.value
			.map(profiles.get).sort(byPosition)),
		/** The contacts of the profile in use, in their order. */
		favourites: computed(() => contacts.keys.value
			.map(contacts.get).sort(byPosition)),
		/** Names of everybody else who may be listed, by display name. */
		colleagues: computed(() => people.keys.value
			.filter((name) => name !== me.value?.name)
			.map(people.get)
			.filter((person) => person.display_name !== null)
			.sort((a, b) => a.display_name.localeCompare(b.display_name)
				|| a.name.localeCompare(b.name))
			.map((person) => person.name)),
	};
}

function byPosition(a, b)
{
	return a.position - b.position || (a.id < b.id ? -1 : 1);
}

/** As the bridge has it: priority, then who means just these calls, then the
 * order of the list. "-" keeps the calls here. */
function awayOf(kind, diversions)
{
	const [first] = diversions
		.filter((one) => one.when === "always"
			&& (one.from === "all" || one.from === kind))
		.sort((a, b) => b.priority - a.priority
			|| (a.from === "all") - (b.from === "all"));

	return first && first.to !== "-" ? first.to : null;
}

function awayTo(diversions)
{
	const internal = awayOf("internal", diversions);
	const external = awayOf("external", diversions);

	if (internal === external)
		return internal ? { all: internal } : {};
	return { ...internal && { internal }, ...external && { external } };
}

/** @return "offline", "free", "alerting" or "busy"; "unknown" when we may not
 *  see it */
export function availability(state)
{
	if (state?.state === "alerting" || state?.state === "busy")
		return state.state;
	if (state?.registered === null)
		return "unknown";
	return state?.registered ? "free" : "offline";
}

/** @return "open", "away" or "closed"; "unknown" when we may not see it */
export function onlineWord(im)
{
	if (im?.status === null)
		return "unknown";
	if (im?.status !== "open")
		return "closed";
	return im.activity === "away" ? "away" : "open";
}

/** Someone calls and the user has not answered yet. */
export function isIncoming(call)
{
	return call.direction === "in" && call.state === "alerting";
}
