/* webhook.h - what may be entered for a webhook, and which events it wants */
#ifndef WEBHOOK_H
#define WEBHOOK_H

enum {
	WEBHOOK_NAME_MAX = 64,
	WEBHOOK_URL_MAX = 1024,
	WEBHOOK_TYPES_MAX = 1024,
	WEBHOOKS_OF_USER = 10
};

/** How a receiver is told. */
enum webhook_format {
	WEBHOOK_MYPBX,		/* the event as /events has it */
	WEBHOOK_SIPGATE,	/* newCall, answer, hangup as a form */
	WEBHOOK_ZAMMAD		/* the same as JSON */
};

/** What people enter; all text is borrowed. */
struct webhook {
	const char *name;
	const char *url;
	const char *format;
	const char *types;	/* words of webhook_wants(); "": all */
	const char *user;	/* whose events; NULL: everybody's */
	int trusted;		/* made by the administrator */
	int enabled;
};

/** Something that has to be right; `code` as in a problem's `errors`. */
struct webhook_fault {
	const char *member;	/* "url" */
	const char *code;
};

/** @return 0, or -1 when there is no such format */
int webhook_find_format(const char *name, enum webhook_format *format);

/** Whether this is an address that we would ever call: http or https, a host,
 * no control characters or blanks. */
int webhook_url(const char *url);

/** Whether all can be taken as it is. @return 0, or -1 with the fault */
int webhook_check(const struct webhook *w, struct webhook_fault *fault);

/**
 * Whether an event's type is among the words.
 *
 * @param types  nouns and full names, blanks between them; "": all
 */
int webhook_wants(const char *types, const char *type);

#endif
