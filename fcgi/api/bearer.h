/* bearer.h - the header that carries a token */
#ifndef BEARER_H
#define BEARER_H

#include "request.h"
#include "session.h"

/** Whether the request comes with a token; then its cookie does not count. */
int bearer_is(const struct request *req);

/** The token. @return 0, or -1 when it cannot be one of ours */
int bearer_get(const struct request *req, char value[COOKIE_SIZE]);

#endif
