/* template.h - changes of templates, as administrators wish them */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "settings_check.h"

/** A template as it came; all borrowed. NULL and null: nothing. */
struct template {
	const char *name;
	json_t *parent;		/* name of another */
	struct settings settings;
	json_t *diversions;	/* [{"when", "from", "priority", "to"}] */
	json_t *visibility;	/* [{"for", "rights"}] */
};

/**
 * Make or replace one. Within a transaction, which is lost when it fails.
 *
 * @return OK; ERR_INPUT, ERR_VALUE with the fault filled; ERR_DB
 */
enum err template_put(const struct template *template, struct fault *fault);

#endif
