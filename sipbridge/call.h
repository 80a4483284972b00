/* call.h - the legs that talk to each other, for two parties */
#ifndef CALL_H
#define CALL_H

#include <stdint.h>

#include <jansson.h>

#include "cause.h"
#include "err.h"
#include "event.h"
#include "ids.h"
#include "known.h"
#include "leg.h"
#include "save.h"

struct hold;
struct join;
struct link;
struct music;
struct op;
struct parked;
struct transfer;

/** State of a party's view, computed from the legs; docs/events.md. */
enum call_state {
	CALL_DIALING,
	CALL_RINGBACK,
	CALL_ALERTING,
	CALL_CONNECTED,
	CALL_HELD,
	CALL_PARKED,
	CALL_ENDED,
};

/** What a call obeys: everything; no diversions; not even do-not-disturb. */
enum obeys { OBEY_ALL, OBEY_NO_DIVERSION, OBEY_NOTHING };

/** Who ended a call. */
enum ender { END_CALLER, END_CALLEE, END_SYSTEM };

/** Who keeps the other party on hold: the phone itself, or we for him. */
enum { HOLD_PHONE = 1, HOLD_SERVER = 2 };

/** One of the two who talk: a user of the domain, or somebody outside. */
struct party {
	char id[ID_SIZE];	/* the call's id in this party's API */
	char *user;		/* NULL: outside */
	char *number;
	char *name;
	char *uri;
	struct leg *leg;	/* that speaks for it; NULL while several ring */
	int outgoing;		/* he began it */
	char *dialled;		/* as he wrote it; NULL: he has not */
	int anonymous;		/* shows neither number nor name (CLIR) */
	int absent;		/* stands here for somebody whose call it is not:
				 * not told, not recorded */
	int held;		/* keeps the other one on hold: HOLD_... */
	int64_t started_ms;
	int64_t answered_ms;	/* 0: not yet */
	int64_t ended_ms;	/* 0: not yet */
	enum ender ender;
	struct cause end;
	char *elsewhere;	/* user who took the call instead */
	char origin[ID_SIZE];	/* conversation in which his call began */
	json_t *legs;		/* that are over, as the record has them */

	/* as published */
	int visible;
	int holders;		/* a bit for each that holds */
	int can;		/* a bit for each verb */
	int64_t version;
	enum call_state state;
	enum event_type news;	/* to be told; EVENT_COUNT: by the state */
};

struct call {
	char id[ID_SIZE];	/* the conversation */
	struct party party[2];
	struct leg *legs;
	struct link *link;	/* an offer on its way between two legs */
	struct hold *hold;	/* on its way */
	struct music *music;	/* that who is held hears */
	struct join *join;	/* brings another call and this one together */
	struct transfer *transfer;	/* in which it takes part */
	struct parked *parked;	/* the place where a party waits */
	struct timer *ringing;	/* ends it when nobody answers */
	struct timer *mobile;	/* rings the callee's mobile later */
	char op[ID_SIZE];	/* command that asked for the present change */
	enum role op_role;	/* whose it is */
	struct op *asked;	/* originate whose outcome is not told yet */
	char *offer;		/* of the caller, for the callee's devices */
	char *target;		/* what was dialled: a user, device or number */
	json_t *via;		/* [{"number", "name", "why"}], how it came here */
	enum obeys obeys;	/* of what the callee wants done with calls */
	int max_forwards;
	int dialled;		/* the target's turn has come; see record.c */
	int early_media;	/* passed on to the caller */
	int refused;		/* best refusal so far, SIP status; 0 none */
	int64_t answered_ms;	/* both sides talk; 0: not yet */
	int64_t ended_ms;	/* 0: not yet */
	int released;		/* freed when nobody stands in it any more */
	struct save save;	/* what another life would know */
	struct known known[2];	/* of its parties */
	struct call *next;
	struct call **prev;
};

/** A call without parties. @return new; freed when it has ended */
struct call *call_create(const char *target, int max_forwards);

/** A user's call by its id, borrowed, or NULL. */
struct call *call_find(const char *user, const char *id, enum role *role);

/** The call that has rung longest at a user; borrowed, or NULL. */
struct call *call_find_alerting(const char *user);

/** The call that has rung longest of those that fit; borrowed, or NULL. */
struct call *call_find_alerting_by(
	int (*fits)(const struct call *call, const void *arg),
	const void *arg);

/** A call that rings, by the id that its callee knows it by. */
struct call *call_find_alerting_id(const char *id);

/** End a call, for one of its parties or for the system. */
void call_end(struct call *call, enum ender ender, struct cause cause);

/** End a call because one of its parties asked for it by a command. */
void call_end_by(struct call *call, enum role role, struct cause cause,
		 const char *op);

/** The bridge stops: end what does not talk yet, take no new call. What talks is
 * left to the next life. */
void call_stop(void);

/** Whether that was asked. */
int call_is_stopping(void);

/** Calls that end, or in which something is on its way. */
int call_unsettled(void);

/** End a call whose parties have all gone elsewhere: nobody is told. */
void call_dissolve(struct call *call);

/**
 * End a call for one party only; the other one stays. His place is vacant
 * afterwards, and what was tagged as his is told.
 *
 * @param elsewhere  user who has the call now, or NULL
 */
void call_leave(struct call *call, enum role role, enum ender ender,
		struct cause cause, const char *elsewhere);

/** Take a leg over from another call. */
void call_take_leg(struct call *call, struct leg *leg, enum role side);

/** Say whose command asked for the change that follows; untag: no one's. */
void call_tag(struct call *call, enum role role, const char *op);
void call_untag(struct call *call);

/** Remember how the call came to where it is. */
void call_add_via(struct call *call, const struct party *party,
		  const char *why);

/** Number of calls, ended ones with open dialogs too. */
int call_count(void);

/** Conversation id; borrowed. */
const char *call_id(const struct call *call);

/** Put a leg into the list. @return its number, from 1 */
int call_add_leg(struct call *call, struct leg *leg);

/** The leg that talks with this one, borrowed; NULL while there is none. */
struct leg *call_other_leg(const struct call *call, const struct leg *leg);

/** How many legs lead to the callee, in one of these states. */
int call_callee_legs(const struct call *call, enum leg_state from,
		     enum leg_state to);

/** Whether something is on its way that must come to its end first. */
int call_is_changing(const struct call *call);

/** Nobody is at this side: its party has left. */
int call_is_vacant(const struct call *call, enum role role);

/** End the call because a leg that spoke has ended: hung up by its party, or
 * not heard of any more. */
void call_on_speaker_gone(struct call *call, const struct leg *leg,
			  const struct ua_news *news);

/** The caller and the callee have been brought together. */
void call_connect(struct call *call, struct leg *from, struct leg *to);

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
