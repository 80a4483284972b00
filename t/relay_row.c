/* relay_row.c - tests of a call record as parameters of SQL */
#include "row.h"

#include "tap.h"

static const char *why(const char *text)
{
	json_t *doc = json_loads(text, 0, NULL);
	struct row row;
	const char *member = row_init(&row, doc);

	json_decref(doc);
	return member ? member : "fine";
}

static void test_values(void)
{
	json_t *doc = json_pack("{s:s, s:n, s:i, s:i, s:s}", "id", "c1",
		"device", "sip_status", 486, "q850", -1, "answered_elsewhere",
		"desk");
	struct row row;

	ok(!row_init(&row, doc), "taken");
	is_str(row.values[0], "c1", "first");
	is_str(row.values[1], NULL, "missing");
	is_str(row.values[3], NULL, "null");
	is_str(row.values[12], "486", "number");
	is_str(row.values[13], "-1", "negative");
	is_str(row.values[15], "desk", "last");
	json_decref(doc);
}

int main(void)
{
	plan(7 + 5);
	test_values();
	is_str(why("{}"), "fine", "nothing");
	is_str(why("{\"other\": []}"), "fine", "unknown members");
	is_str(why("{\"id\": {}}"), "id", "an object");
	is_str(why("{\"q850\": 1.5}"), "q850", "a fraction");
	is_str(why("{\"reason\": []}"), "reason", "a list");
	return done();
}
