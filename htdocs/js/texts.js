/* texts.js - every word the page says; the administration's stand in
 * texts-admin.js */

import { admin } from "./texts-admin.js";

/** A call that failed, by what SIP said. */
const bySip = {
	403: "Not allowed",
	404: "This number does not exist",
	408: "No answer",
	410: "This number does not exist any more",
	480: "Not reachable",
	484: "The number is not complete",
	486: "Busy",
	487: "Cancelled",
	488: "The phones share no audio format",
	500: "The far end has a problem",
	502: "The telephone line has a problem",
	503: "No line available",
	504: "The far end does not respond",
	600: "Busy",
	603: "Declined",
	604: "This number does not exist",
};

/** The same by the server's word, for a status that is not above. */
const byReason = {
	normal: "Ended",
	rejected: "Declined",
	busy: "Busy",
	no_answer: "No answer",
	cancelled: "Cancelled",
	incompatible: "The phones share no audio format",
	unknown_number: "This number does not exist",
	offline: "Not reachable",
	unavailable: "No line available",
	lost: "The connection to a phone was lost",
	failed: "The call failed",
	transferred: "Transferred",
	parked: "Parked",
	recalled: "Came back",
	retrieved: "Fetched from parking",
	do_not_disturb: "Does not want to be disturbed",
	loop: "The diversions lead in a circle",
	ignored: "Ignored",
	redirected: "Sent on",
	diverted: "Diverted",
	answered_elsewhere: "Answered elsewhere",
};

/** Reasons that say more than who hung up, or than SIP's status. */
const isTelling = new Set(["transferred", "parked", "recalled", "retrieved",
	"do_not_disturb", "loop", "redirected", "diverted",
	"answered_elsewhere"]);

/** Who sent a call here, and how. */
const byHop = {
	diverted_always: (name) => `diverted by ${name}`,
	diverted_busy: (name) => `diverted by ${name} (busy)`,
	diverted_no_answer: (name) => `diverted by ${name} (no answer)`,
	redirected: (name) => `sent on by ${name}`,
	transferred: (name) => `transferred by ${name}`,
	parked: (name) => `parked by ${name}`,
	picked_up: (name) => `picked up from ${name}`,
	recalled: (name) => `comes back to ${name}`,
};

/** What is wrong with a value, by the code of the API's errors. */
const byValue = {
	not_a_number: "This is no telephone number.",
	not_outside: "This is an extension. A mobile number begins as you "
		+ "would dial it: with 0 or +.",
	unknown_target: "Nobody here has this number or name.",
	wrong_code: "This is not the code. Does your device have the right time?",
	out_of_range: "This is too small or too large.",
	too_short: "Please enter something.",
	too_long: "This is too long.",
	too_many: "These are too many.",
	in_the_past: "This time is over.",
	not_a_time: "This is no time.",
	control_character: "There is a character in it that cannot be shown.",
	no_sip_address: "A SIP address looks like sip:name@example.com.",
	no_address: "This is no e-mail address.",
	no_url: "A web address begins with http:// or https://.",
	bad_name: "Up to 64 of: small letters, digits, and . _ - but not at "
		+ "the beginning.",
	bad_number: "Digits only, and not too many.",
	unknown: "This cannot be chosen.",
	bad_text: "1 to 128 characters, all of which can be shown.",
	unknown_template: "There is no such template.",
	circle: "It would inherit from itself.",
	too_deep: "These are too many templates above each other.",
	bad_uri: "This is not ldaps://server or ldap://server.",
	bad_dn: "%s has to be in it, once.",
	not_encrypted: "Passwords do not travel in the clear: use ldaps:// or "
		+ "STARTTLS.",
	taken: "This is taken already.",
};

/** A request that failed, by the code of the problem: lib/err.c, and ours. */
const byCode = {
	network: "The server cannot be reached.",
	timeout: "The server did not answer in time.",
	no_answer: "The server gave no usable answer.",
	no_login: "You are no longer logged in.",
	login_failed: "Name or password is wrong.",
	wrong_password: "The password is wrong.",
	totp_failed: "The code is wrong, or was used already.",
	disabled: "myPBX is switched off on this system.",
	csrf: "The request was refused. Please load the page again.",
	denied: "You may not do this.",
	admin_only: "Only an administrator may do this.",
	not_found: "This does not exist any more.",
	bad_state: "This is not possible right now.",
	taken: "Somebody else has this already.",
	busy: "The same is just being done.",
	version_changed: "This was changed meanwhile.",
	too_many: "Too many requests. Please wait a moment.",
	too_many_logins: "You are logged in at too many places that are open "
		+ "right now. Please close one of them.",
	too_large: "This file is too large.",
	bad_type: "This is not a file that can be used here.",
	sip_refused: "The phone or the far end refused.",
	no_store: "The server has a problem. Please try again.",
	no_database: "The server has a problem. Please try again.",
	no_directory: "The directory that knows your password does not answer. "
		+ "Please try again later.",
	no_bridge: "The call control does not answer. Please try again.",
	internal: "The server has a problem.",
};

/** Codes whose detail tells the user more than our words. */
const isDetailed = new Set(["bad_state", "bad_value", "not_found", "denied"]);

export const texts = {
	product: "myPBX",
	close: "Close",
	dismiss: "Dismiss",
	loading: "Loading…",
	working: "Waiting for the phone…",
	cancel: "Cancel",

	login: {
		title: "Log in",
		intro: "Your calls and your colleagues, in the browser.",
		name: "Name",
		password: "Password",
		submit: "Log in",
		busy: "Logging in…",
		nameMissing: "Please enter your name.",
		passwordMissing: "Please enter your password.",
		code: "Code from your app, or a recovery code",
		codeMissing: "Please enter the code.",
		slowed: (s) => `Too many attempts. Please wait ${s} s.`,
		disabled: "myPBX is switched off on this system. "
			+ "Your administrator can enable it.",
		noCookies: "This browser refuses cookies from this page. "
			+ "Without them you cannot stay logged in: "
			+ "please allow them here.",
		notices: {
			out: "You have logged out.",
			ended: "This login has ended. Please log in again.",
		},
	},

	header: {
		toDark: "Use dark colours",
		toLight: "Use light colours",
		admin: "Administration",
		settings: "Settings",
		logout: "Log out",
		dnd: "Do not disturb",
		away: {
			all: (to) => `Calls go to ${to}`,
			internal: (to) => `Inside calls go to ${to}`,
			external: (to) => `Outside calls go to ${to}`,
		},
		change: (what) => `${what}: change`,
		connection: {
			loading: "Connecting…",
			live: "Connected",
			lost: "Connection lost",
			crowded: "Not up to date",
		},
	},

	banner: {
		lost: "Connection lost.",
		lostMore: "Your calls go on; what you see may be out of date. "
			+ "Trying again…",
		crowded: "You have this page open at too many places.",
		crowdedMore: "What you see here does not change by itself until you "
			+ "close one of them, or log it out in the settings.",
		retry: "Try now",
		storage: "This browser keeps no settings for this page. "
			+ "Everything works, but your choice of colours is "
			+ "forgotten when you close it.",
	},

	dial: {
		title: "Call",
		hint: "Press / to get here, Enter to call",
		submit: "Call",
		busy: "Calling…",
		via: (phone) => `Calls with ${phone}`,
		offline: (phone) => `${phone} is not registered and cannot ring.`,
		noPhone: "You have no phone yet. Ask your administrator for one.",
		options: "Options",
		optionsFor: "For this call",
		anonymous: "Hide my number",
		ignore: "Ignore diversions",
		askTitle: (to) => `Call ${to}?`,
		ask: "A link asks you to place this call. "
			+ "Nothing is dialled until you say so.",
		askYes: "Call",
		askNo: "Do not call",
	},

	picker: {
		label: "Number or name",
		asTyped: (text) => `Call ${text}`,
		typedHint: "as typed",
		list: "What Enter takes",
	},

	favourites: {
		title: "Favourites",
		none: "No contact yet.",
		add: "Add a contact",
		profile: "Profile",
		manage: "Profiles and files",
		tools: (name) => `Profile ${name}`,
		name: "Name of the profile",
		rename: "Rename",
		addProfile: "Add as a new profile",
		removeProfile: "Remove this profile",
		removeProfileAsk: (name) =>
			`Remove the profile “${name}” with all its contacts?`,
		remove: "Remove",
		removeSure: "Remove for ever",
		read: "Read contacts from a file (vCard)",
		write: "Save all as vCards",
		added: (n) => n === 1 ? "1 contact added." : `${n} contacts added.`,
		leftOut: (n) => n === 1 ? "1 thing was left out"
			: `${n} things were left out`,
		nameless: "Without a name",
		what: {
			contact: "contact",
			name: "name",
			organization: "organisation",
			heading: "heading",
			note: "note",
			numbers: "number",
			emails: "e-mail address",
			addresses: "address",
			urls: "web address",
			sip: "SIP address",
			photo: "photo",
		},
		code: {
			no_number: "nothing to call",
			bad_value: "cannot be kept",
			too_long: "too long",
			too_many: "too many",
			too_large: "too large",
			not_a_number: "no telephone number",
			no_address: "no e-mail address",
			no_url: "not http or https",
			no_sip_address: "no SIP address",
			no_photo: "no picture",
		},
		unknown: "Presence unknown",
		notSeen: "Not visible to you",
		move: (name) => `Move ${name}`,
		moveHint: "Drag, or use the arrow keys",
		moved: (name) => `${name} moved`,
		mail: (name) => `Write to ${name}`,
		edit: (name) => `Edit ${name}`,
		editTitle: (name) => `Contact ${name}`,
		callNumber: (name, type, number) => `Call ${name}: ${type} ${number}`,
		kind: "Who is it?",
		kinds: {
			internal: "Colleague",
			tel: "Telephone number",
			sip: "SIP address",
		},
		to: {
			internal: "Colleague",
			tel: "Number",
			sip: "SIP address",
		},
		choose: "Please choose",
		contactName: "Name",
		organization: "Organisation",
		heading: "Heading",
		note: "Note",
		types: {
			work: "Work",
			home: "Home",
			mobile: "Mobile",
			fax: "Fax",
			other: "Other",
		},
		type: (what) => `${what}: kind`,
		parts: {
			number: "Number",
			address: "E-mail address",
			url: "Web address",
			street: "Street",
			code: "Postcode",
			city: "City",
			region: "Region",
			country: "Country",
		},
		lists: {
			numbers: {
				one: (n) => `Number ${n}`,
				add: "Another number",
			},
			emails: {
				one: (n) => `E-mail ${n}`,
				add: "E-mail address",
			},
			urls: {
				one: (n) => `Web address ${n}`,
				add: "Web address",
			},
			addresses: {
				one: (n) => `Address ${n}`,
				add: "Postal address",
			},
		},
		removeOne: (what) => `Remove ${what}`,
		photo: "Photo",
		photoOf: (name) => `Photo of ${name}`,
		photoHint: "JPEG, PNG, GIF or WebP of at most 256 kB; kept at once",
		removePhoto: "Remove photo",
		up: "Move up",
		down: "Move down",
		save: "Save",
	},

	colleagues: {
		title: "Colleagues",
		filter: "Filter colleagues",
		show: "Show",
		all: "All",
		free: "Available",
		busy: "On a call",
		offline: "Offline",
		call: (name) => `Call ${name}`,
		calling: (name) => `Calling ${name}…`,
		pickUp: "Pick up",
		pickUpFrom: (name) => `Pick up the call of ${name}`,
		none: "You have no colleagues here yet.",
		noMatch: "Nobody matches.",
		clear: "Show all",
		availability: {
			free: "Available",
			alerting: "Ringing",
			busy: "On a call",
			offline: "Offline",
			unknown: "Not shown",
		},
		online: {
			open: "Online",
			away: "Away",
			closed: "Not online",
		},
	},

	presence: {
		title: "What I do",
		what: "Others see",
		automatic: "Automatic",
		note: "Note",
		noteHint: "for example: back at one",
		how: "Until",
		end: "End",
		save: "Save",
		change: (what) => `Presence: ${what}, change`,
		you: "you",
		until: (time) => `until ${time}`,
		spans: {
			open: "I change it",
			half: "in half an hour",
			hour: "in an hour",
			two: "in two hours",
			today: "the end of the day",
			at: "a certain time",
		},
		activities: {
			available: "Available",
			away: "Away",
			busy: "Busy",
			dnd: "Do not disturb",
			lunch: "Lunch",
			meeting: "In a meeting",
			appointment: "Appointment",
			vacation: "On vacation",
			holiday: "Holiday",
			travel: "Travelling",
			"in-transit": "On the way",
			presentation: "Presentation",
			"permanent-absence": "Absent",
			other: "Something else",
			"on-the-phone": "On a call",
		},
		reasons: {
			set: (who, when) => `set by ${who} ${when}`,
			phone: (who, when) => `set at a phone ${when}`,
			calls: () => "has a call",
			calendar: (who, when) => `by the calendar, since ${when}`,
			inactive: (who, when) => `nobody at the page since ${when}`,
			online: (who, when) => `the page is open since ${when}`,
			registered: () => "a phone is registered",
			offline: () => "Offline",
			unknown: () => "Unknown",
		},
	},

	devices: {
		title: "My phones",
		legend: "Phone used when you click to call",
		registered: "Registered",
		mobile: "Mobile",
		mobileRings: "Mobile, rings with your phones",
		mobileLater: (s) => `Mobile, rings ${s} s after your phones`,
		can: {
			talk: "can be answered from here",
			info: "takes DTMF by INFO",
		},
		unregistered: "Not registered",
		none: "You have no phone yet. Ask your administrator for one.",
		noneRegistered: "None of your phones is registered, so calls "
			+ "cannot reach you.",
	},

	calls: {
		title: "Calls",
		none: "No calls.",
		noneHint: "Pick a colleague or type a number.",
		unknown: "Unknown caller",
		in: "Incoming",
		out: "Outgoing",
		waiting: "Call waiting",
		you: "you",
		state: {
			dialing: "Calling…",
			ringback: "Ringing…",
			alerting: "Is calling you",
			ownPhone: "Your phone rings",
			connected: "Connected",
			held: "On hold",
			heldByPeer: "You are on hold",
			parked: "Parked",
			ended: "Ended",
		},
		lift: (phone) => `Lift the handset of ${phone}.`,
		yourPhone: "your phone",
		answerOn: (phone) => `Answer on ${phone}.`,
		heldOn: (phone) => `Held on ${phone}: take the call back there.`,
		duration: (span) => `lasted ${span}`,
		again: "Call again",
		buttons: {
			answer: "Answer",
			hold: "Hold",
			retrieve: "Resume",
			swap: "Swap",
			join: "Join",
			transfer: "Transfer",
			redirect: "Redirect",
			park: "Park",
			dtmf: "Keypad",
			move: "Move",
			ignore: "Ignore",
			clear: "Hang up",
			cancel: "Cancel",
			reject: "Reject",
		},
		with: (label, name) => `${label}: ${name}`,
		transfer: {
			title: "Transfer",
			consulting: (name, to) => `${name} waits while you ask `
				+ `${to}.`,
			ringing: (name, to) => `${name} is being connected to `
				+ `${to}…`,
			complete: "Complete",
			back: (name) => `Back to ${name}`,
			failed: (to, failure) => `The transfer to ${to} failed: `
				+ `${bySip[failure?.sip] ?? byReason[failure?.reason]
					?? "no reason was given"}.`,
		},
		answeredBy: (name) => `Answered by ${name}`,
		answeredOn: (device) => `Answered on ${device}`,
		answeredByPhone: "Answered on another phone",
		endedBy: {
			self: "You hung up",
			peer: "The other side hung up",
			system: "Ended by the system",
		},
		rejected: "Rejected",
		cancelled: "Cancelled",
		missed: "Missed",
		said: {
			incoming: (name) => `Incoming call from ${name}`,
			dialing: (name) => `Calling ${name}`,
			ownPhone: (phone) => `Your phone rings. Lift the handset of `
				+ `${phone}.`,
			ringback: (name) => `${name}: ringing`,
			connected: (name) => `Connected with ${name}`,
			held: (name) => `Call with ${name} is on hold`,
			parked: (name) => `Call with ${name} is parked`,
			ended: (name, why) => `Call with ${name} ended: ${why}`,
		},
	},

	tools: {
		titles: {
			transfer: "Transfer to",
			redirect: "Redirect to",
			dtmf: "Keypad",
			move: "Go on with this call on",
		},
		transferTo: "Transfer to",
		askFirst: "Ask first",
		transferNow: "Transfer now",
		redirectTo: "Redirect to",
		redirect: "Redirect",
		keys: { "*": "star", "#": "hash" },
	},

	parking: {
		title: "Parked calls",
		mine: (slot) => `at your place, slot ${slot}`,
		at: (name, slot) => `at ${name}, slot ${slot}`,
		by: (name) => `parked by ${name}`,
		retrieve: "Retrieve",
		with: (label, name) => `${label}: ${name}`,
	},

	callSettings: {
		title: "My calls",
		saved: "Saved.",
		save: "Save",
		stale: "This was changed elsewhere meanwhile.",
		reload: "Show what is stored",
		dnd: "Do not disturb",
		dndHint: "Your phones do not ring; callers hear that you are busy.",
		answering: "When calls reach me",
		noAnswer: "Nobody answers after",
		seconds: "seconds",
		preset: "Preset by your administrator, until you say something else.",
		noAnswerHint: "5 to 180; empty: what the system has.",
		busyOn: "I am busy with",
		calls: "calls",
		busyOnHint: "1 to 99; empty: never busy, or as preset.",
		mobile: "Mobile number",
		mobileHint: "As you would dial it; empty: no mobile, or as preset.",
		mobileOn: "It rings with my phones,",
		delay: "later by",
		diversions: "Diversions",
		none: "No diversion: calls ring at your phones.",
		number: (n) => `Diversion ${n}`,
		when: "When",
		whens: {
			always: "Always",
			busy: "When busy",
			no_answer: "When nobody answers",
		},
		from: "Calls from",
		froms: {
			all: "everybody",
			internal: "inside",
			external: "outside",
		},
		to: "To",
		priority: "Priority",
		priorityHint: "Of several that fit, the highest priority counts. "
			+ "A dash (-) as the target keeps the calls here.",
		add: "Add a diversion",
		remove: (n) => `Remove diversion ${n}`,
	},

	password: {
		title: "Password",
		old: "Your password",
		oldWrong: "This is not your password.",
		fresh: "New password",
		policy: ({ min_length, classes }) => `At least ${min_length} `
			+ "characters" + (classes > 1 ? `, of ${classes} kinds: capital `
			+ "letters, small letters, digits, others." : "."),
		faults: {
			too_short: ({ min_length }) =>
				`It needs at least ${min_length} characters.`,
			too_long: () => "It is too long.",
			too_few_classes: ({ classes }) => `It needs ${classes} of: `
				+ "capital letters, small letters, digits, others.",
			control_character: () => "It has a character that cannot be "
				+ "typed.",
			unchanged: () => "It is the same as before.",
		},
		endOthers: "Log out everywhere else",
		losing: "These phones register with your password. They can neither "
			+ "call nor be called until they have the new one:",
		registered: "registered now",
		change: "Change the password",
		changed: "The password is changed.",
		fixed: "Your password is not changed here. Ask your administrator.",
	},

	secondFactor: {
		title: "Second factor",
		hint: "With a code from an app on your telephone, nobody gets in "
			+ "who knows your password only.",
		on: (left) => `On: each login needs a code from your app. ${left} `
			+ `recovery ${left === 1 ? "code is" : "codes are"} left.`,
		password: "Your password",
		begin: "Set it up",
		remove: "Switch it off",
		enter: "Enter this key into your authenticator app:",
		open: "Open the app of this device with it",
		code: "Code from the app",
		codeHint: "Six digits; they change each half minute.",
		confirm: "Switch it on",
		recovery: "It is on. Keep these recovery codes where you find them "
			+ "without your telephone: each gets you in once. They are "
			+ "shown only now.",
		done: "I have written them down",
	},

	visibility: {
		title: "Who sees what of me",
		hint: "An entry for a user beats those for groups, which add up; these "
			+ "beat that for a domain, and that one the one for everybody "
			+ "else. Without a tick they see nothing.",
		preset: "What cannot be changed here is said by your administrator; "
			+ "an entry of your own for the same people replaces it.",
		entries: "Entries",
		whom: "For whom",
		kinds: {
			user: "A user",
			group: "A group",
			domain: "A domain",
			others: "Everybody else",
		},
		name: "Name",
		group: (name) => `Group ${name}`,
		domain: (name) => `Domain ${name}`,
		others: "Everybody else",
		rights: {
			visible: "Name and number",
			online: "Online",
			presence: "Presence",
			note: "Note",
			on_phone: "On the phone",
			calls: "Calls",
			ids: "With whom",
		},
		lets: (who, right) => `${who}: ${right}`,
		add: "Add an entry",
		remove: (who) => `Remove the entry for ${who}`,
		change: "Change",
		preview: "What do others see of me?",
		nobody: "Choose somebody",
		sees: (who, what) => `${who} sees: ${what}.`,
		by: (entries) => entries ? `By: ${entries}.` : "",
		nothing: "nothing",
	},

	viewers: {
		title: "Who looked at me",
		hint: "One line for each colleague and way. Who may not see anything of "
			+ "you is not in it: he was shown nothing.",
		did: {
			snapshot: "opened the page, with you on it",
			events: "was told of your changes",
			user: "asked for you",
			calls: "asked for your calls",
			search: "found you in a list",
			phone: "has a key of a phone that watches you",
		},
		once: (when) => when,
		often: (days, first, last) =>
			`${days} days, ${first} to ${last}`,
		nobody: "Nobody, as far as it is kept.",
		show: "Show who looked",
		again: "Look again",
		more: "Show more",
	},

	groups: {
		title: "My groups",
		none: "You belong to no group.",
		always: "You always belong to it.",
		choose: "You may join and leave.",
		inactive: "What it may see is not for you.",
	},

	settings: {
		title: "Settings",
		colours: "Colours",
		themes: {
			system: "As the system",
			light: "Light",
			dark: "Dark",
		},
		sessions: "Where you are logged in",
		current: "This browser",
		live: "open now",
		lastSeen: (when) => `last used ${when}`,
		since: (when) => `since ${when}`,
		endSession: "Log out",
		endThis: (what) => `Log out ${what}`,
		loading: "Loading…",
		keys: "Keyboard",
		shortcuts: [
			["/", "go to the input"],
			["Enter", "call the marked entry"],
			["↑ ↓", "choose an entry"],
			["Esc", "close, or empty the input"],
			["0–9 * #", "digits, while a call's keypad is open"],
		],
		browser: (name, system) => `${name} on ${system}`,
		unknownBrowser: "Unknown program",
	},

	tokens: {
		title: "Programs with a token",
		hint: "A token lets a program act for you, without your password. "
			+ "It works until you revoke it.",
		scopes: {
			read: "see what you see",
			call: "steer your calls",
			settings: "change your settings",
			admin: "administer the system",
			"presence.write": "say what others do",
		},
		used: (when) => `last used ${when}`,
		unused: "not used yet",
		revoke: "Revoke",
		revokeThis: (name) => `Revoke ${name}`,
		add: "Create a token",
		name: "Name of the program",
		nameHint: "So that you know it again in this list.",
		may: "It may",
		secret: (name) => `The token for ${name}`,
	},

	secret: {
		hint: "Copy it now: it is not shown again.",
		copy: "Copy",
		copied: "Copied.",
		done: "Done",
	},

	admin,

	webhooks: {
		title: "Programs that are told",
		hint: "What happens to your calls is sent to these addresses.",
		state: ({ enabled, why, dead }) => [
			enabled ? "on" : why === "gone"
				? "off: it wants no more" : "off",
			dead > 0 && (dead === 1 ? "1 event was given up"
				: `${dead} events were given up`),
		].filter(Boolean).join(" · "),
	},

	/**
	 * @param problem  Problem of api.js, or the data of operation.failed;
	 *                 `where` names the phone that refused
	 */
	problem(problem)
	{
		const { code, detail, sip, title, where } = problem;
		const own = byCode[code];
		const value = byValue[problem.errors?.[0]?.code];

		if (value)
			return value;
		if (sip && where)
			return `${where}: ${texts.sipReason(sip)}.`;
		if (sip)
			return `${texts.sipReason(sip)}.`;
		if (detail && detail !== title && isDetailed.has(code))
			return detail;
		return own ?? detail ?? title ?? "This did not work.";
	},

	/** What is wrong with the value at a place like /mobile/number, or
	 * null. */
	fault(problem, pointer)
	{
		const found = problem?.errors?.find(
			(one) => one.pointer === pointer);

		return found ? byValue[found.code] ?? found.code : null;
	},

	/** One step of a call's way: {number, name, why}. */
	via({ number, name, why }, ownNumber)
	{
		return (byHop[why] ?? byHop.redirected)(number === ownNumber
			? texts.calls.you : name || number);
	},

	/** "Busy", or what SIP itself said. */
	sipReason: (sip) => bySip[sip.status] ?? sip.reason ?? "Refused",

	/** The small print: "SIP 486 Busy Here". */
	sipCode(sip)
	{
		return ["SIP", sip.status, sip.reason].filter(Boolean).join(" ");
	},

	/**
	 * Why a call is over.
	 *
	 * @param nameOf  (user) -> what people call him
	 */
	callEnd(call, nameOf = (user) => user)
	{
		const { end } = call;
		const t = texts.calls;
		const elsewhere = end?.answered_elsewhere;

		if (!end)
			return t.state.ended;
		if (elsewhere?.user && elsewhere.user !== call.self.user)
			return t.answeredBy(nameOf(elsewhere.user));
		if (elsewhere)
			return elsewhere.device ? t.answeredOn(elsewhere.device)
				: t.answeredByPhone;
		if (isTelling.has(end.reason) || (call.direction === "in"
		    && end.by === "self" && end.reason === "ignored"))
			return byReason[end.reason];
		if (call.answered)
			return end.by === "system" && end.reason !== "normal"
				? byReason[end.reason] ?? t.endedBy.system
				: t.endedBy[end.by];
		if (call.direction === "in")
			return end.by === "self" ? t.rejected : t.missed;
		if (end.by === "self")
			return t.cancelled;
		return bySip[end.sip] ?? byReason[end.reason] ?? t.state.ended;
	},
};
