/* slow.h - who guesses has to wait, the longer the more he has guessed */
#ifndef SLOW_H
#define SLOW_H

#include "err.h"
#include "fault.h"

/** How attempts of one kind are slowed down. */
struct slow {
	const char *kind;	/* part of the key */
	int free_tries;
	int pause_ms;		/* the longest */
};

/**
 * Count an attempt as failed before it is made: many at the same time do not
 * get more tries than one after the other.
 *
 * @param digest  of who makes it, or of what it is made on
 * @return OK: make it; ERR_RATE with the fault's retry_s; ERR_STORE
 */
enum err slow_charge(const struct slow *slow, const char *digest,
		     struct fault *fault);

/** It was none: forget what was counted. */
enum err slow_forgive(const struct slow *slow, const char *digest);

#endif
