/* device.c - a user's phones */
#include "device.h"

#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "keys.h"
#include "log.h"
#include "mem.h"
#include "store.h"

/* No row of devices: the settings of its user have it. */
#define MOBILE "mobile"

/* What a registration record tells users; NULL when there is none. */
static json_t *registration(const char *text)
{
	static const char *const members[] = { "contact", "source",
		"transport", "agent", "since", "expires", "version" };
	json_t *record = text ? json_loads(text, 0, NULL) : NULL, *shown, *v;
	size_t i;

	if (!record)
		return NULL;
	shown = json_object();
	for (i = 0; i < sizeof(members) / sizeof(*members); i++) {
		v = json_object_get(record, members[i]);
		json_object_set(shown, members[i], v ? v : json_null());
	}
	json_decref(record);
	return shown;
}

/* A mobile does not register: it may ring or not, nobody knows before. */
static json_t *to_json(const PGresult *rows, int i, const char *record,
		       const char *can)
{
	json_t *reg = registration(record);
	const char *kind = db_text(rows, i, 4);

	return json_pack("{s:s, s:s, s:s, s:b, s:I, s:o, s:o?, s:o?}",
		"id", db_text(rows, i, 0),
		"text", db_text(rows, i, 1),
		"kind", kind,
		"selected", db_true(rows, i, 2),
		"version", (json_int_t)strtoll(db_text(rows, i, 3), NULL, 10),
		"registered", strcmp(kind, "phone") ? json_null()
			: json_boolean(reg != NULL),
		"registration", reg,
		"capabilities", can ? json_loads(can, 0, NULL) : NULL);
}

static const char *field(const redisReply *hash, const char *name)
{
	size_t i;

	for (i = 0; i + 1 < hash->elements; i += 2)
		if (!strcmp(hash->element[i]->str, name))
			return hash->element[i + 1]->str;
	return NULL;
}

static json_t *list_of(const PGresult *rows, const char *id,
		       const redisReply *regs, const redisReply *phones)
{
	json_t *list = json_array();
	const char *device;
	int i;

	for (i = 0; i < PQntuples(rows); i++) {
		device = db_text(rows, i, 0);
		if (!id || !strcmp(id, device))
			json_array_append_new(list, to_json(rows, i,
				field(regs, device), field(phones, device)));
	}
	return list;
}

/* What Redis knows of the devices: who is registered, what each can. */
static enum err fill(const PGresult *rows, const char *user, const char *id,
		     json_t **list)
{
	redisReply *regs, *phones;
	char key[KEY_SIZE];
	enum err err;

	err = store_ask(&regs, "HGETALL %s", key_regs(key, user));
	if (err)
		return err;
	err = store_ask(&phones, "HGETALL %s", key_phones(key, user));
	if (!err) {
		*list = list_of(rows, id, regs, phones);
		freeReplyObject(phones);
	}
	freeReplyObject(regs);
	return err;
}

/* @param id  NULL for all */
static enum err load(const char *user, const char *id, json_t **list)
{
	PGresult *rows;
	enum err err;

	err = db_ask(&rows, "SELECT id, text, selected, version, 'phone' AS kind"
		" FROM devices WHERE user_name = $1 UNION ALL"
		" SELECT '" MOBILE "', mobile, mobile_selected, version,"
		" 'mobile' FROM effective_settings"
		" WHERE user_name = $1 AND mobile IS NOT NULL"
		" ORDER BY kind DESC, id", 1, user);
	if (err)
		return err;
	err = fill(rows, user, id, list);
	PQclear(rows);
	return err;
}

enum err device_list(const char *user, json_t **list)
{
	return load(user, NULL, list);
}

enum err device_get(const char *user, const char *id, json_t **device)
{
	json_t *list;
	enum err err = load(user, id, &list);

	if (err)
		return err;
	if (json_array_size(list))
		*device = json_incref(json_array_get(list, 0));
	else
		err = ERR_MISSING;
	json_decref(list);
	return err;
}

/* All rows of the user are locked, in order: two who select at the same time
 * do it one after the other. */
static enum err lock(const char *user, const char *id, json_int_t *version)
{
	PGresult *rows;
	int i;
	enum err err = db_ask(NULL, "SELECT FROM devices"
		" WHERE user_name = $1 ORDER BY id FOR UPDATE", 1, user);

	if (!err)
		err = db_ask(NULL, "SELECT FROM user_settings"
			" WHERE user_name = $1 FOR UPDATE", 1, user);
	if (!err)
		err = db_ask(&rows, "SELECT id, version FROM devices"
			" WHERE user_name = $1 UNION ALL"
			" SELECT '" MOBILE "', version"
			" FROM effective_settings"
			" WHERE user_name = $1 AND mobile IS NOT NULL", 1,
			user);
	if (err)
		return err;
	err = ERR_MISSING;
	for (i = 0; i < PQntuples(rows); i++)
		if (!strcmp(db_text(rows, i, 0), id)) {
			*version = strtoll(db_text(rows, i, 1), NULL, 10);
			err = OK;
		}
	PQclear(rows);
	return err;
}

static enum err mark(const char *user, const char *id, int selected)
{
	enum err err = OK;

	/* at most one is selected at any time: first the old one goes */
	if (selected)
		err = db_ask(NULL, "UPDATE devices SET selected = false"
			" WHERE user_name = $1 AND id <> $2 AND selected",
			2, user, id);
	if (!err && (selected || !strcmp(id, MOBILE)))
		err = db_ask(NULL, "UPDATE user_settings SET mobile_selected ="
			" $2 WHERE user_name = $1", 2, user,
			selected && !strcmp(id, MOBILE) ? "t" : "f");
	if (err)
		return err;
	return db_ask(NULL, "UPDATE devices SET selected = $2"
		" WHERE id = $1 AND selected <> $2", 2, id,
		selected ? "t" : "f");
}

enum err device_select(const char *user, const char *id, int selected,
		       enum err (*match)(void *arg, json_int_t version),
		       void *arg)
{
	json_int_t version;
	enum err err;

	err = db_begin();
	if (err)
		return err;
	err = lock(user, id, &version);
	if (!err)
		err = match(arg, version);
	if (!err)
		err = mark(user, id, selected);
	err = db_end(err);
	if (err)
		return err;
	log_info("device %s selected=%d user=%s", id, selected, user);
	return OK;
}

enum err device_choose(const char *user, const char *wish, char **device,
		       struct fault *fault)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT id FROM (SELECT id, selected"
		" FROM devices WHERE user_name = $1 UNION ALL"
		" SELECT '" MOBILE "', mobile_selected FROM effective_settings"
		" WHERE user_name = $1 AND mobile IS NOT NULL) AS own"
		" WHERE id = $2 OR $2 IS NULL AND selected", 2, user, wish);

	if (err)
		return err;
	if (PQntuples(row))
		*device = mem_strdup(db_text(row, 0, 0));
	else if (wish)
		err = fault_value(fault, "/device", "unknown_device");
	else
		err = fault_set(fault, ERR_STATE, "No device is selected");
	PQclear(row);
	return err;
}
