/* live.h - which logins of a user wait for events, and with what */
#ifndef LIVE_H
#define LIVE_H

#include <hiredis/hiredis.h>
#include <jansson.h>

#include "err.h"

/** A user's tabs at one moment. */
struct live {
	redisReply *tabs;	/* as live_list.lua says them */
};

/** @return OK, ERR_STORE */
enum err live_init(struct live *live, const char *user);
void live_clear(struct live *live);

/**
 * Add to a login what its tabs say: `live`, `instances`, `last_seen`.
 *
 * @param json     the login
 * @param seen_ms  when it was seen at least, without its tabs
 */
void live_add(const struct live *live, const char *session, int64_t seen_ms,
	      json_t *json);

/** Say whether somebody sits in front of a login. @return OK, ERR_STORE */
enum err live_activity(const char *user, const char *session, int inactive);

#endif
