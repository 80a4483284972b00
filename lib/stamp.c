/* stamp.c - points in time as text and as milliseconds */
#include "stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t stamp_ms(void)
{
	return clock_us(CLOCK_REALTIME) / 1000;
}

int64_t stamp_steady_ms(void)
{
	return clock_us(CLOCK_MONOTONIC) / 1000;
}

int64_t stamp_steady_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

char *stamp_format(int64_t ms, char buf[STAMP_SIZE])
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&s, &tm);
	n = strftime(buf, STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, STAMP_SIZE - n, ".%03uZ",
		(unsigned)(ms % 1000) % 1000);
	return buf;
}

json_t *stamp_to_json(int64_t ms)
{
	char text[STAMP_SIZE];

	return ms ? json_string(stamp_format(ms, text)) : json_null();
}

int64_t stamp_parse(const char *text)
{
	struct tm tm = { 0 };
	const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) :
		NULL;
	unsigned ms;
	char z;

	if (!rest || sscanf(rest, ".%3u%c", &ms, &z) != 2 || z != 'Z')
		return 0;
	return (int64_t)timegm(&tm) * 1000 + ms;
}

static int is_like(const char *text, const char *shape)
{
	for (; *shape; shape++, text++)
		if (*shape == '0' ? *text < '0' || *text > '9' :
				*text != *shape)
			return 0;
	return 1;
}

/* "Z" or "+01:00". @return 0 with the seconds that it is ahead, or -1 */
static int read_zone(const char *text, int *ahead_s)
{
	int hours, minutes;

	*ahead_s = 0;
	if (!strcmp(text, "Z"))
		return 0;
	if (strlen(text) != 6 || !strchr("+-", *text) ||
			!is_like(text + 1, "00:00"))
		return -1;
	hours = atoi(text + 1);
	minutes = atoi(text + 4);
	*ahead_s = (hours * 60 + minutes) * (*text == '-' ? -60 : 60);
	return hours < 24 && minutes < 60 ? 0 : -1;
}

/* ".25" -> 250. @return what follows it */
static const char *read_fraction(const char *text, int *ms)
{
	int unit = 1000;

	*ms = 0;
	if (*text != '.' || text[1] < '0' || text[1] > '9')
		return text;
	for (text++; *text >= '0' && *text <= '9'; text++) {
		unit /= 10;
		*ms += (*text - '0') * unit;
	}
	return text;
}

int stamp_read(const char *text, int64_t *ms)
{
	struct tm tm = { 0 };
	int ahead_s, fraction, day;
	const char *rest;
	time_t s;

	if (!is_like(text, "0000-00-00T00:00:00"))
		return -1;
	rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!rest || rest != text + 19)
		return -1;
	if (read_zone(read_fraction(rest, &fraction), &ahead_s))
		return -1;
	day = tm.tm_mday;
	s = timegm(&tm);
	if (tm.tm_mday != day)		/* 30 February */
		return -1;
	*ms = ((int64_t)s - ahead_s) * 1000 + fraction;
	return 0;
}

char *stamp_now(char buf[STAMP_SIZE])
{
	return stamp_format(stamp_ms(), buf);
}

char *stamp_day(char buf[STAMP_SIZE])
{
	stamp_now(buf)[strlen("2026-11-28")] = '\0';
	return buf;
}
