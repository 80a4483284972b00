/* sample.h - looks how much waits in the stores */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "err.h"

/** Look at the queues, and now and then at all logins. @return OK or why not */
enum err sample_run(void);

#endif
