/* mem.h - memory that is there, or the program ends */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

/** Zeroed memory; new. Ends the program when there is none. */
void *mem_zalloc(size_t size);

/** Grow or shrink; the old block is stolen. Ends the program likewise. */
void *mem_realloc(void *block, size_t size);

/** Copy of a text; new. NULL stays NULL. */
char *mem_strdup(const char *text);

/** printf into a new text. */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** Replace *text by a copy of `with` (NULL: by nothing). */
void mem_set(char **text, const char *with);

/** Let jansson use this allocator; once, first thing in main(). */
void mem_init(void);

#endif
