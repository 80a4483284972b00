/* external.h - whom users have as contacts at other domains: RFC 3856
 *
 * The life of one: the relay says that somebody looks at it; it is subscribed
 * at its domain, once for all of them; what the domain notifies is told to
 * each of them and to nobody else; what goes wrong makes it unknown, and it is
 * asked again later; it ends when nobody looks any more.
 */
#ifndef EXTERNAL_H
#define EXTERNAL_H

#include <hiredis/hiredis.h>
#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>

/** Begin; nua is borrowed. */
void external_open(nua_t *nua);

/** Who looks at whom now: an entry of the stream of the relay. */
void external_on_entry(const char *id, const redisReply *fields);

/** A SUBSCRIBE was answered. @return whether it was one of these */
int external_on_answer(nua_handle_t *nh, int status);

/** A NOTIFY has come, and was answered by the library.
 * @return whether it was for one of these */
int external_on_notify(nua_handle_t *nh, sip_t const *sip);

/** A second is over. */
void external_tick(void);

/** Redis is back: write what it should have. */
void external_restore(void);

/** End all subscriptions: the program ends. */
void external_close(void);

#endif
