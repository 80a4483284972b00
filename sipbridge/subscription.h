/* subscription.h - phones that watch somebody: SUBSCRIBE and NOTIFY, RFC 6665
 *
 * The life of one: a SUBSCRIBE with a right secret (Kamailio) comes in and is
 * accepted; it is told how things are at once, and whenever they change; the
 * phone refreshes it, or it ends. Nobody keeps it: after a restart of the
 * bridge a refresh is answered by 481 and the phone subscribes anew.
 */
#ifndef SUBSCRIPTION_H
#define SUBSCRIPTION_H

#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>

/** Events that can be subscribed to; the library refuses others by 489. */
#define SUBSCRIPTION_EVENTS "dialog, presence"

/**
 * A SUBSCRIBE has come.
 *
 * @param status  100: it is new and wants an answer; else the library has
 *                answered a refresh by it
 */
void subscription_on_subscribe(nua_t *nua, nua_handle_t *nh, int status,
			       sip_t const *sip);

/** The phone has answered a NOTIFY. @return whether nh is a subscription */
int subscription_on_answer(nua_handle_t *nh, int status);

/** Somebody's presence or calls have changed. */
void subscription_on_change(const char *user);

/** Somebody was read again: perhaps he says something else. */
void subscription_on_said(const char *user);

/** A user may see something else now; "*": perhaps all may. */
void subscription_on_rights(const char *user);

/** A second is over: what is not refreshed ends. */
void subscription_tick(void);

/** Tell all phones to subscribe anew: the program ends. */
void subscription_close(void);

#endif
