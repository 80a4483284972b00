/* link.h - an offer carried from one leg to another, RFC 3725 */
#ifndef LINK_H
#define LINK_H

#include "leg.h"

struct link;

/** How it went: a 2xx status when the two talk. The link is gone. */
typedef void (*link_done_fn)(void *arg, int status);

/**
 * Let two legs talk. The offer of `from` is the one that waits for an answer
 * (in its INVITE or its 2xx), or it is asked for one by a re-INVITE. `to`,
 * which is confirmed, is re-invited with that offer; its answer goes to
 * `from`. What crosses (491) is tried again after the time of RFC 3261 14.1.
 * When it fails half way, `from` is acknowledged with what it had before; `to`
 * may have taken the offer already.
 *
 * @return new; ends itself and tells done(), never before this returns
 */
struct link *link_create(struct leg *from, struct leg *to, link_done_fn done,
			 void *arg);

/** Give it up: its call is over. done() is told 481. NULL is allowed. */
void link_give_up(struct link *link);

#endif
