/* answer.h - texts of the HTTP answers */
#ifndef ANSWER_H
#define ANSWER_H

#include "bytes.h"
#include "err.h"
#include "match.h"
#include "old.h"

enum { REQUEST_ID_SIZE = 65 };

/** What one answer may carry; the client comes back for more. */
enum { ANSWER_EVENTS = 500, ANSWER_BYTES = 1024 * 1024,
       ANSWER_STREAM_BYTES = 64 * 1024 };

/** The id of a request: nginx's when it is one, else our own. @return buf */
char *answer_request_id(const char *given, char buf[REQUEST_ID_SIZE]);

/** A problem, RFC 9457.
 *
 * @param detail       a sentence, or NULL
 * @param retry_in_ms  when to come back, 0: not said
 */
void answer_problem(struct bytes *to, enum err err, const char *detail,
		    const char *request_id, int retry_in_ms);

/** What answer_events() has to say. */
struct answer_query {
	struct viewer viewer;
	struct cursor after;	/* moves to the end of what was answered */
	const struct old_part *part;	/* of the log; NULL: the ring */
	int blind;		/* no event now, and `after` stays */
	const char *request_id;
	int retry_in_ms;
};

/** JSON with the events behind `after`, as many as fit. @return how many */
int answer_events(struct bytes *to, struct answer_query *query);

/** Head of a stream and its first mark. */
void answer_stream_begin(struct bytes *to, const struct answer_query *query);

/** Frames with the events behind `after`, as many as fit. @return how many */
int answer_stream_events(struct bytes *to, struct answer_query *query);

/** A frame without data: still here, and where. */
void answer_stream_beat(struct bytes *to, const struct answer_query *query);

/**
 * An event as it goes on the wire.
 *
 * @param op    "" for none
 * @param data  a JSON text
 */
void answer_event_text(struct bytes *to, const char *type, const char *time,
		       const char *op, const char *data);

#endif
