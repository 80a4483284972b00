/* listen.h - the FastCGI socket of a program */
#ifndef LISTEN_H
#define LISTEN_H

/**
 * Take over descriptor 3 when the starter handed it over (LISTEN_FDS=1, and
 * LISTEN_PID is ours or not set), else open conf.listen: a Unix socket for
 * owner and group only.
 *
 * @return the listening descriptor, or -1 (logged)
 */
int listen_open(void);

#endif
