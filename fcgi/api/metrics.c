/* metrics.c - the metrics of all processes, as Prometheus reads them
 *
 * The workers of a pool, "api-login-1" and its brothers, are one process here.
 */
#include "metrics.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "mem.h"
#include "metric_file.h"

enum { FILES_MAX = 256 };

/* A number of one process. */
struct row {
	char process[64];
	struct metric_cell cell;
};

static struct {
	struct row *rows;
	size_t count, room;
} table;

static void add(const char *process, const struct metric_cell *cell)
{
	struct row *row;

	if (table.count == table.room) {
		table.room = table.room ? table.room * 2 : 256;
		table.rows = mem_realloc(table.rows,
			table.room * sizeof(*table.rows));
	}
	row = &table.rows[table.count++];
	snprintf(row->process, sizeof(row->process), "%s", process);
	row->cell = *cell;
}

/* "api-login-3" -> "api-login"; "events-1" stays */
static void name_process(char process[64], const char *file)
{
	char *last;
	size_t n;

	snprintf(process, 64, "%s", file);
	last = strrchr(process, '-');
	n = last ? strspn(last + 1, "0123456789") : 0;
	if (n && !last[n + 1] && strchr(process, '-') != last)
		*last = '\0';
}

static void add_own(const char *process, const char *name, const char *help,
		    int64_t value)
{
	struct metric_cell cell = { .kind = CELL_GAUGE, .value = value };

	snprintf(cell.name, sizeof(cell.name), "%s", name);
	snprintf(cell.help, sizeof(cell.help), "%s", help);
	add(process, &cell);
}

static int is_gauge(const struct metric_cell *cell)
{
	return cell->kind == CELL_GAUGE || cell->kind == CELL_LARGEST;
}

/* How things were for a process that has gone says nothing. */
static void add_file(const char *name)
{
	char path[METRIC_PATH_SIZE], process[64];
	struct metric_file file;
	size_t i;

	if (metric_file_read(&file, metric_path(path, name)))
		return;
	name_process(process, name);
	add_own(process, "mypbx_processes_running",
		"Processes that run, 0 where all have ended", file.alive);
	for (i = 0; i < file.count; i++)
		if (file.alive || !is_gauge(&file.cells[i]))
			add(process, &file.cells[i]);
	metric_file_clear(&file);
}

static void add_files(void)
{
	DIR *folder = opendir(conf.metrics_dir);
	struct dirent *entry;
	int n = 0;

	while (folder && n < FILES_MAX && (entry = readdir(folder)))
		if (metric_name_fits(entry->d_name)) {
			add_file(entry->d_name);
			n++;
		}
	if (folder)
		closedir(folder);
}

static int compare_words(const struct metric_cell *a,
			 const struct metric_cell *b)
{
	double x, y;

	if (a->kind != CELL_BUCKET)
		return strcmp(a->word, b->word);
	x = strtod(a->word, NULL);
	y = strtod(b->word, NULL);
	return (x > y) - (x < y);
}

static int compare(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = strcmp(x->cell.name, y->cell.name);

	if (!order)
		order = strcmp(x->process, y->process);
	if (!order)
		order = (int)x->cell.kind - (int)y->cell.kind;
	if (!order)
		order = strcmp(x->cell.label, y->cell.label);
	return order ? order : compare_words(&x->cell, &y->cell);
}

/* Rows of workers become one. */
static void merge(void)
{
	struct row *to = table.rows, *row = to;

	for (row++; row < table.rows + table.count; row++) {
		if (compare(to, row))
			*++to = *row;
		else if (row->cell.kind != CELL_LARGEST)
			to->cell.value = (int64_t)((uint64_t)to->cell.value +
				(uint64_t)row->cell.value);
		else if (row->cell.value > to->cell.value)
			to->cell.value = row->cell.value;
	}
	table.count = (size_t)(to - table.rows) + 1;
}

static const char *type_name(const struct metric_cell *cell)
{
	if (cell->kind == CELL_COUNTER)
		return "counter";
	return is_gauge(cell) ? "gauge" : "histogram";
}

static void put_head(FILE *f, const struct metric_cell *cell)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", cell->name, cell->help,
		cell->name, type_name(cell));
}

static void put_plain(FILE *f, const struct row *row)
{
	const struct metric_cell *cell = &row->cell;

	fprintf(f, "%s{process=\"%s\"", cell->name, row->process);
	if (*cell->label)
		fprintf(f, ",%s=\"%s\"", cell->label, cell->word);
	fprintf(f, "} %" PRId64 "\n", cell->value);
}

/* Buckets are counted one by one, and told as sums. */
static void put_duration(FILE *f, const struct row *row, uint64_t *sum)
{
	const struct metric_cell *cell = &row->cell;

	if (cell->kind == CELL_BUCKET) {
		*sum += (uint64_t)cell->value;
		fprintf(f, "%s_bucket{process=\"%s\",le=\"%s\"} %" PRIu64
			"\n", cell->name, row->process, cell->word, *sum);
		return;
	}
	fprintf(f, "%s_sum{process=\"%s\"} %.6f\n%s_count{process=\"%s\"} %"
		PRIu64 "\n", cell->name, row->process,
		(double)cell->value / 1e6, cell->name, row->process, *sum);
	*sum = 0;
}

static void put_rows(FILE *f)
{
	const struct metric_cell *family = NULL;
	const struct row *row;
	uint64_t sum = 0;

	for (row = table.rows; row < table.rows + table.count; row++) {
		if (!family || strcmp(family->name, row->cell.name)) {
			family = &row->cell;
			put_head(f, family);
			sum = 0;
		}
		/* of another version, with another idea of it */
		if (strcmp(type_name(family), type_name(&row->cell)))
			continue;
		if (row->cell.kind == CELL_BUCKET ||
		    row->cell.kind == CELL_SUM)
			put_duration(f, row, &sum);
		else
			put_plain(f, row);
	}
}

char *metrics_text(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	table.count = 0;
	add_files();
	if (table.count) {
		qsort(table.rows, table.count, sizeof(*table.rows), compare);
		merge();
		put_rows(f);
	}
	fclose(f);
	return text;
}
