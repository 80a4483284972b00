/* learn.h - what phones can, as their messages tell */
#ifndef LEARN_H
#define LEARN_H

/** What a message says of its phone; texts or NULL. */
struct learnt {
	const char *agent;		/* User-Agent or Server */
	const char *allow;		/* methods, "INVITE, INFO" */
	const char *allow_events;	/* packages, "talk, hold" */
};

/** Keep it for the device's user, when it is news; a device that is nobody's
 * is passed over. */
void learn_device(const char *device, const struct learnt *learnt);

/** Whether the device has said that it takes a method: "INFO". */
int learn_allows(const char *device, const char *method);

/** Write all again: Redis has lost it. */
void learn_restore(void);

/** Free everything; the program ends. */
void learn_close(void);

#endif
