/* meter.h - what mypbx-relay counts */
#ifndef METER_H
#define METER_H

#include "metric.h"

enum { METER_OUTBOX, METER_CALL_RECORDS, METER_COMMAND_STREAM,
	METER_DEAD_LETTERS, METER_QUEUES };

enum {
	METER_QUEUE = METRIC_OWN,	/* by queue */
	METER_LOGINS,
	METER_LIVE,
	METER_LOG_ENTRIES,
	METER_RELAYED,
	METER_RECORDS,
	METER_REFUSED,
	METER_END
};

/** Begin to count. */
void meter_open(void);

#endif
