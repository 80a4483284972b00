/* meter.c - what mypbx-webhooks counts, one table */
#include "meter.h"

#include <stddef.h>

#include "book.h"
#include "events/loop.h"
#include "notify.h"
#include "send.h"

enum { BEAT_MS = 1000 };

static struct timer beat;

static const char *answer_word(int i)
{
	static const char *const words[] = { [SEND_DELIVERED] = "taken",
		[SEND_FAILED] = "failed", [SEND_GONE] = "gone" };

	return words[i];
}

static const struct metric table[METER_END - METRIC_OWN] = {
	[METER_ANSWERS - METRIC_OWN] = {
		"mypbx_webhook_answers_total", METRIC_COUNTER,
		"Deliveries to receivers of events, by what came of them",
		"answer", answer_word, SEND_GONE + 1 },
	[METER_ANSWER - METRIC_OWN] = {
		"mypbx_webhook_answer_duration_seconds", METRIC_DURATION,
		"From a delivery begun to its end", NULL, NULL, 0 },
	[METER_DEAD - METRIC_OWN] = {
		"mypbx_webhook_dead_total", METRIC_COUNTER,
		"Events that were given up", NULL, NULL, 0 },
	[METER_WAITING - METRIC_OWN] = {
		"mypbx_webhook_waiting", METRIC_GAUGE,
		"Events that wait for receivers", NULL, NULL, 0 },
	[METER_MISSED - METRIC_OWN] = {
		"mypbx_webhook_gaps_total", METRIC_COUNTER,
		"How often the log no longer reached back to what was next",
		NULL, NULL, 0 },
};

static void on_beat(struct timer *timer)
{
	struct hook *hook;
	int64_t waiting = 0;
	size_t i;

	for (i = 0; (hook = book_hook(i)); i++)
		waiting += hook->count;
	metric_set(METER_WAITING, waiting);
	metric_beat();
	notify_alive();
	loop_timer(timer, BEAT_MS);
}

void meter_open(void)
{
	metric_open("webhooks", table, METER_END - METRIC_OWN);
	beat.on_time = on_beat;
	on_beat(&beat);
}

void meter_close(void)
{
	loop_timer_stop(&beat);
}
