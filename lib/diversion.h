/* diversion.h - the words of a diversion */
#ifndef DIVERSION_H
#define DIVERSION_H

/** CFU, CFB, CFNR: "always", "busy", "no_answer". */
enum divert_when { DIVERT_ALWAYS, DIVERT_BUSY, DIVERT_NO_ANSWER };

/** For whose calls: "all", "internal", "external". */
enum divert_from {
	DIVERT_FROM_ALL,
	DIVERT_FROM_INTERNAL,
	DIVERT_FROM_EXTERNAL,
};

enum { DIVERSIONS_MAX = 20, DIVERT_PRIORITY_MAX = 1000, DIVERT_TO_MAX = 128 };

/** @return 0, or -1 for another word */
int diversion_find_when(const char *word, enum divert_when *when);
int diversion_find_from(const char *word, enum divert_from *from);

#endif
