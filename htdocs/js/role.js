/* role.js - what the user may administer; the API has the last word */

import { model } from "./app.js";

/** Whether there is an administration for him at all. */
export function isStaff()
{
	return model.me.value.role !== "user";
}

/** Whether he may change everything. */
export function isAdmin()
{
	return model.me.value.role === "admin";
}

/** Whether he may help this user: with his logins, password, secrets. */
export function mayHelp(user)
{
	return isAdmin() || user.role === "user";
}
