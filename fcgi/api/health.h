/* health.h - whether all parts of this host are there */
#ifndef HEALTH_H
#define HEALTH_H

#include <jansson.h>

/**
 * Look at each part; within a second, also when one of them says nothing. Who
 * asks again at once is told the same.
 *
 * @return new: {"status", "missing": [...]}
 */
json_t *health_look(int *ready);

#endif
