/* op.h - a command on its way, until its outcome is told */
#ifndef OP_H
#define OP_H

#include <stdint.h>

#include <jansson.h>

#include "cause.h"
#include "err.h"
#include "ids.h"

/** Whoever has one owns it, and tells its outcome once, which frees it. */
struct op {
	char id[ID_SIZE];
	char *user;
	int64_t deadline_ms;
};

struct op *op_create(const char *id, const char *user, int64_t deadline_ms);

/** Whether nobody waits for its outcome any more. */
int op_is_late(const struct op *op);

/** It is done. @param body  stolen: the object as it now is; NULL for op: a
 * caller without a command */
void op_done(struct op *op, int status, json_t *body);

/** It cannot be done. Who waits no longer hears `operation.failed`. */
void op_failed(struct op *op, enum err err, const char *detail);

/** As op_failed(), for a member of the request with a wrong value. */
void op_wrong(struct op *op, const char *pointer, const char *code,
	      const char *detail);

/** A phone or the far end said no. */
void op_refused(struct op *op, struct cause cause);

#endif
