/* ua.h - SIP dialogs: what legs say and hear, over the SIP library */
#ifndef UA_H
#define UA_H

struct learnt;
struct leg;
struct ua_dialog;

/** What happened in a dialog. */
enum ua_event {
	UA_PROGRESS,		/* 1xx to our INVITE; sdp or NULL */
	UA_ANSWERED,		/* 2xx to our INVITE, not acknowledged yet */
	UA_REFUSED,		/* 3xx-6xx to our INVITE, or nothing: 408 */
	UA_CANCELLED,		/* the INVITE we have was taken back */
	UA_ACKED,		/* our 2xx arrived; sdp or NULL */
	UA_BYE,			/* the other side hung up */
	UA_REINVITE,		/* wants a change; sdp or NULL */
	UA_REINVITE_ANSWER,	/* final answer to our re-INVITE */
	UA_INFO,		/* INFO; content type in reason, body in sdp */
	UA_REFERRED,		/* wants the call to go to news->contact */
	UA_INFO_ANSWER,		/* final answer to our INFO */
	UA_TALK_ANSWER,		/* final answer to ua_talk() */
	UA_ALIVE,		/* answered our question */
	UA_GONE			/* the dialog is over; nothing follows */
};

struct ua_news {
	int status;		/* SIP status, 0 when it has none */
	int tagged;		/* a 1xx that made an early dialog */
	const char *sdp;
	const char *reason;	/* Reason header, or NULL */
	const char *contact;	/* of a 3xx or REFER: user part of where to go */
	struct leg *replaced;	/* of a REFER: whose dialog goes with it, or NULL */
	const struct learnt *learnt;	/* what it says of its phone, or NULL */
	int takes_info;		/* Allow: INFO */
	int talks;		/* Allow-Events: talk */
};

/** An INVITE that begins a call; texts are borrowed. */
struct ua_invitation {
	const char *device;	/* that Kamailio authenticated, or NULL */
	const char *trunk;	/* that it came from, or NULL */
	const char *target;	/* user part of the request URI */
	const char *from_user;
	const char *from_name;
	const char *from_uri;
	int anonymous;		/* wants his number kept back, RFC 3323 */
	const char *call_id;
	const struct learnt *learnt;	/* what it says of its phone, or NULL */
	int takes_info;
	int replaces;		/* has Replaces, RFC 3891 */
	struct leg *replaced;	/* whose dialog that means, or NULL: none of ours */
	const char *sdp;	/* offer, or NULL */
	int max_forwards;
};

/** What the room above is told; written in leg.c and call.c. */
void leg_on_ua(struct leg *leg, enum ua_event event,
	       const struct ua_news *news);
void call_on_invitation(struct ua_dialog *dialog,
			const struct ua_invitation *invitation);

enum ua_route { UA_DEVICE, UA_TRUNK };

struct ua_invite_params {
	enum ua_route route;
	const char *target;	/* device, or number for a trunk */
	const char *device;	/* as its user knows it; NULL: outside */
	const char *diversion;	/* ua_diversion(), or NULL */
	const char *from_user;
	const char *from_name;
	const char *call_id;
	const char *sdp;	/* offer, or NULL: the answer brings one */
	int anonymous;		/* show neither number nor name, RFC 3323 */
	int auto_answer;	/* ask the phone to lift by itself */
	int max_forwards;
};

/** Open the SIP socket. @return 0, or -1 when the address is taken */
int ua_open(void);

/** Ring. @return new dialog; what follows comes to leg_on_ua() */
struct ua_dialog *ua_invite(struct leg *leg, const struct ua_invite_params *p);

/** Say whose leg an incoming dialog is. */
void ua_bind(struct ua_dialog *dialog, struct leg *leg);

/** Forget the leg: nothing is told any more. The dialog ends on its own. */
void ua_unbind(struct ua_dialog *dialog);

/** Answer the INVITE or re-INVITE that waits; sdp may be NULL.
 * @param cause  for Reason, or NULL */
void ua_respond(struct ua_dialog *dialog, int status, const char *sdp,
		const char *cause);

void ua_ack(struct ua_dialog *dialog, const char *sdp);
/** @param shown  ua_identity() of whom the phone shows, or NULL */
void ua_reinvite(struct ua_dialog *dialog, const char *sdp,
		 const char *shown);

/** Header Diversion (RFC 5806) of a number and a reason; new. */
char *ua_diversion(const char *number, const char *reason);

/** Header P-Asserted-Identity (RFC 3325) for ua_reinvite(); new. */
char *ua_identity(const char *name, const char *number);
void ua_cancel(struct ua_dialog *dialog, const char *cause);
void ua_bye(struct ua_dialog *dialog, const char *cause);
void ua_info(struct ua_dialog *dialog, const char *type, const char *body);

/** How far a REFER of the other side has come: NOTIFY with sipfrag, RFC 3515
 * 2.4.5. A final status ends it; nothing happens without a REFER. */
void ua_report(struct ua_dialog *dialog, int status);

/** What it takes to go on with a dialog in another life of the bridge. */
struct ua_saved {
	const char *call_id;
	const char *local;	/* both with their tags */
	const char *remote;
	const char *target;	/* the other side's Contact */
	const char *route;	/* or NULL */
	unsigned cseq;		/* nothing that we have sent is above it */
};

/** @param saved  texts are borrowed, until something is heard
 * @return 0, or -1: there is no dialog yet that could go on */
int ua_export(struct ua_dialog *dialog, struct ua_saved *saved);

/** Go on with a dialog; its phone hears nothing of it. @return new dialog */
struct ua_dialog *ua_import(struct leg *leg, const struct ua_saved *saved);

/** All have been imported that are to be: call done(), soon. */
void ua_imported(void (*done)(void));

/** Ask a phone that rings to lift: NOTIFY, Event: talk. */
void ua_talk(struct ua_dialog *dialog);

/** Ask whether the other side is there: OPTIONS in the dialog. */
void ua_ask_alive(struct ua_dialog *dialog);

#endif
