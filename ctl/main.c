/* main.c - mypbxctl: administration from the command line */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "conf.h"
#include "ctl.h"
#include "log.h"
#include "mem.h"

enum option {
	NUMBER = 1,
	DISPLAY_NAME = 2,
	USER = 4,
	TEXT = 8,
	ADMIN = 16,
	REFUSE = 32,
	PLAN = 64,		/* one of a node's numbers */
	SETTING = 128,		/* one of a user's */
	FORMAT = 256,
	TYPES = 512,
	AFTER = 1024,
	POLICY = 2048,		/* one part of it */
	SECRET = 4096,
	URI = 8192,
	DN = 16384,
	STARTTLS = 32768,
	TIMEOUT = 65536,
	KIND = 131072,
	INACTIVE = 262144,
	FOR = 524288,
	RIGHTS = 1048576,
	SECRETS = 2097152,
	DRY_RUN = 4194304,
	PRUNE = 8388608,
	ROLE = 16777216,
	SOME = 33554432,	/* one of those that may be there must */
};

static const struct {
	const char *words;
	const char *object;	/* NULL: the verb has none */
	int must;		/* options that must be there */
	int may;
	enum err (*run)(const struct args *args);
	const char *help;
} verbs[] = {
	{ "migrate", NULL, 0, 0, migrate,
	  "create or update the database schema" },
	{ "domain", "NAME", 0, 0, system_domain,
	  "create the SIP domain and its node" },
	{ "export", NULL, 0, SECRETS, config_export,
	  "[--secrets]; all configuration as one JSON document" },
	{ "apply", "FILE", 0, DRY_RUN | PRUNE, config_apply,
	  "[--dry-run] [--prune]; make it like that document (-: stdin); "
	  "prints what differed" },
	{ "check", NULL, 0, 0, config_check, "what is not right yet" },
	{ "person export", "NAME", 0, 0, person_export,
	  "all that is stored about somebody, as JSON" },
	{ "person erase", "NAME", 0, 0, person_erase,
	  "delete the user and all that is stored about him" },
	{ "enable", NULL, 0, 0, system_enable, "let people log in" },
	{ "disable", NULL, 0, 0, system_disable, "let nobody log in" },
	{ "node set", "NAME", PLAN, 0, node_set,
	  "[--country N] [--area N] [--international N] [--national N] "
	  "[--subscriber N]" },
	{ "node list", NULL, 0, 0, node_list,
	  "name, country, area, prefixes" },
	{ "number", "TEXT", 0, 0, node_number,
	  "what it means here when dialled, and how to dial that" },
	{ "user add", "NAME", NUMBER | DISPLAY_NAME, ADMIN | ROLE, user_add,
	  "--number N --display-name T [--role user|operator|admin] [--admin]" },
	{ "user delete", "NAME", 0, 0, user_delete,
	  "with all devices" },
	{ "user disable", "NAME", 0, 0, user_disable,
	  "no login, no calls" },
	{ "user enable", "NAME", 0, 0, user_enable, "undo that" },
	{ "user list", NULL, 0, 0, user_list,
	  "name, number, display name, state" },
	{ "user set", "NAME", SOME, SETTING | ROLE, user_set,
	  "[--role user|operator|admin] [--dnd yes|no] [--busy-on N|-] "
	  "[--no-answer S|-] [--mobile N|-] [--mobile-on yes|no] "
	  "[--mobile-delay S]" },
	{ "user divert", "NAME", 0, 0, user_divert,
	  "diversions from stdin, a line WHEN FROM PRIORITY TO each" },
	{ "user settings", "NAME", 0, 0, user_settings,
	  "what the two above have set" },
	{ "password", "NAME", 0, 0, user_password,
	  "set it to the line on stdin; an empty line removes it" },
	{ "totp off", "NAME", 0, 0, user_totp_off,
	  "a user has lost his second factor" },
	{ "ldap set", NULL, URI | DN, STARTTLS | TIMEOUT, ldap_set,
	  "--uri U --dn uid=%s,... [--starttls yes|no] [--timeout S]; who has "
	  "no password here logs in with that of this server" },
	{ "ldap off", NULL, 0, 0, ldap_off, "undo that" },
	{ "ldap show", NULL, 0, 0, ldap_show, "the setting, as JSON, or off" },
	{ "policy set", NULL, POLICY, 0, policy_set,
	  "[--length N] [--classes 1-4] [--change yes|no]" },
	{ "policy show", NULL, 0, 0, policy_show,
	  "what a user's new password must be, as JSON" },
	{ "audit keep", "DAYS", 0, 0, audit_keep,
	  "forget what was done longer ago; -: never" },
	{ "device add", "ID", USER | TEXT, REFUSE | SECRET, device_add,
	  "--user NAME --text T [--refuse] [--secret own|user|admin]; "
	  "secret on stdin" },
	{ "device set", "ID", SECRET, 0, device_set,
	  "--secret own|user|admin: who may change it" },
	{ "device secret", "ID", 0, 0, device_secret,
	  "new secret from stdin; an empty line: made and printed" },
	{ "device delete", "ID", 0, 0, device_delete, "forget a device" },
	{ "device list", NULL, 0, 0, device_list,
	  "id, user, text, second registration, whose secret" },
	{ "group add", "NAME", 0, 0, group_add, "make a group" },
	{ "group delete", "NAME", 0, 0, group_delete,
	  "with all that is said about it" },
	{ "group list", NULL, 0, 0, group_list, "name, number of members" },
	{ "group put", "NAME", USER, KIND | INACTIVE, group_put,
	  "--user NAME [--kind static|in|out] [--inactive]" },
	{ "group remove", "NAME", USER, 0, group_remove,
	  "--user NAME; he does not belong to it any more" },
	{ "group members", "NAME", 0, 0, group_members,
	  "user, kind, in or out, active or not" },
	{ "visibility set", "NAME", FOR | RIGHTS, 0, visibility_set,
	  "--for user:NAME|group:NAME|@DOMAIN|@ --rights R,R; what he lets "
	  "them see; NAME @: what all do who do not say it themselves" },
	{ "visibility remove", "NAME", FOR, 0, visibility_remove,
	  "--for T; say nothing about them" },
	{ "visibility list", "NAME", 0, 0, visibility_list, "for whom, what" },
	{ "webhook add", "NAME", 0, FORMAT | TYPES | USER, hook_add,
	  "[--format mypbx|sipgate|zammad] [--types T,T] [--user NAME]; "
	  "URL on stdin; prints the secret" },
	{ "webhook list", NULL, 0, 0, hook_list,
	  "id, name, whose, events of, format, state, dead letters" },
	{ "webhook show", "NAME", 0, 0, hook_show, "all of one, as JSON" },
	{ "webhook remove", "NAME", 0, 0, hook_remove,
	  "with all that waits for it" },
	{ "webhook enable", "NAME", 0, 0, hook_enable,
	  "from now on it is told again" },
	{ "webhook disable", "NAME", 0, 0, hook_disable,
	  "it is told nothing" },
	{ "webhook secret", "NAME", 0, 0, hook_secret,
	  "make and print a new one; the old one signs a day longer" },
	{ "webhook dead", "NAME", 0, 0, hook_dead,
	  "events that were given up, as JSON" },
	{ "webhook replay", "NAME", 0, AFTER, hook_replay,
	  "[--after CURSOR]; send again what was given up, or the log" },
	{ "webhook test", "NAME", 0, 0, hook_test, "send an event that is none" },
};

enum { VERBS = sizeof(verbs) / sizeof(*verbs) };

enum err refused(enum err err, const char *fmt, ...)
{
	va_list ap;

	if (err == ERR_DB || err == ERR_INTERNAL)
		return err;
	fputs("mypbxctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return err;
}

static void misused(const char *what, const char *which)
{
	fprintf(stderr, "mypbxctl: %s: %s; see mypbxctl --help\n", what, which);
	exit(2);
}

/* The verbs are two words or one; eats what it takes. */
static int find_verb(char ***argv)
{
	char words[64];
	int i;

	if (!**argv)
		misused("nothing to do", "a verb is missing");
	for (i = 0; i < VERBS; i++)
		if (!strcmp(verbs[i].words, **argv)) {
			*argv += 1;
			return i;
		}
	snprintf(words, sizeof(words), "%s%s%s", **argv,
		(*argv)[1] ? " " : "", (*argv)[1] ? (*argv)[1] : "");
	for (i = 0; i < VERBS; i++)
		if (!strcmp(verbs[i].words, words)) {
			*argv += 2;
			return i;
		}
	misused("unknown verb", words);
	return -1;
}

/* "--display-name" is "display_name" there, as in the API. */
static void note_option(json_t *given, const char *name, const char *value)
{
	char *member = mem_strdup(name + 2), *p;

	for (p = member; *p; p++)
		if (*p == '-')
			*p = '_';
	json_object_set_new(given, member, value ? json_string(value) :
		json_true());
	free(member);
}

/* Take one option, and its value when it has one. @return its bit */
static int take_option(struct args *args, char ***argv)
{
	const struct {
		const char *name;
		int bit;
		const char **text;
		int *flag;
	} options[] = {
		{ "--number", NUMBER, &args->number, NULL },
		{ "--display-name", DISPLAY_NAME, &args->display_name, NULL },
		{ "--user", USER, &args->user, NULL },
		{ "--text", TEXT, &args->text, NULL },
		{ "--country", PLAN, &args->country, NULL },
		{ "--area", PLAN, &args->area, NULL },
		{ "--international", PLAN, &args->international, NULL },
		{ "--national", PLAN, &args->national, NULL },
		{ "--subscriber", PLAN, &args->subscriber, NULL },
		{ "--dnd", SETTING, &args->dnd, NULL },
		{ "--busy-on", SETTING, &args->busy_on, NULL },
		{ "--no-answer", SETTING, &args->no_answer, NULL },
		{ "--mobile", SETTING, &args->mobile, NULL },
		{ "--mobile-on", SETTING, &args->mobile_on, NULL },
		{ "--mobile-delay", SETTING, &args->mobile_delay, NULL },
		{ "--format", FORMAT, &args->format, NULL },
		{ "--types", TYPES, &args->types, NULL },
		{ "--after", AFTER, &args->after, NULL },
		{ "--secret", SECRET, &args->secret, NULL },
		{ "--uri", URI, &args->uri, NULL },
		{ "--dn", DN, &args->dn, NULL },
		{ "--starttls", STARTTLS, &args->starttls, NULL },
		{ "--timeout", TIMEOUT, &args->timeout, NULL },
		{ "--length", POLICY, &args->length, NULL },
		{ "--classes", POLICY, &args->classes, NULL },
		{ "--change", POLICY, &args->change, NULL },
		{ "--kind", KIND, &args->kind, NULL },
		{ "--for", FOR, &args->viewer, NULL },
		{ "--rights", RIGHTS, &args->rights, NULL },
		{ "--inactive", INACTIVE, NULL, &args->inactive },
		{ "--secrets", SECRETS, NULL, &args->secrets },
		{ "--dry-run", DRY_RUN, NULL, &args->dry_run },
		{ "--prune", PRUNE, NULL, &args->prune },
		{ "--role", ROLE, &args->role, NULL },
		{ "--admin", ADMIN, NULL, &args->admin },
		{ "--refuse", REFUSE, NULL, &args->refuse },
	};
	const char *name = *(*argv)++;
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].name, name))
			continue;
		note_option(args->given, name, options[i].text ? **argv : NULL);
		if (options[i].flag)
			*options[i].flag = 1;
		else if (!(*options[i].text = **argv))
			misused("value missing", name);
		else
			++*argv;
		return options[i].bit;
	}
	misused("unknown option", name);
	return 0;
}

static void read_args(int verb, char **argv, struct args *args)
{
	int seen = 0, must = verbs[verb].must;

	while (*argv) {
		if (!strncmp(*argv, "--", 2))
			seen |= take_option(args, &argv);
		else if (verbs[verb].object && !args->name)
			args->name = *argv++;
		else
			misused("too much", *argv);
	}
	if (verbs[verb].object && !args->name)
		misused(verbs[verb].words, "its object is missing");
	if (seen)
		seen |= must & SOME;
	if (must & ~seen)
		misused(verbs[verb].words, "an option is missing");
	if (seen & ~(must | verbs[verb].may))
		misused(verbs[verb].words, "an option does not belong here");
}

static char *usage(void)
{
	char *text = mem_strdup("[SETTINGS] VERB ...\n"), *more;
	int i;

	for (i = 0; i < VERBS; i++) {
		more = mem_printf("%s\n  %-13s %-4s  %s", text, verbs[i].words,
			verbs[i].object ? verbs[i].object : "", verbs[i].help);
		free(text);
		text = more;
	}
	return text;
}

/* ERR_TYPE: a document is not one. */
static int status(enum err err)
{
	return err == ERR_TYPE ? 2 : err ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct args args = { 0 };
	char *help = usage();
	enum err err;
	int verb;

	mem_init();
	argv += conf_open(argc, argv, help);
	free(help);
	log_open("mypbxctl", "error");
	args.given = json_object();
	verb = find_verb(&argv);
	read_args(verb, argv, &args);
	err = audit_run(verbs[verb].words, verbs[verb].run, &args);
	json_decref(args.given);
	return status(err);
}
