/* park.h - requests that wait for events */
#ifndef PARK_H
#define PARK_H

#include "link.h"

/*
 * The life of a request for events:
 *
 *  1. conn reads it: park_on_request(). What is wrong is answered.
 *  2. session is asked for the login: POLL_ASKED until park_on_session().
 *  3. Its cursor is judged. Of another epoch: POLL_DOUBT until Redis has said
 *     which epoch is the right one. While it is not known what its user may
 *     see: POLL_BLIND until park_on_watch(). Older than the ring: POLL_OLD,
 *     park_on_part() brings what Redis still has, be it 410.
 *  4. Something is new: answered. If not: POLL_PARKED until
 *     - feed brings an entry for it: park_on_entry(), park_on_news()
 *     - its time is over
 *     - its instance asks again, its session ends, or this program
 *     A stream is POLL_STREAM from here on: it gets entries until it ends.
 *  5. conn tells when the client has gone: park_on_gone().
 */

/** @param ask  link for questions; borrowed, as long as the program lives */
void park_open(struct link *ask);

/** Answer everything at once, and from now on what still comes. */
void park_drain(void);

#endif
