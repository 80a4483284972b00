/* reply.h - what a receiver answers to a new call, in XML or JSON */
#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>

#include "webhook.h"

enum { REPLY_TO_MAX = 64 };

/** What shall become of the call. */
enum reply_wish {
	REPLY_NOTHING,
	REPLY_REJECT,
	REPLY_HANGUP,
	REPLY_DIAL
};

/** All of it is foreign text, checked and bounded. */
struct reply {
	enum reply_wish wish;
	int busy;			/* reject as busy */
	char to[REPLY_TO_MAX + 1];	/* dial this number */
	char on_answer[WEBHOOK_URL_MAX + 1];	/* "": not wanted */
	char on_hangup[WEBHOOK_URL_MAX + 1];
	char ignored[32];		/* what we cannot do; "" for nothing */
};

/** Read `<Response onAnswer="URL"><Reject/></Response>`; what is not that
 * leaves the reply empty. */
void reply_read_xml(struct reply *reply, const char *text, size_t n);

/** Read `{"action": "reject", "reason": "busy"}`. */
void reply_read_json(struct reply *reply, const char *text, size_t n);

#endif
