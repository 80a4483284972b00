/* meter.h - what mypbx-webhooks counts */
#ifndef METER_H
#define METER_H

#include "metric.h"

enum {
	METER_ANSWERS = METRIC_OWN,	/* by enum send_result */
	METER_ANSWER,
	METER_DEAD,
	METER_WAITING,
	METER_MISSED,
	METER_END
};

/** Begin to count, and to say that we work: needs the loop. */
void meter_open(void);
void meter_close(void);

#endif
