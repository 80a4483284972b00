/* orphan.h - ends what rang for the last life of this bridge */
#ifndef ORPHAN_H
#define ORPHAN_H

/**
 * Kamailio still waits for answers to INVITEs that nobody here knows any more.
 * It is told to answer them itself: who calls hears 503, what rings falls
 * silent. Blocking; before the SIP socket opens, so that none of them is ours.
 * Nothing happens when Kamailio is away.
 */
void orphans_end(void);

#endif
