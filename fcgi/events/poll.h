/* poll.h - one request for events: what it is told, and when */
#ifndef POLL_H
#define POLL_H

#include <sys/queue.h>

#include "conn.h"
#include "err.h"
#include "match.h"
#include "old.h"
#include "query.h"
#include "session.h"

/* The life of a poll stands in park.h. */
enum poll_state {
	POLL_ASKED,	/* the session is not known yet */
	POLL_BLIND,	/* what its user may see is not known */
	POLL_DOUBT,	/* the cursor's epoch is not ours */
	POLL_OLD,	/* the cursor is older than the ring */
	POLL_PARKED,
	POLL_STREAM,
	POLL_LOST	/* gets its 410 when its timer rings */
};

enum poll_news {
	NEWS_NONE,
	NEWS_CAN_WAIT,
	NEWS_URGENT
};

struct poll {
	struct conn *conn;
	struct session *session;
	union {
		unsigned char *secret_hash;	/* until admitted */
		struct tab *tab;	/* then; NULL for a token */
	};
	TAILQ_ENTRY(poll) link;		/* in its session */
	union {		/* what comes from an old part comes first */
		TAILQ_ENTRY(poll) news;	/* while there is some: wake.c */
		struct old_place old;	/* while it wants some */
	};
	struct timer timer;
	uint64_t types;			/* bits of match_types() */
	struct cursor after;
	uint32_t news_ms;		/* since when, while it may wait */
	uint16_t wait_s;
	enum poll_state state : 8;
	enum poll_news has_news : 8;
	unsigned admitted : 1;
	unsigned wants_old : 1;
	unsigned stream : 1;
	unsigned begun : 1;		/* its head is out */
	unsigned full : 1;		/* and its reader is slow */
	unsigned char request_id_at;
	char texts[];			/* instance, request id */
};

/** @param ask  link for questions; borrowed */
void poll_open(struct link *ask);

/** From now on all are told when to come back. */
void poll_drain(void);

const char *poll_instance(const struct poll *poll);

/** A new one, POLL_ASKED; what is given is copied or borrowed. */
struct poll *poll_create(struct conn *conn, const struct query *query,
			 const char *request_id, struct session *session,
			 const char *secret);

void poll_destroy(struct poll *poll);

/** Its secret was the right one: from here on it is a client of the login. */
void poll_admit(struct poll *poll);

/** It does not wait for an old part of the log any more. */
void poll_leave_old(struct poll *poll);

/** Judge its cursor, and answer or park it: no news is left for it. May free
 * it. */
void poll_serve(struct poll *poll);

/** Answer with what there is, be it nothing. Frees it. */
void poll_answer(struct poll *poll);

/** Its time is over: the same, without a look at what concerned others. */
void poll_end_wait(struct poll *poll);

/** Answer with a problem. Frees it. */
void poll_refuse(struct poll *poll, enum err err, const char *detail);

/** The log no longer reaches back to it: 410, some time soon. */
void poll_lose(struct poll *poll);

/** Say to a stream that we are there, and where the log is. */
void poll_beat(struct poll *poll);

/** Whether it has been woken for all that concerns it, so that it misses
 * nothing of what the ring has dropped meanwhile. */
int poll_is_waiting(const struct poll *poll);

/** Whether it is known whose it is, and from where on. */
int poll_may_answer(const struct poll *poll);

/** Nothing up to here concerns it, for it has not been woken: no need to look
 * at all that others got meanwhile. */
void poll_skip_to(struct poll *poll, struct cursor upto);

#endif
