/* link.h - an offer carried from one leg to another, RFC 3725 */
#ifndef LINK_H
#define LINK_H

#include "call.h"

struct link;

/**
 * Let two legs talk: `from` has offered in its 2xx, which waits for the ACK;
 * `to` is confirmed. `to` is re-invited with the offer, its answer goes into
 * the ACK of `from`. A crossing re-INVITE (491) is tried again after the time
 * of RFC 3261 14.1.
 *
 * @return new; ends itself and tells call_on_link()
 */
struct link *link_create(struct call *call, struct leg *from, struct leg *to);

/** Forget it; `from` is not acknowledged any more by it. NULL is allowed. */
void link_destroy(struct link *link);

/** The final answer of `to`; others are not for the link.
 * @return whether it took it */
int link_on_reinvite_answer(struct link *link, struct leg *leg,
			    const struct ua_news *news);

/** Whether the two talk; told once, after which the link is gone. */
void call_on_link(struct call *call, int status);

#endif
