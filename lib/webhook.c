/* webhook.c - what may be entered for a webhook, and which events it wants */
#include "webhook.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "event.h"
#include "text.h"

static const char *const formats[] = {
	[WEBHOOK_MYPBX] = "mypbx",
	[WEBHOOK_SIPGATE] = "sipgate",
	[WEBHOOK_ZAMMAD] = "zammad",
};

int webhook_find_format(const char *name, enum webhook_format *format)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (!strcmp(formats[i], name)) {
			*format = (enum webhook_format)i;
			return 0;
		}
	return -1;
}

/* Behind "http://" or "https://"; NULL when it begins with neither. */
static const char *host_of(const char *url)
{
	if (!strncasecmp(url, "http://", 7))
		return url + 7;
	return strncasecmp(url, "https://", 8) ? NULL : url + 8;
}

int webhook_url(const char *url)
{
	const char *host = host_of(url);

	return host && *host && !strchr("/?#:@", *host) &&
		strlen(url) <= WEBHOOK_URL_MAX &&
		!strpbrk(url, " \\\"<>^`{|}") &&
		text_clean(url, strlen(url));
}

/* A word is a full name, or the noun before its dot. */
static int fits(const char *word, size_t n, const char *type)
{
	return n && !strncmp(word, type, n) && (type[n] == '.' || !type[n]);
}

static int is_word(const char *word, size_t n)
{
	int i;

	for (i = 0; i < EVENT_COUNT; i++)
		if (fits(word, n, event_name((enum event_type)i)))
			return 1;
	return 0;
}

static int are_types(const char *types)
{
	size_t n;

	if (!*types)
		return 1;
	for (;; types += n + 1) {
		n = strcspn(types, " ");
		if (!is_word(types, n))
			return 0;
		if (!types[n])
			return strlen(types) <= WEBHOOK_TYPES_MAX;
	}
}

int webhook_wants(const char *types, const char *type)
{
	size_t n;

	if (!*types)
		return 1;
	for (;; types += n + 1) {
		n = strcspn(types, " ");
		if (fits(types, n, type))
			return 1;
		if (!types[n])
			return 0;
	}
}

int webhook_check(const struct webhook *w, struct webhook_fault *fault)
{
	enum webhook_format format;
	size_t n = strlen(w->name);

	if (!n || n > WEBHOOK_NAME_MAX || !text_clean(w->name, n))
		*fault = (struct webhook_fault){ "name", "bad_name" };
	else if (!webhook_url(w->url))
		*fault = (struct webhook_fault){ "url", "bad_url" };
	else if (webhook_find_format(w->format, &format))
		*fault = (struct webhook_fault){ "format", "unknown_word" };
	else if (!are_types(w->types))
		*fault = (struct webhook_fault){ "types", "unknown_word" };
	else
		return 0;
	return -1;
}
