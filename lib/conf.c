/* conf.c - the settings of all programs, one table */
#include "conf.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "mem.h"

enum conf_type { TEXT, NUMBER, BOOL };

struct conf conf;

static const struct setting {
	const char *name;
	enum conf_type type;
	void *value;
	const char *preset;
	const char *help;
} settings[] = {
	{ "log_level", TEXT, &conf.log_level, "info",
	  "error, warn, info or debug" },
	{ "redis", TEXT, &conf.redis, "unix:/run/mypbx/redis.sock",
	  "Redis, unix:PATH or HOST:PORT" },
	{ "database", TEXT, &conf.database, "dbname=mypbx user=mypbx",
	  "PostgreSQL, a libpq connection string" },
	{ "node", TEXT, &conf.node, "main",
	  "name of this node" },
	{ "bridge", TEXT, &conf.bridge, "main",
	  "name of the bridge of this node" },
	{ "sip_listen", TEXT, &conf.sip_listen, "127.0.0.1:5070",
	  "bridge: own UDP address" },
	{ "sip_edge", TEXT, &conf.sip_edge, "127.0.0.1:5071",
	  "bridge: inner UDP address of Kamailio" },
	{ "edge_rpc", TEXT, &conf.edge_rpc, "127.0.0.1:5071",
	  "bridge, api: inner TCP address of Kamailio, JSON-RPC" },
	{ "listen", TEXT, &conf.listen, "",
	  "api, events: FastCGI socket, unless one is handed over" },
	{ "slot", TEXT, &conf.slot, "1",
	  "name of this process, or pool, among its like: in metrics" },
	{ "metrics_dir", TEXT, &conf.metrics_dir, "/run/mypbx/metrics",
	  "folder in which each process counts; empty: none" },
	{ "schema", TEXT, &conf.schema, SCHEMADIR,
	  "mypbxctl: folder of the migrations" },
	{ "processes", NUMBER, &conf.processes, "8",
	  "api: processes of the pool" },
	{ "alive_s", NUMBER, &conf.alive_s, "30",
	  "bridge: seconds between two questions whether a phone lives" },
	{ "ring_s", NUMBER, &conf.ring_s, "60",
	  "bridge: longest ringing, in seconds" },
	{ "park_recall_s", NUMBER, &conf.park_recall_s, "120",
	  "bridge: seconds until who has parked a call is rung for it" },
	{ "media_peer", TEXT, &conf.media_peer, "",
	  "bridge: device that answers by itself and plays music on hold" },
	{ "external_retry_s", NUMBER, &conf.external_retry_s, "60",
	  "bridge: seconds until a domain that says nothing is asked again" },
	{ "code_pickup", TEXT, &conf.code_pickup, "*8",
	  "bridge: what to dial to pick a call up, a number or group behind it" },
	{ "code_retrieve", TEXT, &conf.code_retrieve, "*7",
	  "bridge: what to dial to fetch who is parked" },
	{ "grace_s", NUMBER, &conf.grace_s, "30",
	  "seconds without a poll until a live session ends" },
	{ "live_max", NUMBER, &conf.live_max, "10",
	  "events: live logins of a user; 0: no limit" },
	{ "wait_max_s", NUMBER, &conf.wait_max_s, "25",
	  "longest poll, in seconds" },
	{ "log_length", NUMBER, &conf.log_length, "200000",
	  "entries that the event log keeps" },
	{ "ring_mb", NUMBER, &conf.ring_mb, "64",
	  "events: memory for recent events, in MB" },
	{ "session_s", NUMBER, &conf.session_s, "2592000",
	  "seconds until an unused login ends" },
	{ "secure_cookie", BOOL, &conf.secure_cookie, "yes",
	  "send the login cookie over HTTPS only" },
	{ "looks_days", NUMBER, &conf.looks_days, "90",
	  "days for which it is kept who looked at whom; 0: not at all" },
	{ "command_wait_ms", NUMBER, &conf.command_wait_ms, "2000",
	  "api: longest wait for a phone, in ms" },
	{ "rate_login", NUMBER, &conf.rate_login, "120",
	  "api: logins of an address in a minute; 0: no limit" },
	{ "rate_call", NUMBER, &conf.rate_call, "30",
	  "api: commands of a user in 10 s; 0: no limit" },
	{ "rate_search", NUMBER, &conf.rate_search, "100",
	  "api: searches of a user in 10 s; 0: no limit" },
	{ "rate_rest", NUMBER, &conf.rate_rest, "600",
	  "api: other requests of a user in 10 s; 0: no limit" },
	{ "webhook_inside", BOOL, &conf.webhook_inside, "no",
	  "webhooks: those of users may reach inner addresses" },
	{ "webhook_parallel", NUMBER, &conf.webhook_parallel, "8",
	  "webhooks: deliveries to one of them at the same time" },
	{ "webhook_wait_ms", NUMBER, &conf.webhook_wait_ms, "10000",
	  "webhooks: longest wait for a receiver, in ms" },
	{ "webhook_retry_s", NUMBER, &conf.webhook_retry_s, "86400",
	  "webhooks: seconds until an event is given up" },
	{ "webhook_pause_ms", NUMBER, &conf.webhook_pause_ms, "1000",
	  "webhooks: first pause after a failure, in ms; then it doubles" },
	{ "webhook_queue", NUMBER, &conf.webhook_queue, "50000",
	  "webhooks: events that may wait for one of them" },
};

enum { COUNT = sizeof(settings) / sizeof(*settings) };

static void fail(const char *where, const char *what, const char *name)
{
	fprintf(stderr, "%s: %s: %s\n", where, what, name);
	exit(2);
}

static int to_number(const char *where, const struct setting *s,
		     const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 0 || n > 1000000000)
		fail(where, "not a number", s->name);
	return (int)n;
}

static int to_bool(const char *where, const struct setting *s,
		   const char *text)
{
	if (!strcmp(text, "yes") || !strcmp(text, "true"))
		return 1;
	if (strcmp(text, "no") && strcmp(text, "false"))
		fail(where, "neither yes nor no", s->name);
	return 0;
}

static void set(const char *where, const char *name, const char *text)
{
	int i;

	for (i = 0; i < COUNT; i++)
		if (!strcmp(settings[i].name, name))
			break;
	if (i == COUNT)
		fail(where, "unknown setting", name);
	if (settings[i].type == TEXT)
		mem_set((char **)settings[i].value, text);
	else if (settings[i].type == NUMBER)
		*(int *)settings[i].value =
			to_number(where, &settings[i], text);
	else
		*(int *)settings[i].value = to_bool(where, &settings[i], text);
}

static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static void read_file(const char *path)
{
	char line[1024], *eq, *name;
	FILE *f = fopen(path, "r");

	if (!f)
		fail(path, "cannot be read", "--config");
	while (fgets(line, sizeof(line), f)) {
		name = trim(line);
		if (!*name || *name == '#')
			continue;
		eq = strchr(name, '=');
		if (!eq)
			fail(path, "no '=' in the line", name);
		*eq = '\0';
		set(path, trim(name), trim(eq + 1));
	}
	fclose(f);
}

static void help(const char *program, const char *usage)
{
	int i;

	printf("usage: %s %s\n\n"
	       "  --config FILE          settings, a line `name = value` each\n",
		program, usage);
	for (i = 0; i < COUNT; i++)
		printf("  --%-20s %s [%s]\n", settings[i].name,
			settings[i].help, settings[i].preset);
	exit(0);
}

/* The value of option i: behind '=', or the next argument. */
static const char *option_value(char **argv, int *i, char *name, size_t size)
{
	const char *arg = argv[*i] + 2, *eq = strchr(arg, '=');
	size_t n = eq ? (size_t)(eq - arg) : strlen(arg);

	if (n >= size)
		n = size - 1;
	memcpy(name, arg, n);
	name[n] = '\0';
	if (eq)
		return eq + 1;
	if (!argv[*i + 1])
		fail(argv[0], "value missing", name);
	return argv[++*i];
}

/* Options in two rounds: --config first, so that the others win over it. */
static int read_options(char **argv, int want_config)
{
	char name[64];
	const char *value;
	int i;

	for (i = 1; argv[i] && !strncmp(argv[i], "--", 2); i++) {
		if (!argv[i][2])
			return i + 1;
		value = option_value(argv, &i, name, sizeof(name));
		if (!strcmp(name, "config") && want_config)
			read_file(value);
		else if (strcmp(name, "config") && !want_config)
			set(argv[0], name, value);
	}
	return i;
}

int conf_open(int argc, char **argv, const char *usage)
{
	int i;

	for (i = 0; i < COUNT; i++)
		set("preset", settings[i].name, settings[i].preset);
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help"))
			help(argv[0], usage);
		if (!strcmp(argv[i], "--version")) {
			puts(PACKAGE_STRING);
			exit(0);
		}
	}
	read_options(argv, 1);
	return read_options(argv, 0);
}
