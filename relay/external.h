/* external.h - tells the bridge who looks at contacts of other domains */
#ifndef EXTERNAL_H
#define EXTERNAL_H

#include "err.h"

/** Find who looks at whom, and tell it when it has changed. */
enum err external_run(void);

#endif
