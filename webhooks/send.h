/* send.h - one signed POST to a receiver, and what came of it */
#ifndef SEND_H
#define SEND_H

#include <stddef.h>

struct sending;

enum send_result {
	SEND_DELIVERED,		/* 2xx */
	SEND_FAILED,
	SEND_GONE		/* 410: never again */
};

struct send_outcome {
	enum send_result result;
	char why[128];		/* "status 500", "timed out" */
	long after_s;		/* that long the receiver wants to be spared */
	const char *reply;	/* its answer's body; borrowed */
	size_t reply_size;
};

/** What is sent; all of it is borrowed by send_start() only. */
struct send_params {
	const char *url;
	int trusted;		/* may reach inner addresses */
	const char *type;	/* Content-Type */
	const char *body;
	const char *event;	/* X-MyPBX-Event */
	const char *delivery;	/* X-MyPBX-Delivery */
	const char *secret;
	const char *secret_before;	/* or NULL */
	void (*on_done)(void *arg, const struct send_outcome *outcome);
	void *arg;
};

/** Begin. @return new; owned by send until on_done was called */
struct sending *send_start(const struct send_params *params);

/** Break it off; nobody is told. */
void send_stop(struct sending *sending);

#endif
