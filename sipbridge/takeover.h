/* takeover.h - what the last life of this bridge has left in Redis */
#ifndef TAKEOVER_H
#define TAKEOVER_H

/**
 * Read what the last life has left. Calls that died with it, those that did not
 * talk yet, end here: they go out of Redis, their users are told, their records
 * are written. Blocking; before the loop runs.
 *
 * @return 0, or -1 when Redis is away
 */
int takeover_run(void);

/** Go on with the others; the SIP socket is open, and nothing was read from it
 * yet. Phones may hang up from now on; done() is called when commands may come,
 * too. */
void takeover_go_on(void (*done)(void));

#endif
