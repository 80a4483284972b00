/* number.c - what a dialled text means */
#include "number.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *skip_scheme(const char *text)
{
	if (!strncasecmp(text, "tel:", 4))
		return text + 4;
	return text;
}

int number_clean(const char *text, char digits[NUMBER_SIZE])
{
	size_t n = 0;
	const char *s;

	for (s = skip_scheme(text); *s && *s != ';'; s++) {
		/* "+49 (0)30": the bracketed trunk zero is not dialled */
		if (n && digits[0] == '+' && !strncmp(s, "(0)", 3)) {
			s += 2;
			continue;
		}
		if (strchr(" ()/-.", *s))
			continue;
		if (!isdigit((unsigned char)*s) && !(*s == '+' && !n))
			return -1;
		if (n == NUMBER_SIZE - 1)
			return -1;
		digits[n++] = *s;
	}
	digits[n] = '\0';
	return n && strcmp(digits, "+") ? 0 : -1;
}

static const char *behind(const char *digits, const char *prefix)
{
	size_t n = strlen(prefix);

	return n && !strncmp(digits, prefix, n) ? digits + n : NULL;
}

void number_canonical(const struct dial_plan *plan, const char *digits,
		      char canonical[NUMBER_SIZE])
{
	const char *rest;

	if ((rest = behind(digits, plan->international)))
		snprintf(canonical, NUMBER_SIZE, "+%s", rest);
	else if ((rest = behind(digits, plan->national)))
		snprintf(canonical, NUMBER_SIZE, "+%s%s", plan->country, rest);
	else
		snprintf(canonical, NUMBER_SIZE, "%s", digits);
}
