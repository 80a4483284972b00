/* fake_link.h - stands in for link: a Redis that answers when told */
#ifndef FAKE_LINK_H
#define FAKE_LINK_H

#include "events/link.h"

extern int fake_link_down;

/** Questions not answered yet. */
extern int fake_link_asked;

/** Last command, words parted by blanks. */
extern char fake_link_command[512];

/** Answer the oldest question with texts; NULL first: it failed. */
void fake_link_answer(const char *a, const char *b, const char *c);

/** ... with one text; NULL: there is none. */
void fake_link_answer_text(const char *text);

#endif
