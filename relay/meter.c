/* meter.c - what mypbx-relay counts, one table */
#include "meter.h"

#include <stddef.h>

static const char *queue_word(int i)
{
	static const char *const words[METER_QUEUES] = { "outbox",
		"call_records", "commands", "dead_letters" };

	return words[i];
}

static const struct metric table[METER_END - METRIC_OWN] = {
	[METER_QUEUE - METRIC_OWN] = {
		"mypbx_queue_length", METRIC_GAUGE,
		"Entries that wait to be taken, looked at every 10 s", "queue",
		queue_word, METER_QUEUES },
	[METER_LOGINS - METRIC_OWN] = {
		"mypbx_logins", METRIC_GAUGE,
		"Logins that are open, counted every minute", NULL, NULL, 0 },
	[METER_LIVE - METRIC_OWN] = {
		"mypbx_live_sessions", METRIC_GAUGE,
		"Clients that wait for events, or did a moment ago; counted"
		" every minute", NULL, NULL, 0 },
	[METER_LOG_ENTRIES - METRIC_OWN] = {
		"mypbx_event_log_entries", METRIC_GAUGE,
		"Entries that the event log holds", NULL, NULL, 0 },
	[METER_RELAYED - METRIC_OWN] = {
		"mypbx_relay_events_total", METRIC_COUNTER,
		"Rows of the outbox brought to the event log", NULL, NULL, 0 },
	[METER_RECORDS - METRIC_OWN] = {
		"mypbx_relay_call_records_total", METRIC_COUNTER,
		"Call records brought to PostgreSQL", NULL, NULL, 0 },
	[METER_REFUSED - METRIC_OWN] = {
		"mypbx_relay_call_records_refused_total", METRIC_COUNTER,
		"Call records that PostgreSQL cannot take", NULL, NULL, 0 },
};

void meter_open(void)
{
	metric_open("relay", table, METER_END - METRIC_OWN);
	metric_beat();
}
