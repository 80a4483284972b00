/* main.c - mypbx-api: the HTTP API for people */
#include <stdio.h>
#include <string.h>

#include "conf.h"
#include "log.h"
#include "mem.h"
#include "route.h"
#include "server.h"

int main(int argc, char **argv)
{
	int i;

	mem_init();
	i = conf_open(argc, argv, "[SETTINGS] [routes]\n\n"
		"  routes                 print the table of the API and end");
	log_open("mypbx-api", conf.log_level);
	if (argv[i] && !strcmp(argv[i], "routes")) {
		route_print(stdout);
		return 0;
	}
	if (argv[i]) {
		fprintf(stderr, "%s: %s: not understood\n", argv[0], argv[i]);
		return 2;
	}
	return server_run();
}
