/* format.h - from an event to what a receiver is sent */
#ifndef FORMAT_H
#define FORMAT_H

#include "webhook.h"

/** Text of an entry of a queue; "" when missing. Borrowed. */
struct waiting {
	const char *cursor;
	const char *lane;
	const char *to, *of;
	const char *type;
	const char *version;
	const char *time;
	const char *op;
	const char *data;
};

/** What a receiver of calls is told. */
enum format_step {
	STEP_NONE,
	STEP_EVENT,		/* our own format */
	STEP_NEW_CALL,
	STEP_ANSWER,
	STEP_HANGUP
};

/** A body and what it is. */
struct body {
	enum format_step step;
	const char *type;	/* Content-Type; static */
	char *text;		/* owned */
};

/** Whether this format has a word for events of this type. */
int format_takes(enum webhook_format format, const char *type);

/**
 * What an event makes a receiver hear: in our own format once, in the others
 * nothing, one thing, or two: a call whose first event is its answer.
 *
 * @param n  0 for the first, 1 for the second
 */
enum format_step format_step(enum webhook_format format,
			     const struct waiting *entry, int n);

/** Write the body. @param body  format_clear(); no text: the event is odd */
void format_make(enum webhook_format format, const struct waiting *entry,
		 enum format_step step, struct body *body);
void format_clear(struct body *body);

/** "newCall"; the event's type in our own format. */
const char *format_word(enum format_step step, const struct waiting *entry);

#endif
