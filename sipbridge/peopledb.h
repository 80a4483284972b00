/* peopledb.h - loads the people from PostgreSQL, and what changes of them */
#ifndef PEOPLEDB_H
#define PEOPLEDB_H

/**
 * Connect, load and follow; without waiting. A database that is away is asked
 * again until it is back, with the people as they were.
 *
 * @param loaded  called once, after the first full load
 */
void peopledb_open(void (*loaded)(void));

/** Call fn with each user who was read again. */
void peopledb_listen(void (*fn)(const char *user));

/** Call fn with each user who may see something else now; "*": perhaps all. */
void peopledb_listen_rights(void (*fn)(const char *user));

void peopledb_close(void);

/**
 * Ask whom a user may see: the text of a watch list, rights.h.
 *
 * @param fn  called once, perhaps at once; `list` is borrowed, NULL: the
 *            database is away
 */
void peopledb_rights(const char *user,
		     void (*fn)(const char *list, void *arg), void *arg);

/**
 * Ask whose calls a user may take because they are active in a group as he is.
 *
 * @param group  NULL: all of his
 * @param fn     as above; NULL also when he is in no such group
 */
void peopledb_pickup_list(const char *user, const char *group,
			  void (*fn)(const char *list, void *arg), void *arg);

#endif
