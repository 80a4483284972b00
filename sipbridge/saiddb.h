/* saiddb.h - writes what phones say of their users into PostgreSQL */
#ifndef SAIDDB_H
#define SAIDDB_H

#include <stdint.h>

/** A publication; texts are copied. */
struct said {
	const char *user;
	const char *activity;	/* "": nothing */
	const char *note;	/* likewise */
	unsigned expires_s;	/* 0: it is over */
	const char *etag;	/* what it goes on with; NULL: it is a new one */
	int refresh;		/* only longer, as it is */
};

/** What became of it. */
enum said_outcome { SAID_WRITTEN, SAID_STALE, SAID_FAILED };

/**
 * @param etag  of what is there now; borrowed, "" unless written. A refresh of
 *              what is not there any more has changed nothing: its own
 */
typedef void (*said_fn)(void *arg, enum said_outcome outcome,
			const char *etag);

/** Write it; fn is called once, later, when it is committed or has failed. */
void saiddb_write(const struct said *said, said_fn fn, void *arg);

void saiddb_open(void);

/** What is not written yet is forgotten: the program ends. */
void saiddb_close(void);

#endif
