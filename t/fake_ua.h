/* fake_ua.h - the room below the legs, in a test: hears verbs, sends news */
#ifndef FAKE_UA_H
#define FAKE_UA_H

#include "ua.h"

struct leg;

/** What the legs have said since the last look, "invite bob-desk; ..."; the
 * text lives until the next look. */
const char *fake_ua_said(void);

/** A phone calls. @return its dialog */
struct ua_dialog *fake_ua_call(const char *device, const char *target,
			       const char *sdp);

/** The newest dialog with a device, or with the trunk ("trunk"). */
struct ua_dialog *fake_ua_find(const char *device);

/** News in a dialog; UA_GONE ends it. */
void fake_ua_news(struct ua_dialog *dialog, enum ua_event event, int status,
		  const char *sdp);

/** A rung phone sends its caller elsewhere: 302. */
void fake_ua_sends_on(struct ua_dialog *dialog, const char *to);

/** Whether phones tell that they take INFO and can be lifted from here. */
void fake_ua_teach(int all);

/** What the legs say, for whoever listens; NULL for nobody. */
enum fake_verb {
	FAKE_INVITE,
	FAKE_RESPOND,
	FAKE_ACK,
	FAKE_REINVITE,
	FAKE_CANCEL,
	FAKE_BYE,
	FAKE_INFO,
	FAKE_TALK,
	FAKE_ALIVE,
};
typedef void (*fake_ua_fn)(struct ua_dialog *dialog, const char *device,
			   enum fake_verb verb, int status, const char *sdp);
void fake_ua_listen(fake_ua_fn fn);

/** Dialogs that are not over. */
int fake_ua_open(void);

#endif
