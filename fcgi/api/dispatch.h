/* dispatch.h - from a request to its answer */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "request.h"

/**
 * Check a request, let its handler answer, put a problem in place of an error.
 *
 * @param wrong  what request_create() found
 */
void dispatch(struct request *req, enum err wrong);

#endif
