/* err.c - the table of errors */
#include "err.h"

#include <string.h>

static const struct {
	int http;
	int retryable;
	const char *code;
	const char *text;
} errors[ERR_COUNT] = {
	[OK] =		 { 200, 0, "ok", "Done" },
	[ERR_INPUT] =	 { 400, 0, "bad_input", "The request is not understood" },
	[ERR_AUTH] =	 { 401, 0, "no_login", "Please log in" },
	[ERR_LOGIN] =	 { 401, 0, "login_failed", "Name or password is wrong" },
	[ERR_TOTP] =	 { 401, 0, "totp_required", "A code of the second factor is needed" },
	[ERR_TOTP_WRONG] = { 401, 0, "totp_failed", "The code is wrong, or was used" },
	[ERR_CSRF] =	 { 403, 0, "csrf", "The header X-MyPBX is missing" },
	[ERR_PASSWORD] = { 403, 0, "wrong_password", "The password is wrong" },
	[ERR_DENIED] =	 { 403, 0, "denied", "This is not allowed" },
	[ERR_ROLE] =	 { 403, 0, "admin_only", "Only an administrator may do this" },
	[ERR_DISABLED] = { 403, 0, "disabled", "myPBX is disabled on this system" },
	[ERR_MISSING] =	 { 404, 0, "not_found", "There is no such thing" },
	[ERR_METHOD] =	 { 405, 0, "bad_method", "The resource has no such verb" },
	[ERR_STATE] =	 { 409, 0, "bad_state", "Not possible right now" },
	[ERR_TAKEN] =	 { 409, 0, "taken", "Another one has this" },
	[ERR_BUSY] =	 { 409, 1, "busy", "The same request is being carried out" },
	[ERR_OLD] =	 { 410, 0, "cursor_too_old", "Load the snapshot again" },
	[ERR_VERSION] =	 { 412, 0, "version_changed", "It was changed meanwhile" },
	[ERR_LARGE] =	 { 413, 0, "too_large", "The request is too large" },
	[ERR_TYPE] =	 { 415, 0, "bad_type", "Content of another type is expected" },
	[ERR_VALUE] =	 { 422, 0, "bad_value", "A value is wrong" },
	[ERR_RATE] =	 { 429, 1, "too_many", "Too many requests" },
	[ERR_CROWD] =	 { 429, 1, "too_many_logins", "Too many logins are live" },
	[ERR_SIP] =	 { 409, 1, "sip_refused", "The phone or the far end refused" },
	[ERR_STORE] =	 { 503, 1, "no_store", "The data store does not answer" },
	[ERR_DB] =	 { 503, 1, "no_database", "The database does not answer" },
	[ERR_LDAP] =	 { 503, 1, "no_directory", "The directory does not answer" },
	[ERR_BRIDGE] =	 { 503, 1, "no_bridge", "The call control does not answer" },
	[ERR_INTERNAL] = { 500, 0, "internal", "Something went wrong here" },
};

const char *err_code(enum err err)
{
	return errors[err].code;
}

const char *err_text(enum err err)
{
	return errors[err].text;
}

int err_http(enum err err)
{
	return errors[err].http;
}

int err_retryable(enum err err)
{
	return errors[err].retryable;
}

enum err err_find(const char *code)
{
	int i;

	for (i = 0; i < ERR_COUNT; i++)
		if (!strcmp(errors[i].code, code))
			return (enum err)i;
	return ERR_INTERNAL;
}
