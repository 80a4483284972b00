/* fake_redis.h - the event log, in a test */
#ifndef FAKE_REDIS_H
#define FAKE_REDIS_H

/** Events since the last look, "alice call.delivered ringback; ..."; presence
 * is left out. The text lives until the next look. */
const char *fake_redis_events(void);

/** State of a user as published last: "free", "alerting" or "busy". */
const char *fake_redis_presence(const char *user);

/** Call records since the last look, "alice out 486 busy; ...". */
const char *fake_redis_records(void);

/** Id of the user's newest call. */
const char *fake_redis_call(const char *user);

/** Id of the newest transfer. */
const char *fake_redis_transfer(void);

/** The answer to the last command since the last look. */
const char *fake_redis_outcome(void);

/** What is written of the only call that talks, or "". */
const char *fake_redis_saved(void);

#endif
