/* row.h - a call record as parameters of SQL */
#ifndef ROW_H
#define ROW_H

#include <jansson.h>

enum { ROW_COLUMNS = 21 };

/** The insert that takes them. */
extern const char row_insert[];

/** Texts of a record's members; NULL is SQL NULL. */
struct row {
	const char *values[ROW_COLUMNS];
	char numbers[ROW_COLUMNS][24];
};

/**
 * Fill the row: members are named like the columns; text, numbers and null.
 *
 * @param record  borrowed, outlives the row
 * @return NULL, or the name of the member that does not fit; static
 */
const char *row_init(struct row *row, const json_t *record);

#endif
