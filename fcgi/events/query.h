/* query.h - what a request for events says: foreign text, checked */
#ifndef QUERY_H
#define QUERY_H

#include <stdint.h>

#include "event.h"

enum { INSTANCE_SIZE = 65, SESSION_SIZE = 65, COOKIE_SECRET_SIZE = 129 };

/** A request for events. */
struct query {
	struct cursor after;
	int wait_s;
	uint64_t types;
	char instance[INSTANCE_SIZE];	/* "" when it has none */
	int stream;			/* server-sent events, not a poll */
};

/**
 * Read the query string and the two headers that matter.
 *
 * @param text           "after=...&wait=25&types=call&instance=tab1"
 * @param accept         value of Accept, or ""
 * @param last_event_id  value of Last-Event-ID, or ""; wins over `after`
 * @param wait_max_s     longest wait that is legal
 * @return NULL, or what is wrong: a sentence for people, static
 */
const char *query_parse(struct query *query, const char *text,
			const char *accept, const char *last_event_id,
			int wait_max_s);

/**
 * Read who asks: "Bearer <token id>.<secret>", or without that the login
 * cookie, "mypbx=<session id>.<secret>".
 *
 * @param authorization  value of Authorization, or ""
 * @param cookie         value of Cookie, or ""
 * @return 0, or -1 when there is none
 */
int query_login(const char *authorization, const char *cookie,
		char session[SESSION_SIZE], char secret[COOKIE_SECRET_SIZE]);

#endif
