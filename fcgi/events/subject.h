/* subject.h - users whom entries concern, by name and by number */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stddef.h>
#include <stdint.h>

struct session;
struct watchlist;

enum { SUBJECT_ID_MAX = 0xffffff };	/* three bytes, for watchlist.c */

/** Entries by serial number, oldest first; [from, to) is live. */
struct chain {
	uint64_t *serials;
	uint32_t from, to, room;
};

/** Users by number, in no order. Pieces of one size: thousands of lists that
 * grow side by side would leave holes of all sizes. */
struct subject_ids {
	struct subject_piece *first;
	uint32_t count;
};

/** What a user may see. */
struct watching {
	struct watchlist *list;	/* NULL: nobody */
	uint32_t logins;
	uint8_t state;		/* 0: he has no login, nobody asks */
	uint8_t asking;
	uint8_t again;		/* it changed while it was asked for */
	uint8_t noted_day;	/* that he looks; 0: not yet */
};

/** A user, as long as anybody holds him. What is kept of him belongs to the
 * file that is named. */
struct subject {
	struct subject *next;
	uint32_t id;
	uint32_t held;
	struct chain chain;		/* ring.c: of his private entries */
	struct session *sessions;	/* session.c: his logins */
	struct watching watching;	/* watcher.c */
	struct subject_ids watchers;	/* watcher.c: who has him in a list */
	char user[];
};

void subject_open(void);
void subject_close(void);

/** A user; made when new. Held until subject_release(). */
struct subject *subject_hold(const char *user);
void subject_release(struct subject *subject);

/** Hold a known one once more. @return subject */
struct subject *subject_keep(struct subject *subject);

/** The one that all public entries are chained to; no user. */
struct subject *subject_everybody(void);

/** The user with this number; he is held. Borrowed. */
struct subject *subject_by_id(uint32_t id);

/** Call for each user that is held; fn frees none. */
void subject_each(void (*fn)(struct subject *user));

/** Number of users that are held. */
size_t subject_count(void);

void subject_ids_add(struct subject_ids *list, uint32_t id);
void subject_ids_remove(struct subject_ids *list, uint32_t id);

/** Call for each of these users. */
void subject_ids_each(const struct subject_ids *list,
		      void (*fn)(struct subject *user, void *arg), void *arg);

#endif
