/* print.c - what a verb found: lines for people, or JSON for programs */
#include "print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"

enum { OID_BOOL = 16, OID_INT8 = 20, OID_INT4 = 23, OID_JSONB = 3802 };

static json_t *field_to_json(const PGresult *rows, int row, int column)
{
	const char *text = db_text(rows, row, column);

	if (!text)
		return json_null();
	switch (PQftype(rows, column)) {
	case OID_BOOL:
		return json_boolean(db_true(rows, row, column));
	case OID_INT4:
	case OID_INT8:
		return json_integer(strtoll(text, NULL, 10));
	case OID_JSONB:
		return json_loads(text, JSON_DECODE_ANY, NULL);
	default:
		return json_string(text);
	}
}

/* One JSON object for each row, its members named by SQL. @return new */
static json_t *rows_to_json(const PGresult *rows)
{
	json_t *list = json_array(), *object;
	int row, column;

	for (row = 0; row < PQntuples(rows); row++) {
		object = json_object();
		for (column = 0; column < PQnfields(rows); column++)
			json_object_set_new(object, PQfname(rows, column),
				field_to_json(rows, row, column));
		json_array_append_new(list, object);
	}
	return list;
}

/* What is empty or null still takes a field. */
static void print_value(const json_t *value)
{
	const char *between = "";
	const json_t *word;
	size_t i;

	if (json_is_integer(value)) {
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	} else if (json_string_length(value)) {
		fputs(json_string_value(value), stdout);
	} else if (json_array_size(value)) {
		json_array_foreach(value, i, word) {
			printf("%s%s", between, json_string_value(word));
			between = ",";
		}
	} else {
		putchar('-');
	}
}

static int is_flag(const struct column *column)
{
	return !column->yes != !column->no;
}

/* What is said of a truth, or of a text that is a flag; NULL: nothing */
static const char *word(const struct column *column, const json_t *row)
{
	const json_t *value = json_object_get(row, column->name);
	const char *text = json_string_value(value);

	if (text)
		return strcmp(text, column->no) ? text : NULL;
	return json_is_true(value) ? column->yes : column->no;
}

/* @return the column behind them */
static const struct column *print_flags(const struct column *column,
					const json_t *row)
{
	const char *between = "";

	for (; is_flag(column); column++) {
		if (!word(column, row))
			continue;
		printf("%s%s", between, word(column, row));
		between = ",";
	}
	return column;
}

/* @return the column behind the field */
static const struct column *print_field(const struct column *column,
					const json_t *row)
{
	if (is_flag(column))
		return print_flags(column, row);
	if (column->yes)
		fputs(word(column, row), stdout);
	else
		print_value(json_object_get(row, column->name));
	return column + 1;
}

static void print_line(const struct column *column, const json_t *row)
{
	while (column->name) {
		column = print_field(column, row);
		putchar(column->name ? '\t' : '\n');
	}
}

void print_json(json_t *doc)
{
	json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	putchar('\n');
	json_decref(doc);
}

void print_list(const struct args *args, const struct column *columns,
		json_t *list)
{
	const json_t *row;
	size_t i;

	if (args->json) {
		print_json(list);
		return;
	}
	json_array_foreach(list, i, row)
		print_line(columns, row);
	json_decref(list);
}

void print_rows(const struct args *args, const struct column *columns,
		PGresult *rows)
{
	json_t *list = rows_to_json(rows);

	PQclear(rows);
	print_list(args, columns, list);
}

void print_made(const struct args *args, const char *name, const char *value)
{
	if (args->json)
		print_json(json_pack("{s:s?}", name, value));
	else if (value)
		puts(value);
}
