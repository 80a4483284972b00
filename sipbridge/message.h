/* message.h - texts of SIP messages */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <sofia-sip/sip.h>

#include "learn.h"

struct ua_news;

/** The body, when it is of the wanted type (NULL: any); new or NULL. */
char *message_body(sip_t const *sip, const char *type);

/** The Reason header; new or NULL. */
char *message_reason(sip_t const *sip);

/** User part of where a 3xx leads, RFC 3261 8.1.3.4; new or NULL. */
char *message_contact(sip_t const *sip, int status);

/** Whether Allow names INFO. */
int message_takes_info(sip_t const *sip);

/** Texts of a message that tells what its phone can. */
struct telling {
	struct learnt learnt;
	char agent[128];
	char allow[256];
	char events[256];
};

/** @return borrowed from t; NULL when it does not tell */
const struct learnt *message_learnt(struct telling *t, sip_t const *sip);

/** Put into the news what the message tells of its phone. */
void message_set_learnt(struct ua_news *news, struct telling *telling,
			sip_t const *sip);

/** Value of a header that only we use; borrowed, or NULL. */
const char *message_private(sip_t const *sip, const char *name);

/** Text from outside is checked where it enters: what is not clean UTF-8 is
 * "", and not shown to anybody. */
const char *message_clean(const char *text);

/** A display name without its quotes; new, or NULL for none. */
char *message_name(const char *text);

/** RFC 3323 4.2, RFC 3325 9.3 */
int message_wants_privacy(sip_privacy_t const *privacy);

/** "\"Bob\" <sip:22@example.com>"; new. @param name  NULL: the number */
char *message_address(const char *name, const char *number);

#endif
