/* check.h - whether what an administrator wrote can be taken */
#ifndef CHECK_H
#define CHECK_H

#include <stddef.h>

#include "err.h"

enum { PASSWORD_MIN = 8, SECRET_LINE_SIZE = 256 };

/* Whether it can be. */
int is_domain(const char *domain);

/* Each says in one line what is wrong and returns ERR_VALUE then. */
enum err check_name(const char *what, const char *name);
enum err check_number(const char *number);
enum err check_digits(const char *what, const char *text, size_t min,
		      size_t max);
enum err check_domain(const char *domain);
enum err check_role(const char *role);
enum err check_text(const char *what, const char *text);
enum err check_secret(const char *what, const char *secret);

/**
 * Read one line from standard input, without echo when that is a terminal.
 *
 * @param line  without its end; empty at the end of the input
 * @param given whether there was a line at all; may be NULL
 */
enum err check_read_secret(const char *prompt, char line[SECRET_LINE_SIZE],
			   int *given);

#endif
