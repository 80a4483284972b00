/* status.c - what mypbxctl says with its exit status */
#include "status.h"

static const char *const texts[STATUS_COUNT] = {
	[STATUS_DONE] = "done",
	[STATUS_BROKEN] = "a fault of mypbxctl or the database, or the output "
		"cannot be written",
	[STATUS_USAGE] = "misused: no such verb, option or setting",
	[STATUS_MISSING] = "no such thing",
	[STATUS_CONFLICT] = "not possible as things are: the name is taken, "
		"for example; of check: something is not right yet",
	[STATUS_VALUE] = "a value, or a document, that cannot be taken",
	[STATUS_AWAY] = "PostgreSQL or Redis does not answer",
};

enum status status_of(enum err err)
{
	switch (err) {
	case OK:
		return STATUS_DONE;
	case ERR_MISSING:
		return STATUS_MISSING;
	case ERR_STATE:
	case ERR_TAKEN:
	case ERR_OLD:
	case ERR_RATE:
		return STATUS_CONFLICT;
	case ERR_INPUT:
	case ERR_TYPE:
	case ERR_VALUE:
		return STATUS_VALUE;
	case ERR_DB:
	case ERR_STORE:
		return STATUS_AWAY;
	default:
		return STATUS_BROKEN;
	}
}

const char *status_text(enum status status)
{
	return texts[status];
}
