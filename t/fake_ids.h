/* fake_ids.h - names and chances that are the same in each run of a test */
#ifndef FAKE_IDS_H
#define FAKE_IDS_H

#include <stdint.h>

/** Begin a row of chances. */
void fake_ids_seed(uint64_t seed);

/** The next chance: 0 to n - 1. */
int fake_ids_below(int n);

#endif
