/* live.h - logins that wait for events, and so make their users online */
#ifndef LIVE_H
#define LIVE_H

#include "session.h"

/*
 * A tab is a client of a login. It lives while a request of it is open, and
 * conf.grace_s after that. What this process knows of that is told to Redis
 * when a tab comes and when it stays away, not at each poll; what ends is found
 * by whoever looks first (live_sweep.lua), so a process that dies leaves
 * nothing behind: its tabs end when its word has become too old.
 */

/** @param ask  link for questions; borrowed, as long as the program lives */
void live_open(struct link *ask);
void live_close(void);

/** Redis may have forgotten what we said: say it again. */
void live_on_link(struct link *ask);

/**
 * A request of a client is open.
 *
 * @param session   open, and no token's: that is a program, nobody is online
 * @param instance  how the client calls itself, or ""
 * @return borrowed until live_leave(); NULL for a token
 */
struct tab *live_enter(struct session *session, const char *instance);

/** It is answered, or gone. NULL is fine. */
void live_leave(struct tab *tab);

/** The session is about to be freed: its tabs have left. */
void live_forget(struct session *session);

/** What live tells; written in park.c: the user has too many live logins. */
void park_on_crowd(struct session *session);

#endif
