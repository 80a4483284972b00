/* call.h - the legs that talk to each other, for two parties */
#ifndef CALL_H
#define CALL_H

#include <stdint.h>

#include "cause.h"
#include "err.h"
#include "ids.h"
#include "leg.h"

struct link;

enum role { CALLER, CALLEE };

/** State of a party's view, computed from the legs; docs/events.md. */
enum call_state {
	CALL_DIALING,
	CALL_RINGBACK,
	CALL_ALERTING,
	CALL_CONNECTED,
	CALL_HELD,
	CALL_ENDED,
};

/** Who ended a call. */
enum ender { END_CALLER, END_CALLEE, END_SYSTEM };

/** One of the two who talk: a user of the domain, or somebody outside. */
struct party {
	char id[ID_SIZE];	/* the call's id in this party's API */
	char *user;		/* NULL: outside */
	char *number;
	char *name;
	char *uri;
	struct leg *leg;	/* that speaks for it; NULL while several ring */
	int holds;		/* keeps the other one on hold */
	int visible;		/* has been published */
	int holders;		/* as published: a bit for each that holds */
	int64_t version;
	enum call_state state;	/* as published */
};

struct call {
	char id[ID_SIZE];	/* the conversation */
	struct party party[2];
	struct leg *legs;
	struct link *link;	/* an offer on its way between two legs */
	struct timer *ringing;	/* ends it when nobody answers */
	char op[ID_SIZE];	/* command that asked for the present change */
	enum role op_role;	/* whose it is */
	int op_open;		/* originate whose outcome is not told yet */
	char *offer;		/* of the caller, for the callee's devices */
	char *target;		/* what was dialled: a user, device or number */
	int max_forwards;
	int dialled;		/* the target's turn has come; see record.c */
	int early_media;	/* passed on to the caller */
	int refused;		/* best refusal so far, SIP status; 0 none */
	int64_t started_ms;
	int64_t answered_ms;	/* 0: not yet */
	int64_t ended_ms;	/* 0: not yet */
	enum ender ender;
	struct cause end;
	struct call *next;
	struct call **prev;
};

/**
 * Originate: ring the user's device first, then the target (click-to-dial).
 *
 * @param op    command; its outcome is told by command_on_call()
 * @return OK; ERR_MISSING no such user or device; ERR_VALUE nobody is reached
 *         by `to`
 */
enum err call_originate(const char *op, const char *user, const char *device,
			const char *to);

/** A user's call by its id, borrowed, or NULL. */
struct call *call_find(const char *user, const char *id, enum role *role);

/** End a call, for one of its parties or for the system. */
void call_end(struct call *call, enum ender ender, struct cause cause);

/** End a call because one of its parties asked for it by a command. */
void call_end_by(struct call *call, enum role role, struct cause cause,
		 const char *op);

/** End all calls: the bridge stops. */
void call_end_all(void);

/** Number of calls, ended ones with open dialogs too. */
int call_count(void);

/** Conversation id; borrowed. */
const char *call_id(const struct call *call);

/** Put a leg into the list. @return its number, from 1 */
int call_add_leg(struct call *call, struct leg *leg);

/** The leg that talks with this one, borrowed; NULL while there is none. */
struct leg *call_other_leg(const struct call *call, const struct leg *leg);

/** All legs but the caller's lead to the callee. */
int call_is_callee_leg(const struct call *call, const struct leg *leg);

/** How many of those are in one of these states. */
int call_callee_legs(const struct call *call, enum leg_state from,
		     enum leg_state to);

/** End the call because a leg that spoke has ended: hung up by `ender`, or
 * not heard of any more. */
void call_on_speaker_gone(struct call *call, enum ender ender,
			  const struct ua_news *news);

/** A leg's dialog is over. */
void call_on_leg_gone(struct call *call, struct leg *leg);

/** The state of a party's view, as its legs are now. */
enum call_state call_state(const struct call *call, enum role role);
const char *call_state_name(enum call_state state);

/** Call fn for every call. */
void call_each(void (*fn)(struct call *call));

/** A second is over. */
void call_tick(void);

#endif
