/* merge.c - tests of lib/merge.c: the table that the page is held to, too */
#include "merge.h"

#include <stdlib.h>

#include "tap.h"

static void test(const json_t *row)
{
	json_t *merged = presence_merge(json_object_get(row, "user"),
		json_string_value(json_object_get(row, "now")));
	char *want = json_dumps(json_object_get(row, "merged"),
		JSON_SORT_KEYS | JSON_COMPACT);
	char *got = json_dumps(merged, JSON_SORT_KEYS | JSON_COMPACT);

	is_str(got, want, "%s", json_string_value(json_object_get(row,
		"name")));
	free(got);
	free(want);
	json_decref(merged);
}

int main(void)
{
	json_t *table = json_load_file(TABLE, 0, NULL), *row;
	size_t i;

	ok(json_array_size(table) > 20, "there is a table");
	json_array_foreach(table, i, row)
		test(row);
	json_decref(table);
	return done();
}
