/* edge.h - asks Kamailio for all its registrations */
#ifndef EDGE_H
#define EDGE_H

#include <stdint.h>

/** One binding as Kamailio has it; texts are borrowed. */
struct edge_binding {
	const char *device;
	const char *contact;
	const char *source;	/* "udp:192.0.2.7:5060" */
	const char *agent;
	int expires_s;
};

/**
 * Ask, without waiting; nothing when a question is open. The answer comes as
 * reg_on_binding() for each, then reg_on_bindings_end(). Without an answer it
 * is asked again every two seconds.
 */
void edge_ask(void);

void edge_open(void);
void edge_close(void);

/* What Kamailio tells. Written in reg.c. */
void reg_on_binding(const struct edge_binding *binding);
/** @param asked_ms  when: what is younger is not missing, but new */
void reg_on_bindings_end(int64_t asked_ms);

#endif
