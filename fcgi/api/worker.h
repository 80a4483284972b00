/* worker.h - one process that answers requests, one after the other */
#ifndef WORKER_H
#define WORKER_H

#include <signal.h>

/**
 * Answer what comes in at the FastCGI socket until SIGTERM; then the request
 * at hand is finished first.
 *
 * @param number     among the workers of the pool, from 0
 * @param unblocked  signal mask to work with
 */
void worker_run(int number, int listener, const sigset_t *unblocked);

#endif
