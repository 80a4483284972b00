/* lamp.h - what a phone is told of somebody it watches, as XML */
#ifndef LAMP_H
#define LAMP_H

/** What is told. */
struct lamp {
	const char *entity;	/* "sip:bob@example.com" */
	unsigned version;	/* of what this watcher is told */
	int alerting;		/* he is being called, and has no other call */
	int busy;
	const char *basic;	/* "open" "closed", NULL: not known */
	const char *activity;	/* merged; NULL: not known */
	const char *note;	/* likewise */
};

/** application/dialog-info+xml, RFC 4235: one dialog for all that he does, so
 * that it says neither how many calls he has nor with whom; new. */
char *lamp_dialog_info(const struct lamp *lamp);

/** application/pidf+xml, RFC 3863 and 4480; new. */
char *lamp_pidf(const struct lamp *lamp);

/** Text as content or attribute of XML; new. Characters that XML does not
 * have are left out. */
char *lamp_escape(const char *text);

#endif
