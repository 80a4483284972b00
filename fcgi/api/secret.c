/* secret.c - secrets that a user's devices register with */
#include "secret.h"

#include <stdio.h>
#include <string.h>

#include "db.h"
#include "log.h"

static enum err check_own(const char *user, const char *device,
			  struct fault *fault)
{
	char whose[8] = "";
	PGresult *rows;
	enum err err = db_ask(&rows, "SELECT secret FROM devices"
		" WHERE user_name = $1 AND id = $2", 2, user, device);

	if (err)
		return err;
	if (PQntuples(rows))
		snprintf(whose, sizeof(whose), "%s", db_text(rows, 0, 0));
	PQclear(rows);
	if (!*whose)
		return ERR_MISSING;
	if (!strcmp(whose, "user"))
		return fault_set(fault, ERR_STATE,
			"This device registers with your password");
	if (!strcmp(whose, "admin"))
		return fault_set(fault, ERR_DENIED,
			"Only an administrator changes this secret");
	return OK;
}

/* What an administrator has changed meanwhile stays. */
static enum err store(const char *device, const char *ha1)
{
	PGresult *done;
	enum err err = db_ask(&done, "UPDATE devices SET ha1 = $2"
		" WHERE id = $1 AND secret = 'own'", 2, device, ha1);

	if (err)
		return err;
	if (!strcmp(PQcmdTuples(done), "0"))
		err = ERR_STATE;
	PQclear(done);
	return err;
}

enum err secret_renew(const char *user, const char *device,
		      char secret[MADE_SECRET_SIZE], struct fault *fault)
{
	char ha1[HA1_SIZE];
	enum err err;

	err = check_own(user, device, fault);
	if (err)
		return err;
	err = devicedb_ha1(device, user, devicedb_make_secret(secret), ha1);
	if (!err)
		err = store(device, ha1);
	if (!err)
		log_info("device %s secret renewed user=%s", device, user);
	return err;
}
