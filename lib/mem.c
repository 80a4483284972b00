/* mem.c - memory that is there, or the program ends */
#include "mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "log.h"

/* State is in Redis and PostgreSQL, the service unit restarts us: ending is
 * cheaper and safer than error paths that no test ever takes. */
static void *must(void *block)
{
	if (!block) {
		log_error("memory exhausted");
		abort();
	}
	return block;
}

static void *must_malloc(size_t size)
{
	return must(malloc(size));
}

void *mem_zalloc(size_t size)
{
	return must(calloc(1, size));
}

void *mem_realloc(void *block, size_t size)
{
	return must(realloc(block, size));
}

char *mem_strdup(const char *text)
{
	return text ? must(strdup(text)) : NULL;
}

char *mem_printf(const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return must(n < 0 ? NULL : text);
}

void mem_set(char **text, const char *with)
{
	char *copy = mem_strdup(with);	/* `with` may lie inside *text */

	free(*text);
	*text = copy;
}

void mem_init(void)
{
	json_set_alloc_funcs(must_malloc, free);
	/* a page that comes and goes with every call costs more than it is */
	mallopt(M_TRIM_THRESHOLD, 4 << 20);
	mallopt(M_MMAP_THRESHOLD, 4 << 20);	/* nor with an answer */
	mallopt(M_TOP_PAD, 256 << 10);
}
