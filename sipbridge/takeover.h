/* takeover.h - what the last life of this bridge has left in Redis */
#ifndef TAKEOVER_H
#define TAKEOVER_H

/**
 * End the calls that died with the last life: take them out of Redis, tell
 * their users, write their records. Blocking; before the loop runs.
 *
 * @return 0, or -1 when Redis is away
 */
int takeover_run(void);

#endif
