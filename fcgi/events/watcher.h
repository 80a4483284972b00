/* watcher.h - users that watch others: a cache of watch:<user> */
#ifndef WATCHER_H
#define WATCHER_H

#include "entry.h"
#include "link.h"

/*
 * All logins of a user share his list. It is asked for with the first of them
 * and again when the log says watch.changed. Between that and the answer
 * nobody knows what he may see: his polls wait.
 *
 * Lists that name users are found from there (subject.watchers), so an entry
 * costs nothing to those who do not watch its user. Lists that hold all
 * others, most of them, are kept together.
 */

void watcher_open(struct link *ask);

/** A login of this user has begun, has ended. */
void watcher_hold(struct subject *user);
void watcher_release(struct subject *user);

/** Whether it is known now what this user may see. */
int watcher_knows(const struct subject *user);

/** Whether Redis could not be asked. */
int watcher_failed(const struct subject *user);

/** Rights of a user on another one, from rights.h; none while they are not
 * known. */
unsigned watcher_rights(const struct subject *user, const struct subject *of);

/** Note that he, who is known, looks at those on his list; once a day, and when
 * that has changed. */
void watcher_note(struct subject *user);

/** His list is another one: ask again. */
void watcher_changed(struct subject *user);

/** Events are missing: a watch.changed may be among them. Ask again. */
void watcher_ask_all(void);

/** Call for each user that names this entry's user in his list and may see
 * something of it. */
void watcher_each(const struct entry *entry,
		  void (*fn)(struct subject *user, const struct entry *entry));

/** Call for each user that may see something of all others. */
void watcher_each_of_all(const struct entry *entry,
			 void (*fn)(struct subject *user,
				    const struct entry *entry));

/** What a watcher tells; written in park.c: he knows, or has failed. */
void park_on_watch(struct subject *user);

#endif
