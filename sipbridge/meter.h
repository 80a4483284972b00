/* meter.h - what mypbx-bridge counts */
#ifndef METER_H
#define METER_H

#include "metric.h"

enum { METER_BY_PHONE, METER_BY_CLICK, METER_ORIGINS };

enum {
	METER_CALLS = METRIC_OWN,	/* by enum call_state */
	METER_ATTEMPTS,			/* by origin */
	METER_FAILED,			/* by reason */
	METER_REGISTERED,
	METER_REGISTRATIONS,
	METER_COMMANDS,
	METER_UNSENT,
	METER_DROPPED,
	METER_END
};

/** Begin to count, as bridge conf.bridge. */
void meter_open(void);

/** A second is over: say how things are. */
void meter_tick(int registered, int unsent);

/** A call that was never answered is over. */
void meter_failed(const char *reason);

#endif
