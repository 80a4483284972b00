/* admin-api.js - what administrators ask the server */

import { from, part, request } from "./api.js";

const PAGE = 50;

const userPath = (name) => `/admin/users/${part(name)}`;
const devicePath = (id) => `/admin/devices/${part(id)}`;
const templatePath = (name) => `/admin/templates/${part(name)}`;
const directoryPath = (name) => `/admin/directories/${part(name)}`;
const groupPath = (name) => `/admin/groups/${part(name)}`;

/** @param after  `next` of the page before; null for the first page */
function page(after, limit = PAGE)
{
	return `limit=${limit}${after ? `&after=${part(after)}` : ""}`;
}

export const adminApi = {
	users: (q, after, limit) => request("GET",
		`/admin/users?q=${part(q)}&${page(after, limit)}`),
	/** {name, number, display_name, role} */
	addUser: (user) => request("POST", "/admin/users", { body: user }),
	user: (name) => request("GET", userPath(name)),
	/** {number, display_name, role, disabled, template} */
	putUser: ({ name, version }, user) => request("PUT", userPath(name), {
		body: user, headers: from(version) }),
	removeUser: (name) => request("DELETE", userPath(name)),
	setPassword: (name, password) => request("PUT",
		`${userPath(name)}/password`, { body: { password } }),
	disableUser: (name, disabled) => request("PUT",
		`${userPath(name)}/disabled`, { body: { disabled } }),
	removeTotp: (name) => request("DELETE", `${userPath(name)}/totp`),
	sessions: (name) => request("GET", `${userPath(name)}/sessions`),
	endSession: (name, id) => request("DELETE",
		`${userPath(name)}/sessions/${part(id)}`),
	devices: (user) => request("GET", `${userPath(user)}/devices`),
	device: (id) => request("GET", devicePath(id)),
	/** {id, text, replaces, secret}; the answer may have `made_secret`, this
	 * once. */
	addDevice: (user, device) => request("POST", `${userPath(user)}/devices`,
		{ body: device }),
	/** {text, replaces, secret} */
	putDevice: ({ id, version }, device) => request("PUT", devicePath(id), {
		body: device, headers: from(version) }),
	removeDevice: (id) => request("DELETE", devicePath(id)),
	/** The answer has `made_secret`, this once. */
	renewSecret: (id) => request("POST", `${devicePath(id)}/secret`,
		{ body: {} }),
	groups: () => request("GET", "/admin/groups"),
	addGroup: (name) => request("POST", "/admin/groups", { body: { name } }),
	group: (name) => request("GET", groupPath(name)),
	removeGroup: (name) => request("DELETE", groupPath(name)),
	/** {kind, active} */
	putMember: (group, user, member) => request("PUT",
		`${groupPath(group)}/members/${part(user)}`, { body: member }),
	removeMember: (group, user) => request("DELETE",
		`${groupPath(group)}/members/${part(user)}`),
	templates: () => request("GET", "/admin/templates"),
	template: (name) => request("GET", templatePath(name)),
	/** All of it; what is null is inherited. One that is not there yet has the
	 * version 0. */
	putTemplate: ({ name, version }, template) => request("PUT",
		templatePath(name), { body: template, headers: from(version) }),
	removeTemplate: (name) => request("DELETE", templatePath(name)),
	settings: () => request("GET", "/admin/settings"),
	/** {enabled, password_policy, audit_days}; what is not there stays */
	patchSettings: (changes) => request("PATCH", "/admin/settings",
		{ body: changes }),
	nodes: () => request("GET", "/admin/nodes"),
	/** {country, area, international, national, subscriber} */
	putNode: (name, node) => request("PUT", `/admin/nodes/${part(name)}`,
		{ body: node }),
	visibility: () => request("GET", "/admin/visibility"),
	putVisibility: (items) => request("PUT", "/admin/visibility",
		{ body: { items } }),
	directories: () => request("GET", "/admin/directories"),
	/** {uri, dn, starttls, timeout_s} */
	putDirectory: (name, directory) => request("PUT", directoryPath(name),
		{ body: directory }),
	removeDirectory: (name) => request("DELETE", directoryPath(name)),
	/** @return {answers} */
	testDirectory: (name) => request("POST",
		`${directoryPath(name)}/test`, { body: {}, timeoutMs: 20_000 }),
	findings: () => request("GET", "/admin/findings"),
	/** @param query  {who, what, object, since, until}, some of them */
	audit: (query, after) => request("GET",
		`/admin/audit?${new URLSearchParams(query)}&${page(after)}`),
};
