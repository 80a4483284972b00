/* looks.h - who looked at whom goes from Redis to PostgreSQL */
#ifndef LOOKS_H
#define LOOKS_H

#include "err.h"

/** Bring what was noted; now and then forget what is old. @return OK or why
 * not */
enum err looks_relay(void);

#endif
