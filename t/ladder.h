/* ladder.h - words of a ladder: what comes in, what follows */
#ifndef LADDER_H
#define LADDER_H

#include "call.h"
#include "fake_ua.h"

#define SDP "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n" \
	    "c=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\n"
#define HOLD SDP "a=sendonly\r\n"

/** Users alice 21 (alice-desk), bob 22 (bob-desk), carol 23 (carol-desk,
 * carol-soft), dave 24 (no device). */
void ladder_open(const char *name, int argc, char **argv);
int ladder_done(void);

/** Put these users in again. */
void ladder_people(void);

/** A command as it comes from the API; args is JSON. */
void command(const char *verb, const char *user, const char *args);

/** The same with an id of its own. */
void command_as(const char *op, const char *verb, const char *user,
		const char *args);

/** The answer to the last command: "200 connected", "bad_state". */
void outcome(const char *want);

/** Something happens in the newest dialog of a device. */
void news(const char *device, enum ua_event event, int status,
	  const char *sdp);

/** What the SIP library does after every end. */
void gone(const char *device);

/** What the bridge has said to phones since the last look. */
void said(const char *want);

/** What it has told users. */
void told(const char *want);

/** No call and no dialog is left, and these are the records. */
void nothing_left(const char *records);

#endif
