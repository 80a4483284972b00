/* keys.h - every Redis key, spelled once; rows of docs/redis.md */
#ifndef KEYS_H
#define KEYS_H

#include <stdio.h>

enum { KEY_SIZE = 256 };

#define KEY_EVENTS "events"			/* stream: the event log */
#define KEY_EPOCH "events:epoch"		/* string: which log this is */
#define KEY_USER_STATE "user_state"		/* hash: user -> JSON */
#define KEY_IM "im"			/* hash: user -> JSON, who is online */
#define KEY_PRESENCE_SET "presence_set"	/* hash: user -> JSON, what he says of himself */
#define KEY_EXTERNAL "external"	/* hash: SIP URI -> JSON, what its domain says */
#define KEY_LOGINS "logins"		/* zset: when each login ends */
#define KEY_WATCH_VERSION "watch_version"	/* string: of the newest list */
#define KEY_LOOKS "looks"		/* set: who looked at whom, for PostgreSQL */
#define KEY_PROCESSES "live:processes"	/* zset: mypbx-events that live */
#define KEY_REGISTRAR "registrar"		/* stream from Kamailio */
#define KEY_FORGET "forget"	/* list: devices with another secret */
#define KEY_CALL_RECORDS "call_records"		/* stream to PostgreSQL */
#define KEY_REFUSED_RECORDS "call_records:refused"	/* stream: bad ones */

#define KEY_WEBHOOKS_AT "webhooks:at"		/* string: log moved up to here */
#define KEY_WEBHOOKS_DEAD "webhooks:dead"	/* stream: given up, for PostgreSQL */

#define KEY_MAKER(name, format)						\
	static inline const char *key_##name(char buf[KEY_SIZE],	\
					     const char *id)		\
	{								\
		snprintf(buf, KEY_SIZE, format, id);			\
		return buf;						\
	}

/* Names and ids are checked at the door; they fit. Each returns buf. */
KEY_MAKER(session, "session:%s")	/* hash: a login */
KEY_MAKER(sessions, "sessions:%s")	/* zset: a user's logins */
KEY_MAKER(live, "live:%s")		/* zset: tabs that a process holds */
KEY_MAKER(tabs, "tabs:%s")		/* hash: a user's tabs */
KEY_MAKER(tokens, "tokens:%s")		/* set: a user's tokens in use */
KEY_MAKER(watch, "watch:%s")		/* string: whom a user may see */
KEY_MAKER(calls, "calls:%s")		/* hash: a user's calls */
KEY_MAKER(parking, "parking:%s")	/* hash: slot -> who is parked there */
KEY_MAKER(transfers, "transfers:%s")	/* hash: a user's transfers */
KEY_MAKER(phones, "phones:%s")	/* hash: what a user's devices can */
KEY_MAKER(regs, "regs:%s")		/* hash: a user's registrations */
KEY_MAKER(commands, "bridge:%s:commands")	/* stream to a bridge */
KEY_MAKER(alive, "bridge:%s:alive")	/* string: that bridge works */
KEY_MAKER(dialogs, "bridge:%s:dialogs")	/* hash: its talks, to go on with */
KEY_MAKER(externals, "bridge:%s:external")	/* stream: who looks at whom */
KEY_MAKER(registrar_at, "bridge:%s:registrar")	/* string: last id taken */
KEY_MAKER(reply, "reply:%s")		/* list: outcome of a command */
KEY_MAKER(webhook_queue, "webhook:%s:queue")	/* stream: to be delivered */
KEY_MAKER(webhook_calls, "webhook:%s:calls")	/* hash: call -> its URLs */

#undef KEY_MAKER

/* Two parts. */
#define KEY_MAKER2(name, format)					\
	static inline const char *key_##name(char buf[KEY_SIZE],	\
					     const char *a, const char *b) \
	{								\
		snprintf(buf, KEY_SIZE, format, a, b);			\
		return buf;						\
	}

KEY_MAKER2(idem, "idem:%s:%s")		/* string: answer of a POST */
KEY_MAKER2(limit, "limit:%s:%s")	/* string: requests in a window */
KEY_MAKER2(slow, "slow:%s:%s")		/* hash: failed logins */
KEY_MAKER2(known, "known:%s:%s")	/* string: user came from here */

#undef KEY_MAKER2

#endif
