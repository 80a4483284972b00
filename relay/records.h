/* records.h - call records go to PostgreSQL */
#ifndef RECORDS_H
#define RECORDS_H

#include "err.h"

/**
 * Take all records of the stream: those taken but not finished in an earlier
 * life first. A record leaves the stream only after the commit; what
 * PostgreSQL refuses as bad moves to a stream of its own.
 *
 * @return OK when none is left; ERR_DB, ERR_STORE: come again
 */
enum err records_relay(void);

/** Descriptor that becomes readable when there are records; -1: none. */
int records_fd(void);

void records_close(void);

#endif
