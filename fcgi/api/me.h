/* me.h - who may be logged in */
#ifndef ME_H
#define ME_H

#include <jansson.h>

#include "err.h"

enum { MARK_SIZE = 33 };

/** Prepare; before the first question. */
void me_open(void);

/**
 * A user who may be logged in, read only; json_decref() it:
 * {"name", "number", "display_name", "role", "admin",
 * "version"}.
 *
 * @param mark  of the user at login, me_password(); NULL: whatever it is
 * @return OK; ERR_MISSING when the user is gone, disabled, or has another
 *         mark now; ERR_DB
 */
enum err me_get(const char *name, const char *mark, json_t **me);

/**
 * What a login needs.
 *
 * @param hash  new; NULL when nobody can log in with this name
 * @param mark  another one ends his logins: an administrator gave him a
 *              password, or it is another user of that name
 */
enum err me_password(const char *name, char **hash, char mark[MARK_SIZE]);

#endif
