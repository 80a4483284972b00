/* audit.h - what mypbxctl has changed is written down, as what the API has */
#ifndef AUDIT_H
#define AUDIT_H

#include <jansson.h>

#include "ctl.h"

/**
 * Run a verb. One that changes something does it in a transaction, with its
 * line in the audit log, or not at all.
 *
 * @param words  "user add"
 */
enum err audit_run(const char *words, enum err (*run)(const struct args *args),
		   const struct args *args);

/** Remember a change of one thing, for audit_write(). @param detail  stolen;
 * never a secret */
void audit_note(const char *noun, const char *what, const char *object,
		json_t *detail);

/** Write down what was remembered, in the transaction of the changes. */
enum err audit_write(void);

#endif
