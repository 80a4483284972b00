/* metric.c - what a process counts, in a small file that others can read */
#include "metric.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf.h"
#include "config.h"
#include "log.h"
#include "mem.h"
#include "metric_file.h"
#include "stamp.h"

enum { METRICS_MAX = 64, BEAT_MS = 900 };

static const char *version_word(int i)
{
	return PACKAGE_VERSION;
}

static const struct metric common[METRIC_OWN] = {
	[METRIC_BUILD] = { "mypbx_build_info", METRIC_LARGEST,
		"Version of the program", "version", version_word, 1 },
	[METRIC_STARTED] = { "mypbx_process_start_time_seconds", METRIC_LARGEST,
		"When the process started, in seconds since 1970",
		NULL, NULL, 0 },
	[METRIC_MEMORY] = { "mypbx_process_resident_memory_bytes",
		METRIC_GAUGE, "Memory of the process", NULL, NULL, 0 },
	[METRIC_HEAP] = { "mypbx_process_heap_bytes", METRIC_GAUGE,
		"Memory that the process has asked for and not given back: "
		"what leaks grows here", NULL, NULL, 0 },
	[METRIC_REDIS_LOST] = { "mypbx_redis_outages_total", METRIC_COUNTER,
		"How often the process has lost Redis", NULL, NULL, 0 },
	[METRIC_DATABASE_LOST] = { "mypbx_postgresql_outages_total",
		METRIC_COUNTER, "How often the process has lost PostgreSQL",
		NULL, NULL, 0 },
};

/* Upper bounds of a histogram. */
static const struct {
	int64_t us;
	const char *word;
} bounds[] = {
	{ 500, "0.0005" }, { 1000, "0.001" }, { 2500, "0.0025" },
	{ 5000, "0.005" }, { 10000, "0.01" }, { 25000, "0.025" },
	{ 50000, "0.05" }, { 100000, "0.1" }, { 250000, "0.25" },
	{ 500000, "0.5" }, { 1000000, "1" }, { 2500000, "2.5" },
	{ 5000000, "5" }, { 10000000, "10" }, { INT64_MAX, "+Inf" },
};

enum { BOUNDS = sizeof(bounds) / sizeof(*bounds) };

static struct metric_head *head;
static struct metric_cell *cells;	/* NULL: not open */
static int first[METRICS_MAX];		/* cell of a metric */
static int words[METRICS_MAX];
static int cell_count;

static struct metric_cell *add_cell(const struct metric *m, enum metric_kind
				    kind, const char *label, const char *word)
{
	struct metric_cell *cell = &cells[cell_count++];

	snprintf(cell->name, sizeof(cell->name), "%s", m->name);
	snprintf(cell->label, sizeof(cell->label), "%s", label);
	snprintf(cell->word, sizeof(cell->word), "%s", word);
	snprintf(cell->help, sizeof(cell->help), "%s", m->help);
	cell->kind = kind;
	return cell;
}

static void add_duration(const struct metric *m)
{
	int i;

	for (i = 0; i < BOUNDS; i++)
		add_cell(m, CELL_BUCKET, "le", bounds[i].word);
	add_cell(m, CELL_SUM, "", "");
}

static void add_metric(int id, const struct metric *m)
{
	static const enum metric_kind kinds[] = {
		[METRIC_COUNTER] = CELL_COUNTER,
		[METRIC_GAUGE] = CELL_GAUGE,
		[METRIC_LARGEST] = CELL_LARGEST,
		[METRIC_DURATION] = CELL_BUCKET,
	};
	enum metric_kind kind = kinds[m->type];
	int i;

	first[id] = cell_count;
	words[id] = m->label ? m->words : 1;
	if (m->type == METRIC_DURATION)
		add_duration(m);
	else if (!m->label)
		add_cell(m, kind, "", "");
	else
		for (i = 0; i < m->words; i++)
			add_cell(m, kind, m->label, m->word(i));
}

static int cells_of(const struct metric *table, int rows)
{
	int i, n = 0;

	for (i = 0; i < rows; i++)
		if (table[i].type == METRIC_DURATION)
			n += BOUNDS + 1;
		else
			n += table[i].label ? table[i].words : 1;
	return n;
}

/* What was counted before; the program may have learnt new words since. */
static void carry_over(const struct metric_file *old)
{
	size_t k;
	int i;

	for (i = 0; i < cell_count; i++)
		for (k = 0; k < old->count; k++)
			if (cells[i].kind != CELL_GAUGE &&
			    cells[i].kind != CELL_LARGEST &&
			    old->cells[k].kind == cells[i].kind &&
			    !strcmp(old->cells[k].name, cells[i].name) &&
			    !strcmp(old->cells[k].word, cells[i].word)) {
				cells[i].value = old->cells[k].value;
				break;
			}
}

static void *map_private(size_t size)
{
	return mem_zalloc(size);
}

/* Room is taken now: a full disk must not end us when we count. */
static void *map_file(const char *path, size_t size)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	void *map = MAP_FAILED;
	int fd;

	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		return NULL;
	if (!fcntl(fd, F_OFD_SETLK, &lock)) {
		errno = posix_fallocate(fd, 0, (off_t)size);
		if (!errno)
			map = mmap(NULL, size, PROT_READ | PROT_WRITE,
				MAP_SHARED, fd, 0);
	}
	if (map != MAP_FAILED)
		return map;	/* the descriptor holds the lock: it stays */
	close(fd);
	unlink(path);
	return NULL;
}

static void fill(const struct metric *table, int rows)
{
	int i;

	memcpy(head->magic, METRIC_MAGIC, sizeof(head->magic));
	head->size = sizeof(*cells);
	for (i = 0; i < METRIC_OWN; i++)
		add_metric(i, &common[i]);
	for (i = 0; i < rows; i++)
		add_metric(METRIC_OWN + i, &table[i]);
	head->cells = (uint32_t)cell_count;
}

static void *map(const char *name, const char *path, size_t size,
		 const struct metric_file *old)
{
	const char *why = "no such folder, or not ours";
	void *memory = NULL;

	if (!*conf.metrics_dir || !metric_name_fits(name))
		return map_private(size);
	if (old->alive)
		why = "another process has this name";
	else
		memory = map_file(path, size);
	if (!memory)
		log_warn("metrics of %s for nobody why=%s", name, why);
	return memory ? memory : map_private(size);
}

void metric_open(const char *name, const struct metric *table, int rows)
{
	int n = cells_of(common, METRIC_OWN) + cells_of(table, rows);
	char path[METRIC_PATH_SIZE], fresh[METRIC_PATH_SIZE + 8];
	struct metric_file old = { .count = 0 };

	assert(n <= METRIC_CELLS_MAX && METRIC_OWN + rows <= METRICS_MAX);
	metric_path(path, name);
	snprintf(fresh, sizeof(fresh), "%s.new", path);
	if (metric_name_fits(name))
		metric_file_read(&old, path);
	head = map(name, fresh, sizeof(*head) + (size_t)n * sizeof(*cells),
		&old);
	cells = (struct metric_cell *)(void *)(head + 1);
	cell_count = 0;
	fill(table, rows);
	if (!old.alive)
		carry_over(&old);
	metric_file_clear(&old);
	metric_set_at(METRIC_BUILD, 0, 1);
	metric_set(METRIC_STARTED, stamp_ms() / 1000);
	rename(fresh, path);
}

void metric_add_at(int id, int word, int64_t n)
{
	if (cells && word >= 0 && word < words[id])
		cells[first[id] + word].value += n;
}

void metric_add(int id, int64_t n)
{
	metric_add_at(id, 0, n);
}

void metric_set_at(int id, int word, int64_t value)
{
	if (cells && word >= 0 && word < words[id])
		cells[first[id] + word].value = value;
}

void metric_set(int id, int64_t value)
{
	metric_set_at(id, 0, value);
}

void metric_took(int id, int64_t us)
{
	int i = 0;

	if (!cells)
		return;
	while (us > bounds[i].us)
		i++;
	cells[first[id] + i].value++;
	cells[first[id] + BOUNDS].value += us > 0 ? us : 0;
}

static int64_t resident(void)
{
	long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%*d %lld", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static int64_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return (int64_t)(info.uordblks + info.hblkhd);
}

void metric_beat(void)
{
	int64_t now = stamp_steady_ms();

	if (!cells || now - head->beat_ms < BEAT_MS)
		return;
	metric_set(METRIC_MEMORY, resident());
	metric_set(METRIC_HEAP, in_use());
	head->beat_ms = now;
}
