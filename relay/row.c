/* row.c - a call record as parameters of SQL */
#include "row.h"

#include <stdio.h>

#define COLUMNS \
	"id, conversation, user_name, device, direction, peer_number," \
	" peer_name, peer_uri, started, answered, ended, ended_by," \
	" sip_status, q850, reason, answered_elsewhere, origin, via, legs," \
	" missed, dialled"

const char row_insert[] =
	"INSERT INTO call_records (" COLUMNS ") VALUES ($1, $2, $3, $4, $5,"
	" $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
	" COALESCE($18::jsonb, '[]'), COALESCE($19::jsonb, '[]'),"
	" COALESCE($20::boolean, false), $21)"
	" ON CONFLICT (id) DO NOTHING";

static const char *const columns[ROW_COLUMNS] = {
	"id", "conversation", "user_name", "device", "direction",
	"peer_number", "peer_name", "peer_uri", "started", "answered", "ended",
	"ended_by", "sip_status", "q850", "reason", "answered_elsewhere",
	"origin", "via", "legs", "missed", "dialled",
};

const char *row_init(struct row *row, const json_t *record)
{
	const json_t *member;
	int i;

	for (i = 0; i < ROW_COLUMNS; i++) {
		member = json_object_get(record, columns[i]);
		row->values[i] = NULL;
		if (!member || json_is_null(member))
			continue;
		if (json_is_string(member)) {
			row->values[i] = json_string_value(member);
		} else if (json_is_integer(member)) {
			snprintf(row->numbers[i], sizeof(row->numbers[i]),
				"%lld", (long long)json_integer_value(member));
			row->values[i] = row->numbers[i];
		} else if (json_is_boolean(member)) {
			row->values[i] = json_is_true(member) ? "t" : "f";
		} else {
			return columns[i];
		}
	}
	return NULL;
}
