/* rights.c - the words for what a user may let another one see of him */
#include "rights.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_LEN = 64, DOMAIN_MAX_LEN = 255 };

static const char *const words[] = {
	"visible", "online", "presence", "note", "on_phone", "calls", "ids",
};

unsigned rights_find(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == len && !strncmp(words[i], word, len))
			return 1u << i;
	return 0;
}

int rights_find_all(const char *list)
{
	unsigned all = 0, right;
	size_t len;

	while (*list) {
		len = strcspn(list, ",");
		right = rights_find(list, len);
		if (!right)
			return -1;
		all |= right;
		list += len + (list[len] == ',');
	}
	return (int)all;
}

static int is_name(const char *text, size_t max)
{
	size_t len = strlen(text);

	return len && len <= max && strchr("._-", *text) == NULL &&
		strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

int rights_viewer(const char *word, const char **kind, const char **name)
{
	static const struct {
		const char *prefix, *kind;
		size_t max;
	} kinds[] = {
		{ "user:", "user", NAME_MAX_LEN },
		{ "group:", "group", NAME_MAX_LEN },
		{ "@", "domain", DOMAIN_MAX_LEN },
	};
	size_t i, len;

	*kind = "default";
	*name = "";
	if (!strcmp(word, "@"))
		return 0;
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		len = strlen(kinds[i].prefix);
		*kind = kinds[i].kind;
		*name = word + len;
		if (!strncmp(word, kinds[i].prefix, len))
			return is_name(*name, kinds[i].max) ? 0 : -1;
	}
	return -1;
}

unsigned rights_in(const char *list, const char *user)
{
	size_t len = strlen(user);
	unsigned rights, others = 0;
	const char *at;

	for (at = list; *at; at += strcspn(at, " "), at += *at == ' ') {
		rights = (unsigned)strtoul(at + strcspn(at, "= ") +
			(at[strcspn(at, "= ")] == '='), NULL, 16) & RIGHTS_ALL;
		if (!strncmp(at, user, len) && at[len] == '=')
			return rights;
		if (!strncmp(at, RIGHTS_OTHERS "=", 2))
			others = rights;
	}
	return others;
}
