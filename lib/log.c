/* log.c - one line per event in the life of an object, to stderr */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "stamp.h"

static const char *const names[] = { "error", "warn", "info", "debug" };
static enum log_level limit = LOG_INFO;
static const char *me = "mypbx";

void log_open(const char *program, const char *level)
{
	int i;

	me = program;
	for (i = 0; i <= LOG_DEBUG; i++)
		if (!strcmp(names[i], level))
			limit = (enum log_level)i;
}

static size_t bounded(int n, size_t room)
{
	if (n < 0)
		return 0;
	return (size_t)n < room ? (size_t)n : room - 1;
}

void log_write(enum log_level level, const char *fmt, ...)
{
	char line[1024], now[STAMP_SIZE];
	size_t head, n, i;
	va_list ap;

	if (level > limit)
		return;
	head = bounded(snprintf(line, sizeof(line), "%s %s %s ",
			stamp_now(now), me, names[level]), sizeof(line));
	va_start(ap, fmt);
	n = head + bounded(vsnprintf(line + head, sizeof(line) - head - 1, fmt,
			ap), sizeof(line) - head - 1);
	va_end(ap);
	for (i = head; i < n; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[n++] = '\n';
	/* one write per line: several processes share the file */
	if (write(STDERR_FILENO, line, n) < 0)
		return;
}
