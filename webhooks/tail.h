/* tail.h - reads the event log for all receivers */
#ifndef TAIL_H
#define TAIL_H

#include "event.h"

/** Begin; the receivers are known. */
void tail_open(void);
void tail_close(void);

/** Up to where the log was read; epoch 0: not known yet. */
const struct cursor *tail_at(void);

#endif
