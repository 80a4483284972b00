/* inner.h - what machines ask about this system, beside the API */
#ifndef INNER_H
#define INNER_H

#include "request.h"

/** Answer a request for one of these paths. @return whether it was one */
int inner_answer(struct request *req);

#endif
