/* meter.h - what mypbx-events counts */
#ifndef METER_H
#define METER_H

#include "metric.h"

enum { METER_POLL, METER_STREAM, METER_KINDS };

enum {
	METER_SESSIONS = METRIC_OWN,
	METER_PARKED,		/* by kind */
	METER_ENTRIES,		/* by enum event_type; the last: others */
	METER_DELIVERED,
	METER_LATENCY,		/* duration */
	METER_WOKEN,
	METER_ERRORS,		/* by enum err */
	METER_GAPS,
	METER_END
};

/** Begin to count, as process conf.slot. */
void meter_open(void);

/** Say each second that the process works: it serves from now on. */
void meter_start(void);

#endif
