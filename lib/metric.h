/* metric.h - what a process counts, in a small file that others can read
 *
 * Counting is an add to mapped memory. The file lives in conf.metrics_dir and
 * is named after its process: it needs no store to be read, and the next life
 * of the process counts on in it.
 */
#ifndef METRIC_H
#define METRIC_H

#include <stdint.h>

enum metric_type {
	METRIC_COUNTER,		/* grows, also over the lives of a process */
	METRIC_GAUGE,		/* how it is now; 0 when the process starts */
	METRIC_LARGEST,		/* a gauge: of several workers the largest */
	METRIC_DURATION		/* a histogram */
};

/** A row of a program's table. */
struct metric {
	const char *name;	/* "mypbx_calls_total", with its unit */
	enum metric_type type;
	const char *help;
	/* It has a label, with so many words; not for METRIC_DURATION. */
	const char *label;
	const char *(*word)(int i);
	int words;
};

/** What every program counts; its own ids go on from METRIC_OWN. */
enum {
	METRIC_BUILD,
	METRIC_STARTED,
	METRIC_MEMORY,
	METRIC_HEAP,
	METRIC_REDIS_LOST,
	METRIC_DATABASE_LOST,
	METRIC_OWN
};

/**
 * Begin to count. Where there is no file to be had, it counts for nobody, and
 * says so in the log.
 *
 * @param name   of the file, "events-1" or, for one of several workers that
 *               are shown as one, "api-login-3"
 * @param table  rows of the ids from METRIC_OWN on; borrowed
 */
void metric_open(const char *name, const struct metric *table, int rows);

/** Count; nothing happens before metric_open(). */
void metric_add(int id, int64_t n);
void metric_add_at(int id, int word, int64_t n);

/** Say how a gauge is. */
void metric_set(int id, int64_t value);
void metric_set_at(int id, int word, int64_t value);

/** Something took so long. */
void metric_took(int id, int64_t us);

/** Say that the process works; as often as one likes. */
void metric_beat(void);

#endif
