/* api.js - ask the server: the only fetch of the page */

import { clock } from "./clock.js";

const BASE = "/api/v1";
const TIMEOUT_MS = 10_000;

/**
 * A request that did not work. `code` is the server's (application/problem+json),
 * or one of ours: "network" nothing came back, "timeout" nothing in time,
 * "no_answer" something came that is not the API's.
 */
export class Problem extends Error {
	constructor(facts)
	{
		super(facts.detail || facts.title || facts.code);
		this.name = "Problem";
		this.code = facts.code;
		this.status = facts.status ?? 0;
		this.title = facts.title ?? null;
		this.detail = facts.detail ?? null;
		this.sip = facts.sip ?? null;
		this.errors = facts.errors ?? [];
		this.requestId = facts.request_id ?? null;
		this.retryAfterS = facts.retry_after_s ?? null;
		this.retryInMs = facts.retry_in_ms ?? null;
		this.where = null;
	}
}

async function readProblem(response)
{
	const isProblem = (response.headers.get("content-type") ?? "")
		.startsWith("application/problem+json");
	const facts = isProblem ? await response.json().catch(() => ({})) : {};
	const retryAfter = Number(response.headers.get("retry-after"));

	return new Problem({
		...facts,
		code: facts.code ?? "no_answer",
		status: response.status,
		request_id: facts.request_id
			?? response.headers.get("x-request-id"),
		retry_after_s: retryAfter > 0 ? retryAfter : null,
	});
}

/**
 * One request to the API.
 *
 * @param path     below /api/v1, already encoded
 * @param options  `body` (becomes JSON, but for a Blob), `signal`
 *                 (AbortSignal of the caller), `timeoutMs`, `headers`
 * @return the parsed answer, null when there is none (204)
 * @throws Problem; the AbortError of `signal` passes through
 */
export async function request(method, path, options = {})
{
	const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
	const headers = { "Accept": "application/json", ...options.headers };
	let response;

	if (method !== "GET")
		headers["X-MyPBX"] = "1";
	if (options.body instanceof Blob)
		headers["Content-Type"] = options.body.type
			|| "application/octet-stream";
	else if (options.body !== undefined)
		headers["Content-Type"] = "application/json";

	try {
		response = await fetch(BASE + path, {
			method,
			headers,
			body: options.body === undefined
				|| options.body instanceof Blob
				? options.body : JSON.stringify(options.body),
			signal: anySignal(timeout, options.signal),
			credentials: "same-origin",
			cache: "no-store",
		});
		clock.learn(response.headers.get("date"));
		if (!response.ok)
			throw await readProblem(response);
		return response.status === 204 ? null : await response.json();
	} catch (error) {
		if (error instanceof Problem)
			throw error;
		if (options.signal?.aborted)
			throw error;
		if (timeout.aborted)
			throw new Problem({ code: "timeout" });
		if (error instanceof SyntaxError)
			throw new Problem({ code: "no_answer" });
		throw new Problem({ code: "network" });
	}
}

/** AbortSignal.any, which browsers of 2023 do not have. */
function anySignal(first, second)
{
	const both = new AbortController();

	if (!second)
		return first;
	for (const signal of [first, second]) {
		if (signal.aborted)
			both.abort(signal.reason);
		signal.addEventListener("abort",
			() => both.abort(signal.reason), { once: true });
	}
	return both.signal;
}

/** One part of a path, or one value of a query. */
export const part = encodeURIComponent;

/** Change only what is still of this version. */
export const from = (version) => ({ "If-Match": `"${version}"` });

const profilePath = (profile) => `/me/profiles/${part(profile)}`;

const contactPath = ({ profile, id }) =>
	`${profilePath(profile)}/contacts/${part(id)}`;

/** Where a contact's photo is; another one is somewhere else. */
export const photoUrl = (contact) =>
	`${BASE}${contactPath(contact)}/photo?v=${contact.photo}`;

/** Where the contacts of a profile are as vCards. */
export const vcardsUrl = (profile) => `${BASE}${profilePath(profile)}/vcards`;

/** The server chooses when we have no phone to name. */
function wish(device)
{
	return device ? { device } : {};
}

export const api = {
	loginMethods: () => request("GET", "/login/methods"),
	/** @param totp  a code of the second factor; undefined: none */
	login: (name, password, totp) => request("POST", "/login", {
		body: { name, password, totp, client: "myPBX web" } }),
	logout: () => request("DELETE", "/session"),
	sessions: () => request("GET", "/sessions"),
	tokens: () => request("GET", "/tokens"),
	/** The answer has the token itself, this once. */
	addToken: (name, scopes) => request("POST", "/tokens", {
		body: { name, scopes } }),
	removeToken: (id) => request("DELETE", `/tokens/${part(id)}`),
	webhooks: () => request("GET", "/webhooks"),
	switchWebhook: ({ id, name, url, format, types, version }, enabled) =>
		request("PUT", `/webhooks/${part(id)}`, {
			body: { name, url, format, types, enabled },
			headers: from(version) }),
	endSession: (id) => request("DELETE", `/sessions/${part(id)}`),
	password: () => request("GET", "/me/password"),
	changePassword: (old, fresh, endOthers) => request("PUT", "/me/password", {
		body: { old, new: fresh, end_other_logins: endOthers } }),
	totp: () => request("GET", "/me/totp"),
	/** The answer has the secret, this once. */
	beginTotp: (password) => request("POST", "/me/totp", {
		body: { password } }),
	confirmTotp: (code) => request("PUT", "/me/totp", { body: { code } }),
	removeTotp: (password) => request("POST", "/me/totp/remove", {
		body: { password } }),
	snapshot: (signal) => request("GET", "/snapshot", { signal }),
	selectDevice: (id) => request("PUT", `/me/devices/${part(id)}`, {
		body: { selected: true } }),
	devices: () => request("GET", "/me/devices"),
	/** Whether nobody sits in front of this page. */
	putActivity: (inactive) => request("PUT", "/me/activity", {
		body: { inactive } }),
	/** {activity, note, until} */
	putPresence: (presence) => request("PUT", "/me/presence", {
		body: presence }),
	dropPresence: () => request("DELETE", "/me/presence"),
	/** {dnd, busy_on, no_answer_s, mobile} */
	putSettings: (settings, version) => request("PUT", "/me/settings", {
		body: settings, headers: from(version) }),
	putDiversions: (items, version) => request("PUT", "/me/diversions", {
		body: { items }, headers: from(version) }),
	addProfile: (name) => request("POST", "/me/profiles", {
		body: { name } }),
	renameProfile: ({ id, version }, name) => request("PUT",
		profilePath(id), { body: { name }, headers: from(version) }),
	removeProfile: (id) => request("DELETE", profilePath(id)),
	selectProfile: (id) => request("POST", `${profilePath(id)}/select`, {
		body: {} }),
	/** @return {added, left_out} */
	importContacts: (profile, file) => request("POST",
		`${profilePath(profile)}/vcards`,
		{ body: file, timeoutMs: 60_000 }),
	addContact: (profile, contact) => request("POST",
		`${profilePath(profile)}/contacts`, { body: contact }),
	putContact: (known, contact) => request("PUT", contactPath(known), {
		body: contact, headers: from(known.version) }),
	removeContact: (contact) => request("DELETE", contactPath(contact)),
	/** @param before  id, or null for the end */
	moveContact: (contact, before, heading) => request("PUT",
		`${contactPath(contact)}/position`, {
			body: { before, heading } }),
	putPhoto: (contact, file) => request("PUT",
		`${contactPath(contact)}/photo`, { body: file }),
	removePhoto: (contact) => request("DELETE",
		`${contactPath(contact)}/photo`),
	visibility: () => request("GET", "/me/visibility"),
	putVisibility: (items, version) => request("PUT", "/me/visibility", {
		body: { items }, headers: from(version) }),
	/** What a colleague sees of the user. */
	previewVisibility: (user) => request("GET",
		`/me/visibility/${part(user)}`),
	/** Who looked at the user. @param after  `next` of the page before */
	viewers: (after) => request("GET", "/me/visibility/viewers"
		+ (after ? `?after=${part(after)}` : "")),
	groups: () => request("GET", "/me/groups"),
	joinGroup: (name) => request("POST", `/me/groups/${part(name)}`,
		{ body: {} }),
	leaveGroup: (name) => request("DELETE", `/me/groups/${part(name)}`),
	/** @param options  {anonymous, ignore_diversions} */
	makeCall: (to, device, options = {}) => request("POST", "/calls", {
		body: { to, ...wish(device), ...options } }),
	clearCall: (id, cause) => request("DELETE",
		`/calls/${part(id)}?cause=${cause}`),
	/** verb: answer hold retrieve swap redirect park dtmf move */
	changeCall: (id, verb, body = {}) => request("POST",
		`/calls/${part(id)}/${verb}`, { body }),
	/** The call of a colleague that has rung longest. */
	pickUp: (user, device) => request("POST",
		`/users/${part(user)}/pickup`, { body: wish(device) }),
	/** {call, to, mode} or {call, with} */
	transfer: (body) => request("POST", "/transfers", { body }),
	completeTransfer: (id) => request("POST",
		`/transfers/${part(id)}/complete`, { body: {} }),
	cancelTransfer: (id) => request("DELETE", `/transfers/${part(id)}`),
	retrieveParked: (at, slot, device) => request("POST",
		`/parking/${part(at)}/${slot}/retrieve`, { body: wish(device) }),
	/** Held by the server up to waitS; `instance` tells tabs apart. */
	events: (after, waitS, instance, signal) => request("GET",
		`/events?after=${part(after)}&wait=${waitS}`
		+ `&instance=${part(instance)}`,
		{ signal, timeoutMs: (waitS + 10) * 1000 }),
};
