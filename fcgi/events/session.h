/* session.h - logins, as far as polls need them: a cache of session:<id> */
#ifndef SESSION_H
#define SESSION_H

#include <sys/queue.h>

#include "auth.h"
#include "link.h"
#include "subject.h"

struct poll;
struct tab;
TAILQ_HEAD(poll_list, poll);
LIST_HEAD(tab_list, tab);

enum session_state {
	SESSION_ASKED,		/* Redis has not answered yet */
	SESSION_OPEN,
	SESSION_CLOSED,		/* known to be over */
	SESSION_MISSING,	/* Redis does not know it */
	SESSION_FAILED		/* Redis does not answer */
};

/** A login. Lives as long as polls use it, and some minutes more. */
struct session {
	struct subject *subject;	/* its user; NULL until OPEN */
	char *scopes;		/* of a token; NULL for a login */
	struct session *next_of_user;
	struct poll_list polls;
	struct tab_list tabs;	/* see live.h */
	SLIST_ENTRY(session) link;	/* in its bucket */
	int64_t expires_ms;		/* unix time */
	struct timer timer;
	unsigned char secret_hash[DIGEST_BYTES];
	uint32_t poll_count;
	enum session_state state : 8;
	unsigned asking : 1;
	char id[];
};

void session_open(struct link *ask);
void session_close_all(void);

/** A login by id, asked for when new; borrowed. */
struct session *session_get(const char *id);

/** One that is known here; borrowed, NULL for none. */
struct session *session_find(const char *id);

/** Whether this secret's SHA-256 is the login's, in constant time. */
int session_fits(const struct session *session,
		 const unsigned char secret_hash[DIGEST_BYTES]);

/** No poll uses it now: free it, at once or later. */
void session_unused(struct session *session);

/** A session.closed passed. Tells park_on_session() when polls wait. */
void session_end(const char *id);

/** Events are missing: a session.closed may be among them. Ask again. */
void session_ask_all(void);

/** First login of a user, chained by next_of_user; borrowed. */
struct session *session_of(const struct subject *subject);

/** Call for each session; fn may free it. */
void session_each(void (*fn)(struct session *session));

/** What a session tells; written in park.c: its state has changed. */
void park_on_session(struct session *session);

#endif
