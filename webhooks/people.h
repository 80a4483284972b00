/* people.h - what users are called, for receivers that show it */
#ifndef PEOPLE_H
#define PEOPLE_H

/** Display name of a user; his name while PostgreSQL is away, or when there
 * is no such user. Borrowed, until the next call. */
const char *people_display_name(const char *user);

void people_close(void);

#endif
