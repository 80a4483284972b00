/* node.c - verbs for how a node dials */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "conf.h"
#include "ctl.h"
#include "db.h"
#include "plandb.h"
#include "print.h"

/* Put what was given over the plan. */
static enum err take(const char *what, const char *given, size_t min,
		     char *member, size_t size)
{
	enum err err;

	if (!given)
		return OK;
	err = check_digits(what, given, min, size - 1);
	if (!err)
		snprintf(member, size, "%s", given);
	return err;
}

/* Two that are the same would hide each other. */
static enum err check_prefixes(const struct dial_plan *plan)
{
	const char *const a[] = { plan->international, plan->national,
		plan->subscriber };
	int i;

	for (i = 0; i < 3; i++)
		if (*a[i] && !strcmp(a[i], a[(i + 1) % 3]))
			return refused(ERR_VALUE,
				"the prefix \"%s\" stands for two things",
				a[i]);
	return OK;
}

static enum err change(const struct args *args, struct dial_plan *plan)
{
	enum err err;

	err = take("country", args->country, 1, plan->country, 4);
	if (!err)
		err = take("area", args->area, 0, plan->area, 11);
	if (!err)
		err = take("international", args->international, 0,
			plan->international, sizeof(plan->international));
	if (!err)
		err = take("national", args->national, 0, plan->national,
			sizeof(plan->national));
	if (!err)
		err = take("subscriber", args->subscriber, 0,
			plan->subscriber, sizeof(plan->subscriber));
	if (!err && *plan->country == '0')
		err = refused(ERR_VALUE, "no country begins with 0");
	return err ? err : check_prefixes(plan);
}

static enum err find_plan(const char *node, struct dial_plan *plan)
{
	enum err err = plan_of_node(node, plan);

	if (err == ERR_MISSING)
		return refused(err, "there is no node \"%s\"", node);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err node_set(const struct args *args)
{
	struct dial_plan plan;
	enum err err;

	err = find_plan(args->name, &plan);
	if (err)
		return err;
	err = change(args, &plan);
	if (err)
		return err;
	err = plan_set(args->name, &plan);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err node_list(const struct args *args)
{
	static const struct column columns[] = {
		{ "name", NULL, NULL }, { "country", NULL, NULL },
		{ "area", NULL, NULL }, { "international", NULL, NULL },
		{ "national", NULL, NULL }, { "subscriber", NULL, NULL },
		{ NULL, NULL, NULL },
	};
	PGresult *rows;
	enum err err;

	err = db_ask(&rows, "SELECT name, country, area, international,"
		" \"national\", subscriber FROM nodes ORDER BY name", 0);
	if (err)
		return refused(err, "%s", db_error());
	print_rows(args, columns, rows);
	return OK;
}

enum err node_number(const struct args *args)
{
	char digits[NUMBER_SIZE], canonical[NUMBER_SIZE], dial[NUMBER_SIZE];
	struct dial_plan plan;
	enum err err = find_plan(conf.node, &plan);

	if (err)
		return err;
	if (number_clean(args->name, digits) ||
	    number_canonical(&plan, digits, canonical))
		return refused(ERR_VALUE, "\"%s\" is no number", args->name);
	number_dial(&plan, canonical, dial);
	if (args->json)
		print_json(json_pack("{s:s, s:s}", "canonical", canonical,
			"dial", dial));
	else
		printf("%s\t%s\n", canonical, dial);
	return OK;
}
