/* pollers.h - the loop that clients and publisher share */
#ifndef POLLERS_H
#define POLLERS_H

#include <stdint.h>

enum { POLLERS_OUT = 1 << 24, POLLERS_ORDERS = 1 << 25 };

/** Tell epoll about a descriptor; `index` comes back with what it says:
 * a client's, or POLLERS_OUT + a connection of the publisher. */
void pollers_watch(int fd, int op, uint32_t epoll_events, uint32_t index);

#endif
