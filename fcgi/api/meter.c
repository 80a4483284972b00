/* meter.c - what mypbx-api counts, one table */
#include "meter.h"

#include <stdio.h>

#include "conf.h"
#include "err.h"

static const char *error_word(int i)
{
	return err_code((enum err)i);
}

static const struct metric table[METER_END - METRIC_OWN] = {
	[METER_REQUEST - METRIC_OWN] = {
		"mypbx_api_request_duration_seconds", METRIC_DURATION,
		"From a request of a pool to its answer", NULL, NULL, 0 },
	[METER_ERRORS - METRIC_OWN] = {
		"mypbx_api_errors_total", METRIC_COUNTER,
		"Requests answered with a problem, by its code",
		"code", error_word, ERR_COUNT },
	[METER_COMMAND - METRIC_OWN] = {
		"mypbx_api_command_duration_seconds", METRIC_DURATION,
		"From a command to the bridge to its reply, or to the end of"
		" patience", NULL, NULL, 0 },
	[METER_SESSIONS_OPENED - METRIC_OWN] = {
		"mypbx_api_sessions_opened_total", METRIC_COUNTER,
		"Logins that began", NULL, NULL, 0 },
	[METER_SESSIONS_CLOSED - METRIC_OWN] = {
		"mypbx_api_sessions_closed_total", METRIC_COUNTER,
		"Logins that were ended", NULL, NULL, 0 },
};

void meter_open(int i)
{
	char name[64];

	snprintf(name, sizeof(name), "api-%.32s-%d", conf.slot, i + 1);
	metric_open(name, table, METER_END - METRIC_OWN);
	metric_beat();
}
