/* conf.h - the settings of all programs, one table */
#ifndef CONF_H
#define CONF_H

/** Settings after conf_open(); all text lives until the program ends. */
struct conf {
	const char *log_level;
	const char *redis;
	const char *database;
	const char *node;
	const char *bridge;
	const char *sip_listen;
	const char *sip_edge;
	const char *edge_rpc;
	const char *listen;
	const char *slot;
	const char *metrics_dir;
	const char *schema;
	int processes;
	int alive_s;
	int ring_s;
	int park_recall_s;
	const char *media_peer;
	int external_retry_s;
	const char *code_pickup;
	const char *code_retrieve;
	int grace_s;
	int live_max;
	int wait_max_s;
	int log_length;
	int ring_mb;
	int session_s;
	int secure_cookie;
	int looks_days;
	int command_wait_ms;
	int rate_login;
	int rate_call;
	int rate_search;
	int rate_rest;
	int webhook_inside;
	int webhook_parallel;
	int webhook_wait_ms;
	int webhook_retry_s;
	int webhook_pause_ms;
	int webhook_queue;
};

extern struct conf conf;

/**
 * Read the command line and the file it names (--config); options win over
 * the file, the file over defaults. Answers --help and --version and ends
 * the program for them, and with status 2 and a clear line for a mistake.
 *
 * @param usage  what stands behind the program's name in --help
 * @return index of the first argument that is no option
 */
int conf_open(int argc, char **argv, const char *usage);

#endif
