/* metric.c - tests of lib/metric.c, lib/metric_file.c: counts that stay */
#include "metric.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf.h"
#include "metric_file.h"
#include "tap.h"

static char folder[] = "/tmp/mypbx-metric-XXXXXX";

enum { CALLS = METRIC_OWN, LOOK, TOOK, END };

static const char *word(int i)
{
	return i ? "red" : "blue";
}

static const struct metric table[END - METRIC_OWN] = {
	{ "mypbx_calls_total", METRIC_COUNTER, "Calls", "colour", word, 2 },
	{ "mypbx_look", METRIC_GAUGE, "Looks", NULL, NULL, 0 },
	{ "mypbx_took_seconds", METRIC_DURATION, "Took", NULL, NULL, 0 },
};

static long long value(const struct metric_file *file, const char *name,
		       const char *with)
{
	size_t i;

	for (i = 0; i < file->count; i++)
		if (!strcmp(file->cells[i].name, name) &&
		    !strcmp(file->cells[i].word, with))
			return file->cells[i].value;
	return -1;
}

static void read_one(struct metric_file *file)
{
	char path[METRIC_PATH_SIZE];

	memset(file, 0, sizeof(*file));
	if (metric_file_read(file, metric_path(path, "test-1")))
		note("not readable");
}

/* A life of a process: it counts, and ends without a word. */
static void live(int rows)
{
	pid_t pid = fork();
	int i;

	if (!pid) {
		metric_open("test-1", table, rows);
		metric_add_at(CALLS, 1, 2);
		metric_add_at(CALLS, 7, 1);
		metric_add_at(CALLS, -1, 1);
		metric_set(LOOK, 5);
		for (i = 0; rows == 3 && i < 3; i++)
			metric_took(TOOK, 700);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void test_lives(void)
{
	struct metric_file file;

	live(2);
	live(3);
	read_one(&file);
	is_int(value(&file, "mypbx_calls_total", "red"), 4,
		"a counter goes on in the next life, also of a new version");
	is_int(value(&file, "mypbx_look", ""), 5, "a gauge begins anew");
	is_int(value(&file, "mypbx_took_seconds", "0.001"), 3, "a bucket");
	is_int(value(&file, "mypbx_took_seconds", "0.0005"), 0, "not below");
	is_int(value(&file, "mypbx_took_seconds", ""), 2100, "the sum, in us");
	ok(!file.alive, "its process has gone");
	metric_file_clear(&file);
}

static void test_two_of_a_name(void)
{
	struct metric_file file;

	metric_open("test-1", table, 3);
	metric_add_at(CALLS, 1, 1);
	live(3);
	read_one(&file);
	ok(file.alive, "its process is there");
	is_int(value(&file, "mypbx_calls_total", "red"), 5,
		"a second process of that name counts for nobody");
	metric_file_clear(&file);
}

/* Any byte may be anything, any length cut: what is read is clean. */
static void test_hostile(void)
{
	char path[METRIC_PATH_SIZE], bytes[16384];
	struct metric_file file;
	int fd, i, k, bad = 0;
	ssize_t n, cut;

	metric_path(path, "test-1");
	fd = open(path, O_RDONLY);
	n = read(fd, bytes, sizeof(bytes));
	close(fd);
	srand(7);
	for (i = 0; i < 2000; i++) {
		cut = i % 3 ? n : rand() % n;
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (write(fd, bytes, (size_t)cut) != cut)
			bad++;
		for (k = 0; k < 20; k++)
			if (pwrite(fd, (char[]){ (char)rand() }, 1,
				   rand() % (i % 2 ? 64 : n)) != 1)
				bad++;
		close(fd);
		if (metric_file_read(&file, path))
			continue;
		for (k = 0; k < (int)file.count; k++)
			if (strpbrk(file.cells[k].word, "\"\\\n") ||
			    strlen(file.cells[k].name) > 55)
				bad++;
		metric_file_clear(&file);
	}
	is_int(bad, 0, "2000 torn and mutated files give nothing odd");
	unlink(path);
	ok(symlink("/etc/passwd", path) == 0 &&
		metric_file_read(&file, path) == -1, "a link is not followed");
	unlink(path);
}

static void test_names(void)
{
	ok(metric_name_fits("api-login-3") && !metric_name_fits("../x") &&
		!metric_name_fits("") && !metric_name_fits("a.new"), "names");
}

static void test_no_folder(void)
{
	conf.metrics_dir = "/nonexistent";
	metric_open("test-2", table, 3);
	metric_add(LOOK, 1);
	metric_took(TOOK, 1);
	metric_beat();
	ok(1, "without a folder it counts for nobody");
}

int main(void)
{
	metric_add(LOOK, 1);
	conf.metrics_dir = mkdtemp(folder);
	test_names();
	test_lives();
	test_two_of_a_name();
	test_hostile();
	rmdir(folder);
	test_no_folder();
	return done();
}
