/* people.h - what users are called, for receivers that show it */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "err.h"

/** Learn all names anew from PostgreSQL; the log's events keep them right. */
enum err people_load(void);
void people_close(void);

/** An entry of the log: it may say that somebody has another name. */
void people_on_event(const char *type, const char *data);

/** Display name of a user; his name when there is no such user. Borrowed. */
const char *people_display_name(const char *user);

#endif
