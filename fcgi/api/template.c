/* template.c - changes of templates, as administrators wish them */
#include "template.h"

#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "db.h"
#include "plandb.h"
#include "templatedb.h"
#include "text.h"
#include "visibility.h"

static int is_said(const json_t *value)
{
	return value && !json_is_null(value);
}

static enum err check_names(const struct template *template,
			    struct fault *fault)
{
	if (!text_is_name(template->name))
		return fault_value(fault, "/name", "bad_name");
	if (is_said(template->parent) && !json_is_string(template->parent))
		return fault_set(fault, ERR_INPUT,
			"/parent must be a name or null");
	return OK;
}

/* Numbers mean what they mean here. */
static enum err check(const struct template *template,
		      struct settings_row *row, struct fault *fault)
{
	struct dial_plan plan;
	enum err err = check_names(template, fault);

	if (!err)
		err = plan_of_node(conf.node, &plan);
	if (!err)
		err = settings_check(&template->settings, &plan, row, fault);
	if (!err && is_said(template->diversions))
		err = settings_check_diversions(template->diversions,
			"/diversions", &plan, fault);
	return err;
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

/* What stays as it is is not written: nobody has to be told. */
static enum err write_row(const struct template *template,
			  const struct settings_row *row)
{
	char *diversions = is_said(template->diversions) ?
		json_dumps(template->diversions, JSON_COMPACT) : NULL;
	enum err err = db_ask(NULL, "INSERT INTO templates AS t (name, parent,"
		" dnd, busy_on, no_answer_s, mobile, mobile_on,"
		" mobile_delay_s, diversions)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		" ON CONFLICT (name) DO UPDATE SET parent = excluded.parent,"
		" dnd = excluded.dnd, busy_on = excluded.busy_on,"
		" no_answer_s = excluded.no_answer_s,"
		" mobile = excluded.mobile, mobile_on = excluded.mobile_on,"
		" mobile_delay_s = excluded.mobile_delay_s,"
		" diversions = excluded.diversions"
		" WHERE (t.parent, t.dnd, t.busy_on, t.no_answer_s, t.mobile,"
		" t.mobile_on, t.mobile_delay_s, t.diversions)"
		" IS DISTINCT FROM (excluded.parent, excluded.dnd,"
		" excluded.busy_on, excluded.no_answer_s, excluded.mobile,"
		" excluded.mobile_on, excluded.mobile_delay_s,"
		" excluded.diversions)", 9, template->name,
		json_string_value(template->parent), row->dnd,
		or_null(row->busy_on), or_null(row->no_answer_s),
		or_null(row->mobile), row->mobile_on ? "t" : "f",
		row->delay_s, diversions);

	free(diversions);
	return err;
}

static enum err write_entries(const char *name, const json_t *rows)
{
	char *text = json_dumps(rows, JSON_COMPACT);
	enum err err = db_ask(NULL,
		"WITH new AS (SELECT kind::viewer_kind, viewer, rights"
		" FROM jsonb_to_recordset($2::jsonb)"
		" AS n(kind text, viewer text, rights integer)),"
		" gone AS (DELETE FROM template_visibility v"
		" WHERE template = $1 AND NOT EXISTS (SELECT FROM new n"
		" WHERE n.kind = v.kind AND n.viewer = v.viewer))"
		" INSERT INTO template_visibility AS v SELECT $1, n.*"
		" FROM new n ON CONFLICT (template, kind, viewer)"
		" DO UPDATE SET rights = excluded.rights"
		" WHERE v.rights <> excluded.rights", 2, name, text);

	free(text);
	return err;
}

/* What a refusal of the database says to clients. */
static enum err explain(enum err err, struct fault *fault)
{
	const char *obstacle = err == ERR_STATE ? templatedb_obstacle() : NULL;

	if (!obstacle)
		return err;
	return fault_value(fault, "/parent", strcmp(obstacle, "parent") ?
		obstacle : "unknown_template");
}

enum err template_put(const struct template *template, struct fault *fault)
{
	struct settings_row row;
	json_t *entries = NULL;
	enum err err = check(template, &row, fault);

	if (!err)
		err = visibility_read(is_said(template->visibility) ?
			template->visibility : NULL, "/visibility", &entries,
			fault);
	if (!err)
		err = explain(write_row(template, &row), fault);
	if (!err)
		err = write_entries(template->name, entries);
	json_decref(entries);
	return err;
}
