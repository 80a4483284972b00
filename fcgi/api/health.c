/* health.c - whether all parts of this host are there */
#include "health.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "metric_file.h"
#include "probe.h"
#include "stamp.h"

enum {
	SILENT_MS = 3000,	/* programs say each second that they work */
	KEEP_MS = 1000		/* looking costs: not more often */
};

static int works(const char *name)
{
	char path[METRIC_PATH_SIZE];
	struct metric_file file;
	int fine;

	if (metric_file_read(&file, metric_path(path, name)))
		return 0;
	fine = file.alive &&
		stamp_steady_ms() - file.head.beat_ms < SILENT_MS;
	metric_file_clear(&file);
	return fine;
}

static int bridge_works(void)
{
	char name[64];

	snprintf(name, sizeof(name), "bridge-%.32s", conf.bridge);
	return works(name);
}

/* All that have ever run here, and one at least. */
static int events_work(void)
{
	DIR *folder = opendir(conf.metrics_dir);
	struct dirent *entry;
	int fine = 1, n = 0;

	while (folder && (entry = readdir(folder)))
		if (metric_name_fits(entry->d_name) &&
		    !strncmp(entry->d_name, "events-", 7)) {
			fine = fine && works(entry->d_name);
			n++;
		}
	if (folder)
		closedir(folder);
	return n && fine;
}

static int relay_works(void)
{
	return works("relay");
}

static int webhooks_work(void)
{
	return works("webhooks");
}

static const struct {
	const char *name;
	int (*works)(void);
} parts[] = {
	{ "redis", probe_redis },
	{ "postgresql", probe_database },
	{ "bridge", bridge_works },
	{ "kamailio", probe_edge },
	{ "events", events_work },
	{ "relay", relay_works },
	{ "webhooks", webhooks_work },
};

static json_t *look(void)
{
	json_t *missing = json_array();
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!parts[i].works())
			json_array_append_new(missing,
				json_string(parts[i].name));
	return missing;
}

json_t *health_look(int *ready)
{
	static json_t *missing;
	static int64_t looked_ms;

	if (!missing || stamp_steady_ms() - looked_ms >= KEEP_MS) {
		json_decref(missing);
		missing = look();
		looked_ms = stamp_steady_ms();
	}
	*ready = !json_array_size(missing);
	return json_pack("{s:s, s:O}", "status", *ready ? "ready" :
		"not_ready", "missing", missing);
}
