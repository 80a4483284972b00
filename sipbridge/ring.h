/* ring.h - rings phones for a call, until one of them is the callee's */
#ifndef RING_H
#define RING_H

#include "call.h"
#include "target.h"

/**
 * Whom the call's target means now: who was dialled may have gone since the
 * click. The trunk reaches users only: nobody outside may call out at our
 * cost.
 *
 * @return OK, or ERR_VALUE when nobody is meant
 */
enum err ring_find_target(const struct call *call, struct target *target);

/** Ring the target: all devices of a user, one device, or the trunk. Ends the
 * call when there is nobody to ring. */
void ring_target(struct call *call);

/** Nobody has answered in time; the mobile is to ring now. timer_fn. */
void ring_on_no_answer(void *call);
void ring_on_mobile(void *call);

/** Ring the caller's own phone, which shows whom it will reach. */
void ring_own_device(struct call *call, const char *device);

/** A leg that leads to the callee is no longer what it was. */
void ring_on_leg(struct call *call, struct leg *leg,
		 const struct ua_news *news);

/** Pass a callee's 1xx on to a caller who waits in his own INVITE. Early media
 * only from a single device: two cannot talk in one early dialog. */
void ring_caller(struct call *call, const struct ua_news *news);

#endif
