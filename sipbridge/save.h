/* save.h - writes calls that talk to Redis before their messages leave */
#ifndef SAVE_H
#define SAVE_H

#include <stdint.h>

struct call;

/** Of a call; zero to begin with. */
struct save {
	struct call *next;
	int due;
	uint64_t written;	/* hash of what Redis has; 0: nothing */
};

/** Begin to write. */
void save_open(void);
void save_close(void);

/**
 * A call, or something of it, has changed. It is written when the loop goes
 * on, and the SIP messages that belong to the change leave after that. What
 * Redis does not take at once, because it is away, waits in our memory: then
 * calls go on, and another life would know them as they were before.
 */
void save_mark(struct call *call);

/** Write it now, with what else is due. */
void save_now(void);

/** The call is over, and so are its dialogs. */
void save_forget(struct call *call);

/** Take out what is left of a call that is not gone on with. */
void save_remove(const char *id);

/** Write all again: Redis has lost them. */
void save_restore(void);

#endif
