/* inside.h - addresses that strangers must not make us call */
#ifndef INSIDE_H
#define INSIDE_H

#include <sys/socket.h>

/**
 * Whether an address is this machine, its network or no single machine of the
 * Internet: what RFC 6890 lists as not global, an IPv4 address of that kind in
 * IPv6, or an address of one of our interfaces.
 */
int inside(const struct sockaddr *addr);

#endif
