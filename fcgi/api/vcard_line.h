/* vcard_line.h - the lines of a vCard, of any version and from any program */
#ifndef VCARD_LINE_H
#define VCARD_LINE_H

#include <stddef.h>

/** Text that is read line by line, and changed thereby. */
struct vcard_text {
	char *at;		/* what is not read yet; ends with '\0' */
};

/** "TEL;TYPE=work:+49..." */
struct vcard_line {
	const char *name;	/* "TEL", without its group; borrowed */
	const char *params;	/* "TYPE=work"; borrowed */
	char *value;		/* owned: UTF-8, with its backslashes */
};

/**
 * Take the next line that is one: unfolded (RFC 6350 3.2), quoted-printable
 * undone, in UTF-8. What is not UTF-8 is taken for Windows-1252.
 *
 * @return whether there was one; then to be cleared
 */
int vcard_next(struct vcard_text *text, struct vcard_line *line);
void vcard_line_clear(struct vcard_line *line);

/** Whether it is of this name, in any case. */
int vcard_is(const struct vcard_line *line, const char *name);

/** Whether its parameters have this word: as value, as name, or alone. */
int vcard_has(const struct vcard_line *line, const char *word);

/* Values without backslashes, control characters, and blanks around them; lines
 * stay lines. New, "" when it is not there. */

/** All of it. */
char *vcard_whole(const struct vcard_line *line);

/** The first of "a,b,c". */
char *vcard_first(const struct vcard_line *line);

/** Part i of "a;b;c". */
char *vcard_part(const struct vcard_line *line, int i);

#endif
