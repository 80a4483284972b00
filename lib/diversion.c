/* diversion.c - the words of a diversion */
#include "diversion.h"

#include <string.h>

static const char *const when_words[] = {
	[DIVERT_ALWAYS] = "always",
	[DIVERT_BUSY] = "busy",
	[DIVERT_NO_ANSWER] = "no_answer",
};

static const char *const from_words[] = {
	[DIVERT_FROM_ALL] = "all",
	[DIVERT_FROM_INTERNAL] = "internal",
	[DIVERT_FROM_EXTERNAL] = "external",
};

int diversion_find_when(const char *word, enum divert_when *when)
{
	int i;

	for (i = DIVERT_ALWAYS; i <= DIVERT_NO_ANSWER; i++)
		if (!strcmp(when_words[i], word)) {
			*when = (enum divert_when)i;
			return 0;
		}
	return -1;
}

int diversion_find_from(const char *word, enum divert_from *from)
{
	int i;

	for (i = DIVERT_FROM_ALL; i <= DIVERT_FROM_EXTERNAL; i++)
		if (!strcmp(from_words[i], word)) {
			*from = (enum divert_from)i;
			return 0;
		}
	return -1;
}
