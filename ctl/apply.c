/* apply.c - make the database like a document, and say what differed */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "ctl.h"
#include "db.h"
#include "document.h"
#include "print.h"

/* A difference: {"change": "+", "kind": "user", "key": "alice"}; new */
static json_t *difference(const char *change, const struct section *section,
			  const json_t *thing)
{
	char *key = section_key(section, thing);
	json_t *d = json_pack("{s:s, s:s, s:s}", "change", change,
		"kind", section->noun, "key", key);

	free(key);
	return d;
}

/* Of a secret it tells whether there is one. */
static json_t *tellable(const struct member *m, const json_t *value)
{
	if (m->secret && !json_is_null(value))
		return json_true();
	return json_incref((json_t *)value);
}

static void add_changes(json_t *found, const struct section *section,
			const json_t *before, const json_t *after)
{
	const json_t *was, *is;
	const struct member *m;
	json_t *d;

	for (m = section->members; m->name; m++) {
		was = json_object_get(before, m->name);
		is = json_object_get(after, m->name);
		if (json_equal(was, is))
			continue;
		d = difference("~", section, after);
		json_object_set_new(d, "member", json_string(m->name));
		json_object_set_new(d, "secret", json_boolean(m->secret));
		json_object_set_new(d, "before", tellable(m, was));
		json_object_set_new(d, "after", tellable(m, is));
		json_array_append_new(found, d);
	}
}

static void print_value(const json_t *value)
{
	char *text;

	if (json_is_string(value)) {
		fputs(json_string_value(value), stdout);
		return;
	}
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	fputs(text, stdout);
	free(text);
}

static void print_change(const json_t *d)
{
	const json_t *after = json_object_get(d, "after");

	printf(" %s ", json_string_value(json_object_get(d, "member")));
	if (json_is_true(json_object_get(d, "secret"))) {
		fputs(json_is_null(after) ? "removed" : "changed", stdout);
		return;
	}
	print_value(json_object_get(d, "before"));
	fputs(" -> ", stdout);
	print_value(after);
}

static void print_difference(const json_t *d)
{
	const char *key = json_string_value(json_object_get(d, "key"));

	printf("%s %s%s%s", json_string_value(json_object_get(d, "change")),
		json_string_value(json_object_get(d, "kind")),
		*key ? " " : "", key);
	if (json_object_get(d, "member"))
		print_change(d);
	putchar('\n');
}

/* @param found  stolen */
static void print_all(const struct args *args, json_t *found)
{
	const json_t *d;
	size_t i;

	if (args->json) {
		print_json(found);
		return;
	}
	json_array_foreach(found, i, d)
		print_difference(d);
	json_decref(found);
}

/* What is noted of a thing: all that was there not so before; that a secret
 * was, and not which. @param before  NULL: it is new. @return new */
static json_t *detail_of(const struct section *section, const json_t *before,
			 const json_t *after)
{
	json_t *detail = json_object(), *is;
	const struct member *m;

	for (m = section->members; m->name; m++) {
		is = json_object_get(after, m->name);
		if (before ? json_equal(json_object_get(before, m->name), is) :
				json_is_null(is))
			continue;
		json_object_set(detail, m->name, m->secret &&
			!json_is_null(is) ? json_true() : is);
	}
	return detail;
}

static void note(const struct section *section, const char *what,
		 const json_t *thing, json_t *detail)
{
	char *key = section_key(section, thing);

	audit_note(section->noun, what, *key ? key : section->name, detail);
	free(key);
}

/* Adds how a thing differs. @return as it will be, or NULL; new */
static json_t *differs(const struct section *section, const json_t *map,
		       const json_t *said, json_t *found)
{
	char *key = section_key(section, said);
	const json_t *before = json_object_get(map, key);
	const char *missing;
	json_t *after = section_merge(section, before, said, &missing);

	free(key);
	if (before && json_equal(before, after)) {
		json_decref(after);
		return NULL;
	}
	if (before)
		add_changes(found, section, before, after);
	else
		json_array_append_new(found, difference("+", section, after));
	note(section, before ? "changed" : "created", after,
		detail_of(section, before, after));
	return after;
}

static enum err put(const struct section *section, const json_t *list,
		    json_t *found)
{
	json_t *map, *things, *said, *after;
	enum err err = document_read_section(section, &map);
	size_t i;

	if (err)
		return err;
	things = json_array();
	json_array_foreach(list, i, said) {
		after = differs(section, map, said, found);
		if (after)
			json_array_append_new(things, after);
	}
	if (json_array_size(things))
		err = section_put(section, things);
	json_decref(things);
	json_decref(map);
	return err;
}

/* Those that the document does not mention. @param map  loses the others */
static json_t *forgotten(const struct section *section, json_t *map,
			 const json_t *list, json_t *found)
{
	json_t *things = json_array(), *thing;
	const char *name;
	size_t i;
	char *key;

	json_array_foreach(list, i, thing) {
		key = section_key(section, thing);
		json_object_del(map, key);
		free(key);
	}
	json_object_foreach(map, name, thing) {
		json_array_append_new(found,
			difference("-", section, thing));
		note(section, "removed", thing, json_object());
		json_array_append(things, thing);
	}
	return things;
}

static enum err prune(const struct section *section, const json_t *list,
		      json_t *found)
{
	json_t *map, *things;
	enum err err = document_read_section(section, &map);

	if (err)
		return err;
	things = forgotten(section, map, list, found);
	if (json_array_size(things))
		err = section_remove(section, things);
	json_decref(things);
	json_decref(map);
	return err;
}

static enum err with_list(const json_t *doc, const struct section *section,
			  enum err (*act)(const struct section *section,
					  const json_t *list, json_t *found),
			  json_t *found)
{
	json_t *list = document_list(doc, section);
	enum err err = list ? act(section, list, found) : OK;

	json_decref(list);
	return err;
}

/* Each section is read again when it is its turn: what went took some of its
 * things along. */
static enum err change_all(const json_t *doc, int with_prune, json_t *found)
{
	const struct section *section = sections;
	enum err err = OK;

	while (section->name)
		section++;
	while (with_prune && section-- > sections && !err)
		if (section->remove)
			err = with_list(doc, section, prune, found);
	for (section = sections; section->name && !err; section++)
		err = with_list(doc, section, put, found);
	return err;
}

static enum err check(const json_t *doc, int with_prune)
{
	json_t *state;
	enum err err = document_read(&state);

	if (err)
		return err;
	if (document_check(doc, state, with_prune))
		err = ERR_TYPE;
	json_decref(state);
	return err;
}

/* Nobody else changes them between the look and the change. */
static enum err begin(void)
{
	enum err err = db_begin();

	if (!err)
		err = db_ask(NULL, "SET LOCAL statement_timeout = 0", 0);
	if (!err)
		err = db_ask(NULL, "LOCK TABLE domain, nodes, templates,"
			" template_visibility, users, user_settings, devices, groups, group_members,"
			" visibility, settings IN SHARE ROW EXCLUSIVE MODE", 0);
	/* one that goes may still have users, until these have another */
	if (!err)
		err = db_ask(NULL, "SET CONSTRAINTS users_template_fkey,"
			" templates_parent_fkey DEFERRED", 0);
	return err ? refused(err, "%s", db_error()) : OK;
}

/* A dry run does all of it, and takes it back. */
static enum err apply(const json_t *doc, const struct args *args,
		      json_t *found)
{
	enum err err = begin();

	if (!err)
		err = check(doc, args->prune);
	if (!err)
		err = change_all(doc, args->prune, found);
	if (!err)
		err = audit_write();
	if (!err && !args->dry_run && db_commit())
		err = refused(ERR_DB, "%s", db_error());
	if (err || args->dry_run)
		db_rollback();
	return err;
}

static json_t *load(const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "r") : stdin;
	json_error_t why;
	json_t *doc;

	if (!f) {
		refused(ERR_VALUE, "%s cannot be read", path);
		return NULL;
	}
	doc = json_loadf(f, JSON_REJECT_DUPLICATES, &why);
	if (!doc)
		refused(ERR_VALUE, "line %d: %s", why.line, why.text);
	if (f != stdin)
		fclose(f);
	return doc;
}

/* Before there were roles, there was `admin`. */
static void modernize(json_t *doc)
{
	const json_t *admin;
	json_t *user;
	size_t i;

	json_array_foreach(json_object_get(doc, "users"), i, user) {
		admin = json_object_get(user, "admin");
		if (!json_is_boolean(admin) || json_object_get(user, "role"))
			continue;
		json_object_set_new(user, "role", json_string(
			json_is_true(admin) ? "admin" : "user"));
		json_object_del(user, "admin");
	}
}

enum err config_apply(const struct args *args)
{
	json_t *doc = load(args->name), *found = json_array();
	enum err err = ERR_TYPE;

	if (doc) {
		modernize(doc);
		err = apply(doc, args, found);
	}
	json_decref(doc);
	if (err)
		json_decref(found);
	else
		print_all(args, found);
	return err;
}
