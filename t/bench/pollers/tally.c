/* tally.c - what was published, and who has seen it when */
#include "tally.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mem.h"

enum {
	ERRORS = 16,
	NAME_SIZE = 16,
	FINE = 1000,		/* steps of 1 us up to 1 ms, ... */
	MIDDLE = 9900,		/* ... of 10 us up to 100 ms, ... */
	COARSE = 60000,		/* ... of 1 ms up to a minute */
	STEPS = FINE + MIDDLE + COARSE
};

struct publication {
	uint32_t expected;
	uint32_t seen;
	int accepted;
};

static struct {
	struct publication *list;	/* number 1 is the first */
	size_t size;
	uint32_t first, last;		/* numbers of this report */
	int64_t began_ns, seen_ns;
	uint64_t counts[TALLY_COUNTS];
	uint32_t each[STEPS], complete[STEPS];
	struct {
		char name[NAME_SIZE];
		uint64_t count;
	} errors[ERRORS];
} tally = { .first = 1 };

int64_t tally_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static struct publication *find(uint32_t number)
{
	if (number < tally.first || number > tally.last)
		return NULL;
	return &tally.list[number - tally.first];
}

uint32_t tally_begin(uint32_t expected)
{
	struct publication p = { .expected = expected };
	size_t at = tally.last + 1 - tally.first;

	if (at == tally.size) {
		tally.size = tally.size ? 2 * tally.size : 1024;
		tally.list = mem_realloc(tally.list,
			tally.size * sizeof(*tally.list));
	}
	if (!at)
		tally.began_ns = tally_now();
	tally.list[at] = p;
	return ++tally.last;
}

void tally_accepted(uint32_t number)
{
	struct publication *p = find(number);

	if (p)
		p->accepted = 1;
}

static int64_t step(int64_t us)
{
	if (us < FINE)
		return us < 0 ? 0 : us;
	if (us < 100000)
		return FINE + (us - 1000) / 10;
	us = FINE + MIDDLE + (us - 100000) / 1000;
	return us < STEPS ? us : STEPS - 1;
}

static int64_t step_us(int64_t at)
{
	if (at < FINE)
		return at;
	if (at < FINE + MIDDLE)
		return 1000 + (at - FINE) * 10;
	return 100000 + (at - FINE - MIDDLE) * 1000;
}

void tally_seen(uint32_t number, int64_t published_ns)
{
	struct publication *p = find(number);
	int64_t at;

	if (!p)
		return;		/* of an earlier report */
	tally.seen_ns = tally_now();
	at = step((tally.seen_ns - published_ns) / 1000);
	tally.each[at]++;
	if (++p->seen == p->expected)
		tally.complete[at]++;
}

int tally_complete(void)
{
	const struct publication *p;
	uint32_t n;

	for (n = tally.first; n <= tally.last; n++) {
		p = find(n);
		if (p->accepted && p->seen < p->expected)
			return 0;
	}
	return 1;
}

void tally_error(const char *name)
{
	size_t i;

	for (i = 0; i < ERRORS - 1; i++)
		if (!*tally.errors[i].name ||
				!strcmp(tally.errors[i].name, name))
			break;
	snprintf(tally.errors[i].name, NAME_SIZE, "%s", name);
	tally.errors[i].count++;
}

void tally_count(enum tally_count what)
{
	tally.counts[what]++;
}

static void put_steps(FILE *to, const char *name, const uint32_t *steps)
{
	const char *comma = "";
	int64_t i;

	fprintf(to, ",\"%s\":[", name);
	for (i = 0; i < STEPS; i++) {
		if (!steps[i])
			continue;
		fprintf(to, "%s[%" PRId64 ",%" PRIu32 "]", comma, step_us(i),
			steps[i]);
		comma = ",";
	}
	fprintf(to, "]");
}

static void put_publications(FILE *to)
{
	uint64_t accepted = 0, delivered = 0, lost = 0;
	const struct publication *p;
	uint32_t n;

	for (n = tally.first; n <= tally.last; n++) {
		p = find(n);
		delivered += p->seen;
		if (!p->accepted)
			continue;
		accepted++;
		if (p->seen < p->expected)
			lost += p->expected - p->seen;
	}
	fprintf(to, "\"published\":%" PRIu32 ",\"accepted\":%" PRIu64
		",\"delivered\":%" PRIu64 ",\"lost\":%" PRIu64,
		tally.last + 1 - tally.first, accepted, delivered, lost);
}

static void put_errors(FILE *to)
{
	size_t i;

	fprintf(to, ",\"errors\":{");
	for (i = 0; i < ERRORS && *tally.errors[i].name; i++)
		fprintf(to, "%s\"%s\":%" PRIu64, i ? "," : "",
			tally.errors[i].name, tally.errors[i].count);
	fprintf(to, "}");
}

void tally_report(FILE *to)
{
	const uint64_t *c = tally.counts;

	fprintf(to, "{");
	put_publications(to);
	fprintf(to, ",\"answers\":%" PRIu64 ",\"empty\":%" PRIu64
		",\"old\":%" PRIu64 ",\"doubled\":%" PRIu64 ",\"seconds\":%.6f",
		c[TALLY_ANSWERS], c[TALLY_EMPTY], c[TALLY_OLD],
		c[TALLY_DOUBLED], tally.seen_ns > tally.began_ns ?
		(double)(tally.seen_ns - tally.began_ns) / 1e9 : 0.0);
	put_steps(to, "each", tally.each);
	put_steps(to, "complete", tally.complete);
	put_errors(to);
	fprintf(to, "}\n");
	fflush(to);
	tally.first = tally.last + 1;
	memset(tally.counts, 0, sizeof(tally.counts));
	memset(tally.each, 0, sizeof(tally.each));
	memset(tally.complete, 0, sizeof(tally.complete));
	memset(tally.errors, 0, sizeof(tally.errors));
	tally.seen_ns = 0;
}
