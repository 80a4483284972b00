/* target.c - whom a dialled text reaches */
#include "target.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { TEXT_MAX = 256 };

/* "sip:Bob@example.com;user=phone" -> "bob"; -1 for a foreign domain */
static int user_part(const char *text, char part[TEXT_MAX])
{
	const char *s = !strncasecmp(text, "sip:", 4) ? text + 4 : text;
	const char *at = strchr(s, '@');
	size_t n = at ? (size_t)(at - s) : strcspn(s, ";"), i;

	if (at) {
		size_t host = strcspn(at + 1, ":;>");

		if (host != strlen(people_node.domain) ||
		    strncasecmp(at + 1, people_node.domain, host))
			return -1;
	}
	while (n && isspace((unsigned char)*s))
		s++, n--;
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	if (!n || n >= TEXT_MAX)
		return -1;
	for (i = 0; i < n; i++)
		part[i] = (char)tolower((unsigned char)s[i]);
	part[n] = '\0';
	return 0;
}

static enum err find_name(const char *name, struct target *target)
{
	const struct user *user = people_find(name);

	if (!user) {
		user = people_find_device(name);
		if (!user)
			return ERR_VALUE;
		target->device = name;
	}
	target->user = user;
	return OK;
}

/* The device's own text lives as long as its user; the dialled one does not. */
static const char *kept_device(const struct user *user, const char *device)
{
	int i;

	for (i = 0; user->devices[i]; i++)
		if (!strcmp(user->devices[i], device))
			return user->devices[i];
	return NULL;
}

static enum err find_number(const char *text, struct target *target)
{
	char digits[NUMBER_SIZE];

	if (number_clean(text, digits))
		return ERR_VALUE;
	target->user = people_find_number(digits);
	if (!target->user && number_canonical(&people_node.plan, digits,
			target->number))
		return ERR_VALUE;
	return OK;
}

enum err target_find(const char *text, struct target *target)
{
	char part[TEXT_MAX];

	memset(target, 0, sizeof(*target));
	if (!strncasecmp(text, "tel:", 4))
		return find_number(text, target);
	if (user_part(text, part))
		return ERR_VALUE;
	if (!find_name(part, target)) {
		if (target->device)
			target->device = kept_device(target->user, part);
		return OK;
	}
	return find_number(part, target);
}
