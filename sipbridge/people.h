/* people.h - the users of the domain, by name, number and device */
#ifndef PEOPLE_H
#define PEOPLE_H

#include "diversion.h"
#include "number.h"

struct diversion {
	enum divert_when when;
	enum divert_from from;
	int priority;
	char *to;		/* "-": do nothing, and look no further */
};

struct user {
	char *name;
	char *number;		/* NULL: none */
	char *display_name;
	char **devices;		/* ids, NULL at the end */
	char *mobile;		/* canonical number; NULL: none */
	int mobile_on;		/* rings with the devices, */
	int mobile_delay_s;	/* so much later */
	int dnd;
	int busy_on;		/* that many calls; 0: never */
	int no_answer_s;	/* 0: ring_s of the node */
	struct diversion *diversions;	/* highest priority first */
	int diversion_count;
	char *said;	/* what he says of himself: JSON, presence_json() */
};

/** Put a user in, or in place of the one of that name; stolen. */
void people_put(struct user *user);

/** Take a user out; nothing happens when there is none. */
void people_remove(const char *name);

/** Begin and end a full load: who was not put in between is taken out. */
void people_load_begin(void);
void people_load_end(void);

/** Borrowed until the next change, or NULL. */
const struct user *people_find(const char *name);
const struct user *people_find_number(const char *number);
const struct user *people_find_device(const char *device);

/** Call fn for each user. */
void people_each(void (*fn)(const struct user *user, void *arg), void *arg);

int people_count(void);

/** The mobile number of a user, as one of his devices. */
#define DEVICE_MOBILE "mobile"

/** A user without devices yet; new, for people_put(). */
struct user *user_create(const char *name, const char *number,
			 const char *display_name);
void user_add_device(struct user *user, const char *device);
int user_has_device(const struct user *user, const char *device);

/** Put a diversion behind those of the same priority; copied. */
void user_add_diversion(struct user *user, const struct diversion *diversion);

/** Domain of the node and how it dials. */
struct node {
	char domain[256];
	struct dial_plan plan;
};

extern struct node people_node;

#endif
