/* stamp.h - points in time as text and as milliseconds */
#ifndef STAMP_H
#define STAMP_H

#include <stdint.h>

#include <jansson.h>

enum { STAMP_SIZE = 25 };	/* "2026-11-22T21:10:03.117Z" and its end */

/** Now, in ms since 1970. */
int64_t stamp_ms(void);

/** Now on a clock that never jumps, in ms; only differences mean something. */
int64_t stamp_steady_ms(void);

/** The same in us. */
int64_t stamp_steady_us(void);

/** Format as RFC 3339 UTC with ms. @return buf */
char *stamp_format(int64_t ms, char buf[STAMP_SIZE]);

/** The same as JSON, null for 0; new. */
json_t *stamp_to_json(int64_t ms);

/** Read what stamp_format() wrote. @return ms, or 0 for anything else */
int64_t stamp_parse(const char *text);

/** Read a time as others write it: RFC 3339, any zone. @return 0, or -1 for
 * anything else */
int stamp_read(const char *text, int64_t *ms);

/** Format now. @return buf */
char *stamp_now(char buf[STAMP_SIZE]);

/** Format today, "2026-11-28", of UTC. @return buf */
char *stamp_day(char buf[STAMP_SIZE]);

#endif
