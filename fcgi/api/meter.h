/* meter.h - what mypbx-api counts */
#ifndef METER_H
#define METER_H

#include "metric.h"

enum {
	METER_REQUEST = METRIC_OWN,	/* duration */
	METER_ERRORS,			/* by enum err */
	METER_COMMAND,			/* duration */
	METER_SESSIONS_OPENED,
	METER_SESSIONS_CLOSED,
	METER_END
};

/** Begin to count, as worker i of the pool conf.slot. */
void meter_open(int i);

#endif
