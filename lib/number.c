/* number.c - what a dialled text means */
#include "number.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
	E164_MAX = 15,
	SERVICE_MAX = 3,	/* "110", "112", "911": the same everywhere */
};

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands between digits and means nothing, also as web pages and
 * address books write it. @return its length, 0 for something else */
static size_t ornament(const char *s)
{
	static const char *const marks[] = {
		" ", "(", ")", "/", "-", ".",
		"\xc2\xa0",			/* no-break space */
		"\xc2\xad",			/* soft hyphen */
		"\xe2\x80\x8b",			/* zero-width space */
		"\xe2\x80\x8e", "\xe2\x80\x8f",	/* direction marks */
		"\xe2\x80\x90", "\xe2\x80\x91",	/* hyphens */
		"\xe2\x80\x92", "\xe2\x80\x93",	/* dashes */
		"\xe2\x80\xaa", "\xe2\x80\xac",	/* embedding */
		"\xe2\x80\xad", "\xe2\x80\xaf",	/* override; narrow space */
	};
	size_t i, n;

	for (i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		n = strlen(marks[i]);
		if (!strncmp(s, marks[i], n))
			return n;
	}
	return 0;
}

/* "+49 (0)30": that zero is dialled at home only. But "73009 (0)", at the end,
 * is the switchboard. */
static int is_zero_of_home(const char *s, const char *digits)
{
	if (strncmp(s, "(0)", 3) ||
	    (*digits != '+' && strncmp(digits, "00", 2)))
		return 0;
	for (s += 3; *s && *s != ';'; s++)
		if (is_digit(*s))
			return 1;
	return 0;
}

/* Append what is a digit, up to the parameters. @return 0, -1 */
static int append_digits(const char *s, char digits[NUMBER_SIZE])
{
	size_t n = strlen(digits), skipped;

	for (; *s && *s != ';'; s++) {
		digits[n] = '\0';
		if (is_zero_of_home(s, digits)) {
			s += 2;
			continue;
		}
		skipped = ornament(s);
		if (skipped) {
			s += skipped - 1;
			continue;
		}
		if (!is_digit(*s) && !(*s == '+' && !n))
			return -1;
		if (n == NUMBER_SIZE - 1)
			return -1;
		digits[n++] = *s;
	}
	digits[n] = '\0';
	return 0;
}

/* RFC 3966 section 5.1.5: a local number of another place. NULL: of here. */
static const char *find_context(const char *text)
{
	static const char name[] = ";phone-context=";
	const char *s;

	for (s = strchr(text, ';'); s; s = strchr(s + 1, ';'))
		if (!strncasecmp(s, name, strlen(name)))
			break;
	s = s ? s + strlen(name) : NULL;
	return s && *s == '+' ? s : NULL;
}

int number_clean(const char *text, char digits[NUMBER_SIZE])
{
	const char *context = NULL;
	char got[NUMBER_SIZE] = "";

	text += strspn(text, " ");
	if (!strncasecmp(text, "tel:", 4)) {
		text += 4;
		context = find_context(text);
	}
	if (context && *text != '+' && append_digits(context, got))
		return -1;
	if (append_digits(text, got) || !*got || !strcmp(got, "+"))
		return -1;
	strcpy(digits, got);
	return 0;
}

/* @return what is behind the prefix; NULL when it is not there, or all */
static const char *behind(const char *digits, const char *prefix)
{
	size_t n = strlen(prefix);

	return n && !strncmp(digits, prefix, n) && digits[n] ? digits + n
							     : NULL;
}

static int write_canonical(const char *country, const char *area,
			   const char *rest, char canonical[NUMBER_SIZE])
{
	char number[E164_MAX + 1];
	int n = snprintf(number, sizeof(number), "%s%s%s", country, area,
		rest);

	if (n > E164_MAX || *number == '0')
		return -1;
	snprintf(canonical, NUMBER_SIZE, "+%s", number);
	return 0;
}

static int keep(const char *digits, char canonical[NUMBER_SIZE])
{
	if (strlen(digits) > E164_MAX)
		return -1;
	snprintf(canonical, NUMBER_SIZE, "%s", digits);
	return 0;
}

int number_canonical(const struct dial_plan *plan, const char *digits,
		     char canonical[NUMBER_SIZE])
{
	const struct {
		const char *prefix, *country, *area;
	} forms[] = {
		{ "+", "", "" },
		{ plan->international, "", "" },
		{ plan->national, plan->country, "" },
		{ plan->subscriber, plan->country, plan->area },
	}, *form = NULL;
	const char *rest = digits, *found;
	size_t i;

	if (strlen(digits) <= SERVICE_MAX)
		return keep(digits, canonical);
	/* the longest prefix: "000" before "00" before "0" */
	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		if (!strcmp(digits, forms[i].prefix))
			return keep(digits, canonical);
		found = behind(digits, forms[i].prefix);
		if (found && found > rest) {
			rest = found;
			form = &forms[i];
		}
	}
	if (!form || (*form->country && strlen(rest) <= SERVICE_MAX))
		return keep(rest, canonical);
	return write_canonical(form->country, form->area, rest, canonical);
}

/* Write prefix and what is behind `home` of the number, if that means the
 * number. */
static int dial_form(const struct dial_plan *plan, const char *canonical,
		     const char *home, const char *prefix,
		     char dialled[NUMBER_SIZE])
{
	const char *rest = behind(canonical, home);
	char again[NUMBER_SIZE], form[NUMBER_SIZE];

	if (!rest || !*prefix)
		return 0;
	snprintf(form, sizeof(form), "%s%s", prefix, rest);
	if (number_canonical(plan, form, again) || strcmp(again, canonical))
		return 0;
	strcpy(dialled, form);
	return 1;
}

void number_dial(const struct dial_plan *plan, const char *canonical,
		 char dialled[NUMBER_SIZE])
{
	char country[16], area[32];

	snprintf(country, sizeof(country), "+%s", plan->country);
	snprintf(area, sizeof(area), "+%s%s", plan->country, plan->area);
	if (!dial_form(plan, canonical, area, plan->subscriber, dialled) &&
	    !dial_form(plan, canonical, country, plan->national, dialled) &&
	    !dial_form(plan, canonical, "+", plan->international, dialled))
		snprintf(dialled, NUMBER_SIZE, "%s", canonical);
}
