/* document.c - all configuration as one JSON document: write it, read it */
#include "document.h"

#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "db.h"
#include "print.h"

static int is_system(const struct section *section)
{
	return section == sections;
}

json_t *document_list(const json_t *doc, const struct section *section)
{
	json_t *said = json_object_get(doc, section->name);

	if (said && is_system(section))
		return json_pack("[O]", said);
	return json_incref(said);
}

/* Whether there is one everybody may know. */
static void hide_secrets(const struct section *section, json_t *list)
{
	const struct member *m;
	json_t *thing;
	size_t i;

	for (m = section->members; m->name; m++)
		json_array_foreach(list, i, thing)
			if (m->secret && json_is_string(
					json_object_get(thing, m->name)))
				json_object_set_new(thing, m->name,
					json_true());
}

static enum err add_section(json_t *doc, const struct section *section,
			    int secrets)
{
	json_t *list;
	enum err err = section_read(section, &list);

	if (err)
		return err;
	if (!secrets)
		hide_secrets(section, list);
	json_object_set(doc, section->name,
		is_system(section) ? json_array_get(list, 0) : list);
	json_decref(list);
	return OK;
}

static enum err make(json_t *doc, int secrets)
{
	const struct section *section;
	enum err err = db_begin();

	if (!err)
		err = db_ask(NULL, "SET TRANSACTION ISOLATION LEVEL"
			" REPEATABLE READ READ ONLY", 0);
	if (err)
		return refused(err, "%s", db_error());
	for (section = sections; section->name && !err; section++)
		err = add_section(doc, section, secrets);
	return err;
}

enum err config_export(const struct args *args)
{
	json_t *doc = json_pack("{s:i}", "format", DOCUMENT_FORMAT);
	enum err err = make(doc, args->secrets);

	db_rollback();
	if (err)
		json_decref(doc);
	else
		print_json(doc);
	return err;
}

static json_t *by_key(const struct section *section, const json_t *list)
{
	json_t *map = json_object(), *thing;
	char *key;
	size_t i;

	json_array_foreach(list, i, thing) {
		key = section_key(section, thing);
		json_object_set(map, key, thing);
		free(key);
	}
	return map;
}

enum err document_read_section(const struct section *section, json_t **map)
{
	json_t *list;
	enum err err = section_read(section, &list);

	if (err)
		return err;
	*map = by_key(section, list);
	json_decref(list);
	return OK;
}

enum err document_read(json_t **state)
{
	const struct section *section;
	json_t *all = json_object(), *map;
	enum err err = OK;

	for (section = sections; section->name && !err; section++) {
		err = document_read_section(section, &map);
		if (!err)
			json_object_set_new(all, section->name, map);
	}
	if (err)
		json_decref(all);
	else
		*state = all;
	return err;
}
