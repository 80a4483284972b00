/* tap.c - tests that speak TAP */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int planned = -1, count, failed;

void plan(int n)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	planned = n;
	printf("1..%d\n", n);
}

static int __attribute__((format(printf, 2, 0)))
vok(int cond, const char *name, va_list ap)
{
	printf("%sok %d - ", cond ? "" : "not ", ++count);
	vprintf(name, ap);
	putchar('\n');
	failed += !cond;
	return cond;
}

int ok(int cond, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	vok(cond, name, ap);
	va_end(ap);
	return cond;
}

int is_int(long long got, long long want, const char *name, ...)
{
	va_list ap;

	va_start(ap, name);
	vok(got == want, name, ap);
	va_end(ap);
	if (got != want)
		note("got %lld, want %lld", got, want);
	return got == want;
}

int is_str(const char *got, const char *want, const char *name, ...)
{
	int same = got && want ? !strcmp(got, want) : got == want;
	va_list ap;

	va_start(ap, name);
	vok(same, name, ap);
	va_end(ap);
	if (!same)
		note("got \"%s\", want \"%s\"", got ? got : "(null)",
			want ? want : "(null)");
	return same;
}

static json_t *parse_quoted(const char *text)
{
	char *copy = strdup(text), *s;
	json_t *json;

	for (s = copy; *s; s++)
		if (*s == '\'')
			*s = '"';
	json = json_loads(copy, JSON_DECODE_ANY, NULL);
	free(copy);
	return json;
}

int is_json(const json_t *got, const char *want, const char *name, ...)
{
	json_t *expected = parse_quoted(want);
	int same = expected && json_equal(got, expected);
	va_list ap;
	char *text;

	va_start(ap, name);
	vok(same, name, ap);
	va_end(ap);
	if (!same) {
		text = json_dumps(got, JSON_ENCODE_ANY | JSON_SORT_KEYS);
		note("got %s, want %s", text ? text : "(null)", want);
		free(text);
	}
	json_decref(expected);
	return same;
}

void note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("# ");
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

int done(void)
{
	if (planned < 0)
		plan(count);
	if (count != planned)
		note("planned %d tests, ran %d", planned, count);
	return failed || count != planned;
}
