/* revoke.h - ends logins, tokens and registrations that are no longer good */
#ifndef REVOKE_H
#define REVOKE_H

#include <jansson.h>

#include "err.h"

/** What such a row of the outbox has as type. */
#define REVOKE "revoke"

/**
 * End them, each with its event.
 *
 * @param data  {"device": id} for its registration: Kamailio does it;
 *              {"token": id} for this one; {"mark": text} for all logins with
 *              another mark; {"except": id} for all other logins; {} for
 *              all logins and tokens
 * @return OK, ERR_STORE
 */
enum err revoke(const char *user, const json_t *data);

#endif
