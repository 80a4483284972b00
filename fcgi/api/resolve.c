/* resolve.c - what a number means where a user dials it */
#include "resolve.h"

#include <stdio.h>
#include <stdlib.h>

#include "db.h"
#include "mem.h"
#include "plandb.h"
#include "rights.h"

/* @param name  new; NULL when it is nobody's whom the caller
 * may see */
static enum err find_owner(const char *caller, const char *number, char **name)
{
	PGresult *rows;
	char visible[16];
	enum err err;

	snprintf(visible, sizeof(visible), "%d", RIGHT_VISIBLE);
	err = db_ask(&rows, "SELECT u.name FROM users u"
		" JOIN users c ON c.node = u.node"
		" WHERE u.number = $1 AND NOT u.disabled AND c.name = $2"
		" AND rights_on(u.name, c.name) & $3::integer <> 0", 3,
		number, caller, visible);

	if (err)
		return err;
	*name = PQntuples(rows) ? mem_strdup(db_text(rows, 0, 0)) : NULL;
	PQclear(rows);
	return OK;
}

enum err resolve_number(const char *user, const char *number, json_t **meaning)
{
	char digits[NUMBER_SIZE], canonical[NUMBER_SIZE];
	struct dial_plan plan;
	char *owner;
	enum err err;

	err = plan_of_user(user, &plan);
	if (err)
		return err;
	if (number_clean(number, digits))
		return ERR_VALUE;
	err = find_owner(user, digits, &owner);
	if (err)
		return err;
	if (owner)
		*meaning = json_pack("{s:s, s:s, s:s, s:s}", "dialled", number,
			"canonical", digits, "extension", digits, "user",
			owner);
	else if (!number_canonical(&plan, digits, canonical))
		*meaning = json_pack("{s:s, s:s, s:n}", "dialled", number,
			"canonical", canonical, "user");
	else
		err = ERR_VALUE;
	free(owner);
	return err;
}
