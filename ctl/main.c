/* main.c - mypbxctl: administration from the command line */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "conf.h"
#include "ctl.h"
#include "log.h"
#include "mem.h"
#include "status.h"
#include "verb.h"

enum {
	NUMBER = 1,
	DISPLAY_NAME = 2,
	USER = 4,
	TEXT = 8,
	ADMIN = 16,
	REFUSE = 32,
	PLAN = 64,		/* one of a node's numbers */
	SETTING = 128,		/* one of a user's or a template's */
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

const struct verb verbs[] = {
	{ "migrate", NULL, 0, 0, migrate,
	  "create or update the database schema", NULL },
	{ "domain", "NAME", 0, 0, system_domain,
	  "create the SIP domain and its node", NULL },
	{ "export", NULL, 0, SECRETS, config_export,
	  "all configuration as one JSON document",
	  "{format, system, nodes, templates, template_visibility, users, "
	  "devices, groups, members, visibility}" },
	{ "apply", "FILE", 0, DRY_RUN | PRUNE, config_apply,
	  "make it like that document (-: stdin); prints what differed",
	  "[{change, kind, key, member, secret, before, after}]; change: + - "
	  "~; the last four with ~ only" },
	{ "check", NULL, 0, 0, config_check,
	  "what is not right yet",
	  "[{kind, object, text, mend, call}]" },
	{ "person export", "USER", 0, 0, person_export,
	  "all that is stored about somebody, as JSON",
	  "{user, settings, presence, second_factor, devices, groups, "
	  "visibility, visibility_for_him, profiles, tokens, webhooks, "
	  "audit, looked_at, looked_at_all, looked_at_by, call_records, "
	  "logins}" },
	{ "person erase", "USER", 0, 0, person_erase,
	  "delete the user and all that is stored about him", NULL },
	{ "enable", NULL, 0, 0, system_enable,
	  "let people log in", NULL },
	{ "disable", NULL, 0, 0, system_disable,
	  "let nobody log in", NULL },
	{ "node set", "NODE", PLAN, 0, node_set,
	  "how numbers are dialled there", NULL },
	{ "node list", NULL, 0, 0, node_list,
	  "name, country, area, prefixes",
	  "[{name, country, area, international, national, subscriber}]" },
	{ "number", "TEXT", 0, 0, node_number,
	  "what it means here when dialled, and how to dial that",
	  "{canonical, dial}" },
	{ "user add", "NAME", NUMBER | DISPLAY_NAME, ADMIN | ROLE, user_add,
	  "make a user", NULL },
	{ "user delete", "USER", 0, 0, user_delete,
	  "with all devices", NULL },
	{ "user disable", "USER", 0, 0, user_disable,
	  "no login, no calls", NULL },
	{ "user enable", "USER", 0, 0, user_enable,
	  "undo that", NULL },
	{ "user list", NULL, 0, 0, user_list,
	  "name, number, display name, state",
	  "[{name, number, display_name, role, disabled, password, totp}]" },
	{ "user set", "USER", SOME, SETTING | ROLE, user_set,
	  "his role, and what happens to his calls; -: what his template says",
	  NULL },
	{ "user divert", "USER", 0, 0, user_divert,
	  "diversions from stdin, a line WHEN FROM PRIORITY TO each", NULL },
	{ "user settings", "USER", 0, 0, user_settings,
	  "what counts for him of both; inherited: what he does not say himself",
	  "{dnd, busy_on, no_answer_s, mobile, diversions, inherited, version}" },
	{ "template set", "TEMPLATE", 0, SETTING, template_set,
	  "what users have who say nothing themselves; made when there is none "
	  "of that name; --template: the one that it inherits from", NULL },
	{ "template divert", "TEMPLATE", 0, 0, template_divert,
	  "as user divert", NULL },
	{ "template delete", "TEMPLATE", 0, 0, template_delete,
	  "unless somebody has it", NULL },
	{ "template list", NULL, 0, 0, template_list,
	  "name, inherits from, number of users",
	  "[{name, parent, dnd, busy_on, no_answer_s, mobile, diversions, "
	  "visibility, users, version}]" },
	{ "template show", "TEMPLATE", 0, 0, template_show,
	  "all of one, as JSON",
	  "{name, parent, dnd, busy_on, no_answer_s, mobile, diversions, "
	  "visibility, users, version}" },
	{ "password", "USER", 0, 0, user_password,
	  "set it to the line on stdin; an empty line removes it", NULL },
	{ "totp off", "USER", 0, 0, user_totp_off,
	  "a user has lost his second factor", NULL },
	{ "ldap set", NULL, URI | DN, STARTTLS | TIMEOUT, ldap_set,
	  "who has no password here logs in with that of this server", NULL },
	{ "ldap off", NULL, 0, 0, ldap_off,
	  "undo that", NULL },
	{ "ldap show", NULL, 0, 0, ldap_show,
	  "the setting, as JSON, or off",
	  "{uri, dn, starttls, timeout_s}; null: it is off" },
	{ "policy set", NULL, POLICY, 0, policy_set,
	  "what a user's new password must be", NULL },
	{ "policy show", NULL, 0, 0, policy_show,
	  "the same, as JSON",
	  "{min_length, classes, change}" },
	{ "audit keep", "DAYS|-", 0, 0, audit_keep,
	  "forget what was done longer ago; -: never", NULL },
	{ "device add", "ID", USER | TEXT, REFUSE | SECRET, device_add,
	  "make a phone; its secret on stdin, or an empty line: made and "
	  "printed",
	  "{made_secret}; null: it was given" },
	{ "device set", "DEVICE", SECRET, 0, device_set,
	  "who may change its secret", NULL },
	{ "device secret", "DEVICE", 0, 0, device_secret,
	  "new secret from stdin; an empty line: made and printed",
	  "{made_secret}; null: it was given" },
	{ "device delete", "DEVICE", 0, 0, device_delete,
	  "forget a device", NULL },
	{ "device list", NULL, 0, 0, device_list,
	  "id, user, text, second registration, whose secret",
	  "[{id, user, text, replaces, secret}]" },
	{ "group add", "NAME", 0, 0, group_add,
	  "make a group", NULL },
	{ "group delete", "GROUP", 0, 0, group_delete,
	  "with all that is said about it", NULL },
	{ "group list", NULL, 0, 0, group_list,
	  "name, number of members",
	  "[{name, count}]" },
	{ "group put", "GROUP", USER, KIND | INACTIVE, group_put,
	  "make him a member, or another kind of one", NULL },
	{ "group remove", "GROUP", USER, 0, group_remove,
	  "he does not belong to it any more", NULL },
	{ "group members", "GROUP", 0, 0, group_members,
	  "user, kind, in or out, active or not",
	  "[{user, kind, joined, active}]" },
	{ "visibility set", "USER|@", FOR | RIGHTS, 0, visibility_set,
	  "what he lets them see: R is visible, online, presence, note, "
	  "on_phone, calls, ids; @: what all do who do not say it themselves",
	  NULL },
	{ "visibility remove", "USER|@", FOR, 0, visibility_remove,
	  "say nothing about them", NULL },
	{ "visibility list", "USER|@", 0, 0, visibility_list,
	  "for whom, what",
	  "[{for, rights}]" },
	{ "webhook add", "NAME", 0, FORMAT | TYPES | USER, hook_add,
	  "tell a program of events; URL on stdin; prints the secret",
	  "{secret}" },
	{ "webhook list", NULL, 0, 0, hook_list,
	  "id, name, whose, events of, format, state, dead letters",
	  "[{id, name, url, format, types, enabled, why, version, created, "
	  "dead, user, trusted, state}]" },
	{ "webhook show", "WEBHOOK", 0, 0, hook_show,
	  "all of one, as JSON",
	  "{id, name, url, format, types, enabled, why, version, created, "
	  "dead, waiting}" },
	{ "webhook remove", "WEBHOOK", 0, 0, hook_remove,
	  "with all that waits for it", NULL },
	{ "webhook enable", "WEBHOOK", 0, 0, hook_enable,
	  "from now on it is told again", NULL },
	{ "webhook disable", "WEBHOOK", 0, 0, hook_disable,
	  "it is told nothing", NULL },
	{ "webhook secret", "WEBHOOK", 0, 0, hook_secret,
	  "make and print a new one; the old one signs a day longer",
	  "{secret}" },
	{ "webhook dead", "WEBHOOK", 0, 0, hook_dead,
	  "events that were given up, as JSON",
	  "[{cursor, type, time, why, tries, gave_up, data}]" },
	{ "webhook replay", "WEBHOOK", 0, AFTER, hook_replay,
	  "send again what was given up, or the log behind a cursor",
	  "{count}; null: what the log has, behind a cursor" },
	{ "webhook test", "WEBHOOK", 0, 0, hook_test,
	  "send an event that is none", NULL },
	{ NULL, NULL, 0, 0, NULL, NULL, NULL },
};

#define AT(member) offsetof(struct args, member)

const struct option options[] = {
	{ "--number", NUMBER, AT(number), "N" },
	{ "--display-name", DISPLAY_NAME, AT(display_name), "T" },
	{ "--user", USER, AT(user), "USER" },
	{ "--text", TEXT, AT(text), "T" },
	{ "--country", PLAN, AT(country), "N" },
	{ "--area", PLAN, AT(area), "N" },
	{ "--international", PLAN, AT(international), "N" },
	{ "--national", PLAN, AT(national), "N" },
	{ "--subscriber", PLAN, AT(subscriber), "N" },
	{ "--dnd", SETTING, AT(dnd), "yes|no|-" },
	{ "--busy-on", SETTING, AT(busy_on), "N|-" },
	{ "--no-answer", SETTING, AT(no_answer), "S|-" },
	{ "--mobile", SETTING, AT(mobile), "N|-" },
	{ "--mobile-on", SETTING, AT(mobile_on), "yes|no" },
	{ "--mobile-delay", SETTING, AT(mobile_delay), "S" },
	{ "--template", SETTING, AT(template), "TEMPLATE|-" },
	{ "--format", FORMAT, AT(format), "mypbx|sipgate|zammad" },
	{ "--types", TYPES, AT(types), "T,T" },
	{ "--after", AFTER, AT(after), "CURSOR" },
	{ "--secret", SECRET, AT(secret), "own|user|admin" },
	{ "--uri", URI, AT(uri), "URI" },
	{ "--dn", DN, AT(dn), "DN" },
	{ "--starttls", STARTTLS, AT(starttls), "yes|no" },
	{ "--timeout", TIMEOUT, AT(timeout), "S" },
	{ "--length", POLICY, AT(length), "N" },
	{ "--classes", POLICY, AT(classes), "1|2|3|4" },
	{ "--change", POLICY, AT(change), "yes|no" },
	{ "--kind", KIND, AT(kind), "static|in|out" },
	{ "--for", FOR, AT(viewer), "user:NAME|group:NAME|@DOMAIN|@" },
	{ "--rights", RIGHTS, AT(rights), "R,R" },
	{ "--inactive", INACTIVE, AT(inactive), NULL },
	{ "--secrets", SECRETS, AT(secrets), NULL },
	{ "--dry-run", DRY_RUN, AT(dry_run), NULL },
	{ "--prune", PRUNE, AT(prune), NULL },
	{ "--role", ROLE, AT(role), "user|operator|admin" },
	{ "--admin", ADMIN, AT(admin), NULL },
	{ "--refuse", REFUSE, AT(refuse), NULL },
	{ "--json", OPTION_JSON, AT(json), NULL },
	{ NULL, 0, 0, NULL },
};

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
	exit(STATUS_USAGE);
}

/* The verbs are two words or one; eats what it takes. */
static const struct verb *find_verb(char ***argv)
{
	const struct verb *verb;
	char words[64];

	if (!**argv)
		misused("nothing to do", "a verb is missing");
	for (verb = verbs; verb->words; verb++)
		if (!strcmp(verb->words, **argv)) {
			*argv += 1;
			return verb;
		}
	snprintf(words, sizeof(words), "%s%s%s", **argv,
		(*argv)[1] ? " " : "", (*argv)[1] ? (*argv)[1] : "");
	for (verb = verbs; verb->words; verb++)
		if (!strcmp(verb->words, words)) {
			*argv += 2;
			return verb;
		}
	misused("unknown verb", words);
	return NULL;
}

static const struct option *find_option(const char *name)
{
	const struct option *option;

	for (option = options; option->name; option++)
		if (!strcmp(option->name, name))
			return option;
	misused("unknown option", name);
	return NULL;
}

/* "--display-name" is "display_name" there, as in the API. */
static void note_option(json_t *given, const struct option *option,
			const char *value)
{
	char *member = mem_strdup(option->name + 2), *p;

	for (p = member; *p; p++)
		if (*p == '-')
			*p = '_';
	json_object_set_new(given, member, option->value ?
		json_string(value) : json_true());
	free(member);
}

/* Take one option, and its value when it has one. @return its bit */
static int take_option(const struct verb *verb, struct args *args,
		       char ***argv)
{
	const struct option *option = find_option(*(*argv)++);
	char *at = (char *)args + option->at;

	if (!verb_takes(verb, option))
		misused(verb->words, "an option does not belong here");
	if (option->bit != OPTION_JSON)
		note_option(args->given, option, **argv);
	if (!option->value)
		*(int *)at = 1;
	else if (!(*(const char **)at = **argv))
		misused("value missing", option->name);
	else
		++*argv;
	return option->bit;
}

static void read_args(const struct verb *verb, char **argv, struct args *args)
{
	int seen = 0;

	while (*argv) {
		if (!strncmp(*argv, "--", 2))
			seen |= take_option(verb, args, &argv);
		else if (verb->object && !args->name)
			args->name = *argv++;
		else
			misused("too much", *argv);
	}
	if (verb->object && !args->name)
		misused(verb->words, "its object is missing");
	if (seen)
		seen |= verb->must & SOME;
	if (verb->must & ~seen)
		misused(verb->words, "an option is missing");
}

static enum status perform(char **argv)
{
	const struct verb *verb = find_verb(&argv);
	struct args args = { .given = json_object() };
	enum err err;

	read_args(verb, argv, &args);
	err = audit_run(verb->words, verb->run, &args);
	json_decref(args.given);
	return status_of(err);
}

/* What others ask, not people: no verbs. */
static int serve(int argc, char **argv)
{
	if (argc < 2 || (strcmp(argv[1], "complete") &&
			strcmp(argv[1], "manual")))
		return 0;
	if (!strcmp(argv[1], "manual"))
		verb_manual();
	else if (argc > 2)
		verb_complete(argc - 1, argv + 1);
	return 1;
}

/* What was printed must have arrived. */
static enum status end(enum status status)
{
	if (!fflush(stdout) && !ferror(stdout))
		return status;
	fputs("mypbxctl: the output cannot be written\n", stderr);
	return STATUS_BROKEN;
}

int main(int argc, char **argv)
{
	char *help;

	mem_init();
	log_open("mypbxctl", "error");
	if (serve(argc, argv))
		return end(STATUS_DONE);
	help = verb_usage();
	argv += conf_open(argc, argv, help);
	free(help);
	return end(perform(argv));
}
