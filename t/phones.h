/* phones.h - phones that do what is asked of them, in a test */
#ifndef PHONES_H
#define PHONES_H

#include "fake_ua.h"

struct phone;

/** What a phone has to say next. */
enum owed {
	OWES_NOTHING,
	OWES_RING,
	OWES_LIFT,		/* when its user wants to */
	OWES_CANCELLED,		/* 487 */
	OWES_ACK,
	OWES_ANSWER,		/* to a re-INVITE */
	OWES_INFO,
	OWES_TALK,
	OWES_ALIVE,
	OWES_GONE,		/* the library's last word */
};

/** How it says it. */
enum manner {
	PROPERLY,
	REFUSES_488,
	REFUSES_500,
	REFUSES_603,
	CROSSES,		/* 491 */
	IS_LOST,		/* 408 */
	KNOWS_NOTHING,		/* 481, and the dialog is over */
	VANISHES,		/* the dialog is over, without a word */
	GARBAGE,
	WITHOUT_SDP,
	WITHOUT_AUDIO,
	HANGS_UP_FIRST,
	MANNERS
};

/** Listen to what the bridge says. */
void phones_open(void);

/** A phone calls; its INVITE has an offer, or not. NULL: refused at once */
struct phone *phone_call(const char *device, const char *to, int offers);

/** In order of age; NULL begins. */
struct phone *phones_next(const struct phone *phone);

/** Whose dialog it is, or NULL. */
struct phone *phones_find(const struct ua_dialog *dialog);

/** The one that has waited longest to say something, but for a user to lift.
 * NULL: none */
struct phone *phones_due(void);

enum owed phone_owes(const struct phone *phone);
const char *phone_name(const struct phone *phone);

/** Whether its user can hang up, and hold. */
int phone_is_open(const struct phone *phone);
int phone_is_up(const struct phone *phone);

/** Say what is due; the phone may be gone afterwards. */
void phone_say(struct phone *phone, enum manner manner);

/** Refuse to be lifted. */
void phone_refuse(struct phone *phone, int status);

/** Send the caller elsewhere. */
void phone_send_on(struct phone *phone, const char *to);

/** Hang up, or take the own INVITE back. */
void phone_hang_up(struct phone *phone);

/** Hold or take back, by a re-INVITE; with or without offer. */
void phone_hold(struct phone *phone, int hold, int offers);

/** The library gives its dialog up. */
void phone_vanish(struct phone *phone);

void phone_info(struct phone *phone);

/** Whether what it says is heard at the other one, and the other way round:
 * 1 yes, 0 no; -1 when one of them has misbehaved. */
int phone_hears(const struct phone *phone, const struct phone *other);

#endif
