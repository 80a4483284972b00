/* template.c - verbs for templates, but for what settings.c sets of them */
#include <jansson.h>

#include "ctl.h"
#include "db.h"
#include "print.h"
#include "templatedb.h"

/* Says what was the matter. */
static enum err said(enum err err, const char *name)
{
	if (err == ERR_MISSING)
		return refused(err, "there is no template \"%s\"", name);
	if (err == ERR_STATE)
		return refused(err, "users or other templates have \"%s\"",
			name);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err template_delete(const struct args *args)
{
	return said(templatedb_remove(args->name), args->name);
}

enum err template_show(const struct args *args)
{
	json_t *template;
	enum err err = said(templatedb_get(args->name, &template), args->name);

	if (err)
		return err;
	print_json(template);
	return OK;
}

enum err template_list(const struct args *args)
{
	static const struct column columns[] = {
		{ "name", NULL, NULL }, { "parent", NULL, NULL },
		{ "users", NULL, NULL }, { NULL, NULL, NULL },
	};
	json_t *items;
	enum err err = templatedb_list(&items);

	if (err)
		return refused(err, "%s", db_error());
	print_list(args, columns, items);
	return OK;
}
