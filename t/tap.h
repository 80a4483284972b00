/* tap.h - tests that speak TAP */
#ifndef TAP_H
#define TAP_H

#include <jansson.h>

/** How many tests come; first. Without it done() counts: for ladders. */
void plan(int count);

/** A test; the rest is printf for its name. @return cond */
int ok(int cond, const char *name, ...) __attribute__((format(printf, 2, 3)));
int is_int(long long got, long long want, const char *name, ...)
	__attribute__((format(printf, 3, 4)));
int is_str(const char *got, const char *want, const char *name, ...)
	__attribute__((format(printf, 3, 4)));

/** Compare with a JSON text written with single quotes. `got` is borrowed. */
int is_json(const json_t *got, const char *want, const char *name, ...)
	__attribute__((format(printf, 3, 4)));

/** Say something for people. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** Exit status: 0 when all planned tests ran and passed. */
int done(void);

#endif
