/* fault.h - what there is to say about a failure besides its error code */
#ifndef FAULT_H
#define FAULT_H

#include <jansson.h>

#include "err.h"

/** Filled by whoever finds the fault, put into the problem by dispatch. */
struct fault {
	char detail[256];	/* one sentence for people; "" for none */
	int retry_s;		/* ask again not before; 0 for the usual */
	json_t *sip;		/* owned: {"status", "reason", "q850"} */
	json_t *errors;		/* owned: [{"pointer", "code"}] */
};

/** Say what is the matter. @return err */
enum err fault_set(struct fault *fault, enum err err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** A value is wrong: where (RFC 6901, "/to") and how. @return ERR_VALUE */
enum err fault_value(struct fault *fault, const char *pointer,
		     const char *code);

void fault_clear(struct fault *fault);

#endif
