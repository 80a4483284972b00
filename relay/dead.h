/* dead.h - what webhooks have given up goes to PostgreSQL */
#ifndef DEAD_H
#define DEAD_H

#include "err.h"

/** Bring what waits; now and then drop what is old. @return OK or why not */
enum err dead_relay(void);

#endif
