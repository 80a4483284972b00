/* tally.h - what was published, and who has seen it when */
#ifndef TALLY_H
#define TALLY_H

#include <stdint.h>
#include <stdio.h>

/** Nanoseconds of this machine's steady clock. */
int64_t tally_now(void);

/** Note a publication. @return its number, from 1 */
uint32_t tally_begin(uint32_t expected);

/** The publisher was told that it is in the log; at once, or never. */
void tally_accepted(uint32_t number);

/** A client has read it. */
void tally_seen(uint32_t number, int64_t published_ns);

/** Whether every accepted one was seen as often as it should be. */
int tally_complete(void);

/** What went wrong, by name: "502", "cut". */
void tally_error(const char *name);

/** Other things that are counted. */
enum tally_count {
	TALLY_ANSWERS,
	TALLY_EMPTY,	/* answers without events */
	TALLY_OLD,	/* 410 */
	TALLY_DOUBLED,	/* not newer than what this client had */
	TALLY_COUNTS
};

void tally_count(enum tally_count what);

/** Write all as JSON, and begin anew. */
void tally_report(FILE *to);

#endif
