/* offer.h - what the two ends of a leg have agreed on: offers and answers */
#ifndef OFFER_H
#define OFFER_H

#include "leg.h"

/* The functions leg_ack() to leg_reinvite_answer() of leg.h, and for leg.c: */

/** A description as the next one that we say there, or NULL for none; borrowed
 * until the next. */
const char *offer_stamped(struct leg *leg, const char *sdp);

/** The same, fit to answer what the phone has offered. */
const char *offer_answer_text(struct leg *leg, const char *sdp);

/** Its phone wants to change the session. */
void offer_on_reinvite(struct leg *leg, const struct ua_news *news);

/** Its phone has answered our re-INVITE. */
void offer_on_answer(struct leg *leg, const struct ua_news *news);

#endif
