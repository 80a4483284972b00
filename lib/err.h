/* err.h - what can go wrong, in the words of the API */
#ifndef ERR_H
#define ERR_H

enum err {
	OK,
	ERR_INPUT,	/* not JSON, not the shape */
	ERR_AUTH,	/* no login */
	ERR_LOGIN,	/* wrong name or password, whichever it is */
	ERR_TOTP,	/* the password is right, a code is needed, too */
	ERR_TOTP_WRONG,	/* it is not the code */
	ERR_CSRF,	/* changing request without X-MyPBX */
	ERR_PASSWORD,	/* the password that proves who asks is wrong */
	ERR_DENIED,	/* a right is missing */
	ERR_ROLE,	/* only an administrator may */
	ERR_DISABLED,	/* myPBX is not enabled on this system */
	ERR_MISSING,	/* no such thing, or not visible */
	ERR_METHOD,	/* the resource has no such verb */
	ERR_STATE,	/* not possible in this state */
	ERR_TAKEN,	/* a name or number that another one has */
	ERR_BUSY,	/* the same request is being carried out */
	ERR_OLD,	/* the log no longer reaches that cursor */
	ERR_VERSION,	/* If-Match does not match */
	ERR_LARGE,	/* body too large */
	ERR_TYPE,	/* not application/json */
	ERR_VALUE,	/* a value is wrong */
	ERR_RATE,	/* too often */
	ERR_CROWD,	/* as many logins as there may be are live */
	ERR_SIP,	/* the phone, or the far end, said no */
	ERR_STORE,	/* Redis does not answer */
	ERR_DB,		/* PostgreSQL does not answer */
	ERR_LDAP,	/* the LDAP server does not answer */
	ERR_BRIDGE,	/* the bridge does not answer */
	ERR_INTERNAL,	/* our mistake */
	ERR_COUNT
};

/** Machine word of an error, "bad_input"; static. */
const char *err_code(enum err err);

/** One sentence for people; static. */
const char *err_text(enum err err);

/** HTTP status; only `route` and its like use it. */
int err_http(enum err err);

/** Whether the same request may succeed later without a change. */
int err_retryable(enum err err);

/** Error of a machine word; ERR_INTERNAL when the word is unknown. */
enum err err_find(const char *code);

#endif
