/* meter.c - what mypbx-bridge counts, one table */
#include "meter.h"

#include <stdio.h>
#include <string.h>

#include "call.h"
#include "conf.h"
#include "notify.h"

static const char *const reasons[] = {
	"busy", "cancelled", "failed", "incompatible", "lost", "no_answer",
	"offline", "rejected", "unavailable", "unknown_number", "other",
};

enum { REASONS = sizeof(reasons) / sizeof(*reasons) };

static int by_state[CALL_ENDED + 1];

static const char *state_word(int i)
{
	return call_state_name((enum call_state)i);
}

static const char *origin_word(int i)
{
	return i == METER_BY_PHONE ? "phone" : "click";
}

static const char *reason_word(int i)
{
	return reasons[i];
}

static const struct metric table[METER_END - METRIC_OWN] = {
	[METER_CALLS - METRIC_OWN] = {
		"mypbx_bridge_calls", METRIC_GAUGE,
		"Calls, by the state that their caller sees", "state",
		state_word, CALL_ENDED + 1 },
	[METER_ATTEMPTS - METRIC_OWN] = {
		"mypbx_bridge_call_attempts_total", METRIC_COUNTER,
		"Calls begun, on a phone or by a click", "by", origin_word,
		METER_ORIGINS },
	[METER_FAILED - METRIC_OWN] = {
		"mypbx_bridge_calls_failed_total", METRIC_COUNTER,
		"Calls that ended before they were answered, by reason",
		"reason", reason_word, REASONS },
	[METER_REGISTERED - METRIC_OWN] = {
		"mypbx_bridge_registered_devices", METRIC_GAUGE,
		"Devices that are registered", NULL, NULL, 0 },
	[METER_REGISTRATIONS - METRIC_OWN] = {
		"mypbx_bridge_registrations_total", METRIC_COUNTER,
		"Registrations that began", NULL, NULL, 0 },
	[METER_COMMANDS - METRIC_OWN] = {
		"mypbx_bridge_commands_total", METRIC_COUNTER,
		"Commands taken from the API", NULL, NULL, 0 },
	[METER_UNSENT - METRIC_OWN] = {
		"mypbx_bridge_redis_queue_length", METRIC_GAUGE,
		"Writes that Redis has not answered yet", NULL, NULL, 0 },
	[METER_DROPPED - METRIC_OWN] = {
		"mypbx_bridge_redis_dropped_total", METRIC_COUNTER,
		"Writes given up since Redis was away for too long",
		NULL, NULL, 0 },
};

void meter_open(void)
{
	char name[64];

	snprintf(name, sizeof(name), "bridge-%.32s", conf.bridge);
	metric_open(name, table, METER_END - METRIC_OWN);
}

static void count_call(struct call *call)
{
	by_state[call_state(call, CALLER)]++;
}

void meter_tick(int registered, int unsent)
{
	int i;

	memset(by_state, 0, sizeof(by_state));
	call_each(count_call);
	for (i = 0; i <= CALL_ENDED; i++)
		metric_set_at(METER_CALLS, i, by_state[i]);
	metric_set(METER_REGISTERED, registered);
	metric_set(METER_UNSENT, unsent);
	metric_beat();
	notify_alive();
}

void meter_failed(const char *reason)
{
	int i = 0;

	while (i < REASONS - 1 && strcmp(reasons[i], reason))
		i++;
	metric_add_at(METER_FAILED, i, 1);
}
