/* audit.c - what mypbxctl has changed is written down, as what the API has */
#include "audit.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auditdb.h"
#include "db.h"
#include "text.h"

enum { WHO_SIZE = 72 };

/* All verbs that change something, but for `apply`, which tells each thing. */
static const struct change {
	const char *words;
	const char *what;
	const char *object;	/* NULL: that of the verb */
	const char *detail;	/* besides the options; JSON */
} changes[] = {
	{ "domain", "domain.created", NULL, NULL },
	{ "enable", "settings.changed", "system", "{\"enabled\": true}" },
	{ "disable", "settings.changed", "system", "{\"enabled\": false}" },
	{ "audit keep", "settings.changed", "system", NULL },
	{ "policy set", "settings.changed", "system", NULL },
	{ "ldap set", "directory.changed", "ldap_login", NULL },
	{ "ldap off", "directory.removed", "ldap_login", NULL },
	{ "node set", "node.changed", NULL, NULL },
	{ "user add", "user.created", NULL, NULL },
	{ "user delete", "user.removed", NULL, NULL },
	{ "user disable", "user.changed", NULL, "{\"disabled\": true}" },
	{ "user enable", "user.changed", NULL, "{\"disabled\": false}" },
	{ "user set", "user.changed", NULL, NULL },
	{ "user divert", "user.diverted", NULL, NULL },
	{ "template set", "template.changed", NULL, NULL },
	{ "template divert", "template.diverted", NULL, NULL },
	{ "template delete", "template.removed", NULL, NULL },
	{ "password", "user.password_set", NULL, NULL },
	{ "totp off", "user.totp_removed", NULL, NULL },
	{ "person erase", "user.erased", NULL, NULL },
	{ "device add", "device.created", NULL, NULL },
	{ "device set", "device.changed", NULL, NULL },
	{ "device secret", "device.secret_set", NULL, NULL },
	{ "device delete", "device.removed", NULL, NULL },
	{ "group add", "group.created", NULL, NULL },
	{ "group delete", "group.removed", NULL, NULL },
	{ "group put", "group.member_set", NULL, NULL },
	{ "group remove", "group.member_removed", NULL, NULL },
	{ "visibility set", "visibility.changed", NULL, NULL },
	{ "visibility remove", "visibility.changed", NULL,
	  "{\"rights\": null}" },
	{ "webhook add", "webhook.created", NULL, NULL },
	{ "webhook remove", "webhook.removed", NULL, NULL },
	{ "webhook enable", "webhook.changed", NULL, "{\"enabled\": true}" },
	{ "webhook disable", "webhook.changed", NULL,
	  "{\"enabled\": false}" },
	{ "webhook secret", "webhook.secret_set", NULL, NULL },
	{ "webhook replay", "webhook.replayed", NULL, NULL },
};

static json_t *noted;		/* [{"what", "object", "detail"}] */

static const struct change *find_change(const char *words)
{
	size_t i;

	for (i = 0; i < sizeof(changes) / sizeof(*changes); i++)
		if (!strcmp(changes[i].words, words))
			return &changes[i];
	return NULL;
}

/* Behind sudo, who called it says more than whom he became. */
static const char *unix_user(void)
{
	const char *name = getenv("SUDO_USER");
	const struct passwd *entry;

	if (name && text_is_title(name))
		return name;
	entry = getpwuid(getuid());
	return entry ? entry->pw_name : "?";
}

static const char *who(char buf[WHO_SIZE])
{
	snprintf(buf, WHO_SIZE, "cli:%.64s", unix_user());
	return buf;
}

static enum err write_one(const struct change *change, const struct args *args)
{
	char buf[WHO_SIZE];
	json_t *detail = change->detail ? json_loads(change->detail, 0, NULL) :
		json_object();
	struct auditdb_entry entry = { who(buf), change->what,
		change->object ? change->object : args->name, detail, NULL };
	enum err err;

	json_object_update(detail, args->given);
	err = auditdb_add(&entry);
	json_decref(detail);
	return err ? refused(err, "%s", db_error()) : OK;
}

enum err audit_run(const char *words, enum err (*run)(const struct args *args),
		   const struct args *args)
{
	const struct change *change = find_change(words);
	enum err err;

	if (!change)
		return run(args);
	err = db_begin();
	if (err)
		return err;
	err = run(args);
	if (!err)
		err = write_one(change, args);
	return db_end(err);
}

void audit_note(const char *noun, const char *what, const char *object,
		json_t *detail)
{
	if (!noted)
		noted = json_array();
	json_array_append_new(noted, json_pack("{s:s++, s:s, s:o}",
		"what", noun, ".", what, "object", object, "detail", detail));
}

enum err audit_write(void)
{
	char buf[WHO_SIZE];
	enum err err = noted ? auditdb_add_all(who(buf), noted) : OK;

	json_decref(noted);
	noted = NULL;
	return err ? refused(err, "%s", db_error()) : OK;
}
