/* idem.h - a POST that is repeated gets its first answer */
#ifndef IDEM_H
#define IDEM_H

#include "err.h"
#include "fault.h"
#include "reply.h"

/** A request that may be a repetition. */
struct idem {
	char *key;		/* in Redis; NULL: it has no Idempotency-Key */
	char *print;		/* of method, path and body */
};

/**
 * Look whether it was answered before.
 *
 * @param idem      to be cleared, also after a failure
 * @param client_key  Idempotency-Key as sent, or NULL: then nothing happens
 * @param what      method, path and body as one text
 * @param reply     filled when it is a repetition
 * @return OK; ERR_BUSY while the first is being carried out; ERR_VALUE for a
 *         key that was used for something else or cannot be one; ERR_STORE
 */
enum err idem_begin(struct idem *idem, const char *user,
		    const char *client_key, const char *what,
		    struct reply *reply, struct fault *fault);

/** Keep the first answer. One that may be better next time is not kept. */
void idem_end(const struct idem *idem, const struct reply *reply,
	      int retryable);

void idem_clear(struct idem *idem);

#endif
