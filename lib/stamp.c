/* stamp.c - points in time as text and as milliseconds */
#include "stamp.h"

#include <stdio.h>
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

char *stamp_now(char buf[STAMP_SIZE])
{
	return stamp_format(stamp_ms(), buf);
}
