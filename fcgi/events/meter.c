/* meter.c - what mypbx-events counts, one table */
#include "meter.h"

#include <stdio.h>

#include "conf.h"
#include "err.h"
#include "event.h"
#include "loop.h"
#include "notify.h"

enum { BEAT_MS = 1000 };

static struct timer beat;

static const char *kind_word(int i)
{
	return i == METER_POLL ? "poll" : "stream";
}

static const char *event_word(int i)
{
	return i == EVENT_COUNT ? "other" : event_name((enum event_type)i);
}

static const char *error_word(int i)
{
	return err_code((enum err)i);
}

static const struct metric table[METER_END - METRIC_OWN] = {
	[METER_SESSIONS - METRIC_OWN] = {
		"mypbx_events_sessions", METRIC_GAUGE,
		"Logins that the process knows", NULL, NULL, 0 },
	[METER_PARKED - METRIC_OWN] = {
		"mypbx_events_parked", METRIC_GAUGE,
		"Requests that wait for events", "kind", kind_word,
		METER_KINDS },
	[METER_ENTRIES - METRIC_OWN] = {
		"mypbx_events_entries_total", METRIC_COUNTER,
		"Entries of the event log that the process has read, by type",
		"type", event_word, EVENT_COUNT + 1 },
	[METER_DELIVERED - METRIC_OWN] = {
		"mypbx_events_delivered_total", METRIC_COUNTER,
		"Events put into answers and streams", NULL, NULL, 0 },
	[METER_LATENCY - METRIC_OWN] = {
		"mypbx_events_latency_seconds", METRIC_DURATION,
		"From an event written to a waiting request answered, in whole"
		" ms; but not who is online, which is gathered", NULL, NULL,
		0 },
	[METER_WOKEN - METRIC_OWN] = {
		"mypbx_events_woken_polls", METRIC_GAUGE,
		"Waiting requests that the last batch of events has woken",
		NULL, NULL, 0 },
	[METER_ERRORS - METRIC_OWN] = {
		"mypbx_events_errors_total", METRIC_COUNTER,
		"Requests answered with a problem, by its code",
		"code", error_word, ERR_COUNT },
	[METER_GAPS - METRIC_OWN] = {
		"mypbx_events_gaps_total", METRIC_COUNTER,
		"How often the log no longer reached back to the process",
		NULL, NULL, 0 },
};

static void on_beat(struct timer *timer)
{
	metric_beat();
	notify_alive();
	loop_timer(timer, BEAT_MS);
}

void meter_open(void)
{
	char name[64];

	snprintf(name, sizeof(name), "events-%.32s", conf.slot);
	metric_open(name, table, METER_END - METRIC_OWN);
}

void meter_start(void)
{
	beat.on_time = on_beat;
	on_beat(&beat);
}
