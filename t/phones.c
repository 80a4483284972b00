/* phones.c - phones that do what is asked of them, in a test */
#include "phones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "mem.h"
#include "sdp.h"

enum { TODO_MAX = 8 };

struct phone {
	struct phone *next;
	struct ua_dialog *dialog;
	char name[32];
	int port;
	enum owed todo[TODO_MAX];
	long since[TODO_MAX];
	int n;
	int up;			/* a 2xx went */
	int over;		/* BYE, CANCEL or a refusal went */
	int owed_answer;	/* to a re-INVITE, when it hung up */
	char *offer;		/* of the bridge, that waits for an answer */
	int unacked;		/* its 2xx waits for the ACK */
	int offered;		/* which is to bring an answer */
	int inviting;		/* its INVITE waits for the bridge */
	int inviting_offer;
	int answers_in_ack;
	int holds;
	int held_before;
	int odd;		/* has misbehaved */
	char *remote;		/* what was agreed last, of the other side */
};

static struct phone *phones;
static long clock_ticks;
static int ports;
static int calling_port;		/* the INVITE that is on its way */
static int calling_offers;

/* --- what it has to say ---------------------------------------------------- */

static void owe(struct phone *phone, enum owed owed)
{
	if (phone->n == TODO_MAX) {
		ledger_note("%s is asked too much", phone->name);
		return;
	}
	phone->since[phone->n] = ++clock_ticks;
	phone->todo[phone->n++] = owed;
}

static enum owed take(struct phone *phone)
{
	enum owed owed = phone->todo[0];

	phone->n--;
	memmove(phone->todo, phone->todo + 1, sizeof(phone->todo[0]) *
		(size_t)phone->n);
	memmove(phone->since, phone->since + 1, sizeof(phone->since[0]) *
		(size_t)phone->n);
	return owed;
}

static void end(struct phone *phone)
{
	phone->over = 1;
	phone->n = 0;
	owe(phone, OWES_GONE);
}

static void wrong(const struct phone *phone, const char *what)
{
	ledger_note("%s hears %s", phone->name, what);
}

static int new_port(void)
{
	return 10000 + ports++ % 20000 * 2;
}

static struct phone *create(struct ua_dialog *dialog, const char *name,
			    int port)
{
	struct phone *phone = mem_zalloc(sizeof(*phone)), **at;

	phone->dialog = dialog;
	snprintf(phone->name, sizeof(phone->name), "%s", name);
	phone->port = port;
	for (at = &phones; *at; at = &(*at)->next)
		;
	*at = phone;
	return phone;
}

static void destroy(struct phone *phone)
{
	struct phone **at;

	for (at = &phones; *at != phone; at = &(*at)->next)
		;
	*at = phone->next;
	free(phone->offer);
	free(phone->remote);
	free(phone);
}

struct phone *phones_next(const struct phone *phone)
{
	return phone ? phone->next : phones;
}

struct phone *phones_find(const struct ua_dialog *dialog)
{
	struct phone *phone;

	for (phone = phones; phone; phone = phone->next)
		if (phone->dialog == dialog)
			return phone;
	return NULL;
}

struct phone *phones_due(void)
{
	struct phone *phone, *first = NULL;

	for (phone = phones; phone; phone = phone->next)
		if (phone->n && phone->todo[0] != OWES_LIFT &&
		    (!first || phone->since[0] < first->since[0]))
			first = phone;
	return first;
}

enum owed phone_owes(const struct phone *phone)
{
	return phone->n ? phone->todo[0] : OWES_NOTHING;
}

const char *phone_name(const struct phone *phone)
{
	return phone->name;
}

int phone_is_open(const struct phone *phone)
{
	return !phone->over && (phone->up || phone->inviting);
}

int phone_is_up(const struct phone *phone)
{
	return phone->up && !phone->over && !phone->unacked &&
	       !phone->inviting && !phone->n;
}

/* --- its session -------------------------------------------------------------- */

static const char *direction_to(const struct phone *phone)
{
	enum sdp_direction d = phone->offer ? sdp_direction(phone->offer) :
		SDP_SENDRECV;

	switch (d) {
	case SDP_INACTIVE:
		return "a=inactive\r\n";
	case SDP_SENDONLY:
		return phone->holds ? "a=inactive\r\n" : "a=recvonly\r\n";
	case SDP_RECVONLY:
		return "a=sendonly\r\n";
	default:
		return phone->holds ? "a=sendonly\r\n" : "";
	}
}

static char *session(const struct phone *phone, const char *media)
{
	return mem_printf("v=0\r\no=- %d 1 IN IP4 192.0.2.1\r\ns=-\r\n"
		"c=IN IP4 192.0.2.1\r\nt=0 0\r\n"
		"m=%s %d RTP/AVP 0\r\n%s", phone->port, media, phone->port,
		direction_to(phone));
}

static char *sdp_in(struct phone *phone, enum manner manner)
{
	phone->odd |= manner != PROPERLY;
	switch (manner) {
	case GARBAGE:
		return mem_strdup("rubbish");
	case WITHOUT_SDP:
		return NULL;
	case WITHOUT_AUDIO:
		return session(phone, "video");
	default:
		return session(phone, "audio");
	}
}

/* Answered, or offered: what the other side said is agreed. */
static void agree(struct phone *phone)
{
	if (phone->offer)
		mem_set(&phone->remote, phone->offer);
	mem_set(&phone->offer, NULL);
}

static int flows_to(const struct phone *from, const struct phone *to)
{
	char media[32];
	enum sdp_direction d;

	snprintf(media, sizeof(media), "m=audio %d ", to->port);
	if (!from->remote || !strstr(from->remote, media))
		return 0;
	d = sdp_direction(from->remote);
	return d == SDP_SENDRECV;
}

int phone_hears(const struct phone *phone, const struct phone *other)
{
	if (phone->odd || other->odd)
		return -1;
	return flows_to(phone, other) && flows_to(other, phone);
}

/* --- what the bridge says --------------------------------------------------- */

static void on_answer(struct phone *phone, int status, const char *sdp)
{
	if (!phone->inviting)
		wrong(phone, "an answer to nothing");
	if (status < 200) {
		if (phone->up)
			wrong(phone, "1xx to a re-INVITE");
		return;
	}
	phone->inviting = 0;
	if (status >= 300) {
		phone->holds = phone->held_before;
		if (!phone->up)
			end(phone);
		return;
	}
	if (!sdp)
		wrong(phone, "2xx without a session");
	phone->up = 1;
	phone->answers_in_ack = !phone->inviting_offer;
	mem_set(&phone->offer, sdp);
	if (phone->inviting_offer)
		agree(phone);
	owe(phone, OWES_ACK);
}

static void on_ack(struct phone *phone, const char *sdp)
{
	if (!phone->unacked)
		wrong(phone, "an ACK for nothing");
	if (phone->unacked && phone->offered != (sdp != NULL))
		wrong(phone, sdp ? "an ACK with a session" :
			"an ACK without answer");
	phone->unacked = 0;
	if (sdp && phone->offered)
		mem_set(&phone->remote, sdp);
}

static void on_reinvite(struct phone *phone, const char *sdp)
{
	int i;

	if (!phone->up || phone->over)
		wrong(phone, "a re-INVITE without a dialog");
	if (phone->unacked || phone->inviting)
		wrong(phone, "a re-INVITE that crosses");
	for (i = 0; i < phone->n; i++)
		if (phone->todo[i] == OWES_ANSWER || phone->todo[i] == OWES_ACK)
			wrong(phone, "a re-INVITE before its answer");
	mem_set(&phone->offer, sdp);
	owe(phone, OWES_ANSWER);
}

static void on_cancel(struct phone *phone)
{
	if (phone->over || phone->up) {
		wrong(phone, "CANCEL too late");
		return;
	}
	phone->n = 0;
	owe(phone, OWES_CANCELLED);
}

static void on_bye(struct phone *phone)
{
	/* the library knows by a 481 that it is over, we may not */
	if ((phone->over && !phone->odd) || !phone->up)
		wrong(phone, "BYE without a dialog");
	if (phone->unacked)
		wrong(phone, "BYE before the ACK");
	end(phone);
}

static void on_verb(struct ua_dialog *dialog, const char *device,
		    enum fake_verb verb, int status, const char *sdp)
{
	struct phone *phone = phones_find(dialog);

	if (verb == FAKE_INVITE) {
		phone = create(dialog, device, new_port());
		mem_set(&phone->offer, sdp);
		owe(phone, OWES_RING);
		return;
	}
	if (!phone) {
		/* its own INVITE, that is answered before it is back */
		phone = create(dialog, device, calling_port);
		phone->inviting = 1;
		phone->inviting_offer = calling_offers;
	}
	switch (verb) {
	case FAKE_RESPOND:
		on_answer(phone, status, sdp);
		break;
	case FAKE_ACK:
		on_ack(phone, sdp);
		break;
	case FAKE_REINVITE:
		on_reinvite(phone, sdp);
		break;
	case FAKE_CANCEL:
		on_cancel(phone);
		break;
	case FAKE_BYE:
		on_bye(phone);
		break;
	default:
		if (phone->over || !(phone->up || verb == FAKE_TALK))
			wrong(phone, "a request without a dialog");
		owe(phone, verb == FAKE_INFO ? OWES_INFO :
			verb == FAKE_TALK ? OWES_TALK : OWES_ALIVE);
		break;
	}
}

void phones_open(void)
{
	fake_ua_listen(on_verb);
}

/* --- what it says ------------------------------------------------------------- */

static void tell(struct phone *phone, enum ua_event event, int status,
		 const char *sdp)
{
	fake_ua_news(phone->dialog, event, status, sdp);
}

void phone_vanish(struct phone *phone)
{
	struct ua_dialog *dialog = phone->dialog;

	/* the library answers for it */
	if (phone->owed_answer)
		tell(phone, UA_REINVITE_ANSWER, 487, NULL);
	destroy(phone);
	fake_ua_news(dialog, UA_GONE, 0, NULL);
}

static int status_in(enum manner manner)
{
	static const int statuses[MANNERS] = {
		[REFUSES_488] = 488,
		[REFUSES_500] = 500,
		[REFUSES_603] = 603,
		[CROSSES] = 491,
		[IS_LOST] = 408,
		[KNOWS_NOTHING] = 481,
	};

	return statuses[manner];
}

void phone_refuse(struct phone *phone, int status)
{
	end(phone);
	tell(phone, UA_REFUSED, status, NULL);
}

void phone_send_on(struct phone *phone, const char *to)
{
	end(phone);
	fake_ua_sends_on(phone->dialog, to);
}

/* 2xx to an INVITE or a re-INVITE: an answer, or an offer. */
static void accept(struct phone *phone, enum ua_event event,
		   enum manner manner)
{
	char *sdp = sdp_in(phone, manner);

	phone->offered = !phone->offer && sdp;
	phone->unacked = 1;
	phone->up = 1;
	agree(phone);
	tell(phone, event, 200, sdp);
	free(sdp);
}

static void answer_invite(struct phone *phone, enum manner manner)
{
	if (status_in(manner))
		phone_refuse(phone, status_in(manner));
	else
		accept(phone, UA_ANSWERED, manner);
}

static void answer_reinvite(struct phone *phone, enum manner manner)
{
	if (!status_in(manner)) {
		accept(phone, UA_REINVITE_ANSWER, manner);
		return;
	}
	mem_set(&phone->offer, NULL);
	phone->odd |= manner == KNOWS_NOTHING;
	if (manner == KNOWS_NOTHING)
		end(phone);
	tell(phone, UA_REINVITE_ANSWER, status_in(manner), NULL);
}

static void acknowledge(struct phone *phone, enum manner manner)
{
	char *sdp = phone->answers_in_ack ? sdp_in(phone, manner) : NULL;

	if (phone->answers_in_ack)
		agree(phone);
	phone->answers_in_ack = 0;
	tell(phone, UA_ACKED, 0, sdp);
	free(sdp);
}

static void say(struct phone *phone, enum owed owed, enum manner manner)
{
	int status = status_in(manner) ? status_in(manner) : 200;

	switch (owed) {
	case OWES_RING:
		owe(phone, OWES_LIFT);
		tell(phone, UA_PROGRESS, 180, NULL);
		break;
	case OWES_LIFT:
		answer_invite(phone, manner);
		break;
	case OWES_CANCELLED:
		phone_refuse(phone, 487);
		break;
	case OWES_ACK:
		acknowledge(phone, manner);
		break;
	case OWES_ANSWER:
		answer_reinvite(phone, manner);
		break;
	case OWES_INFO:
		tell(phone, UA_INFO_ANSWER, status, NULL);
		break;
	case OWES_TALK:
		tell(phone, UA_TALK_ANSWER, status, NULL);
		break;
	case OWES_ALIVE:
		tell(phone, UA_ALIVE, status, NULL);
		break;
	default:
		phone_vanish(phone);
		break;
	}
}

void phone_say(struct phone *phone, enum manner manner)
{
	if (!phone->n)
		return;
	if (manner == VANISHES && phone->todo[0] != OWES_GONE) {
		phone_vanish(phone);
		return;
	}
	if (manner == HANGS_UP_FIRST && phone_is_open(phone)) {
		phone_hang_up(phone);
		return;
	}
	if (manner != PROPERLY && phone->todo[0] == OWES_RING) {
		take(phone);
		owe(phone, OWES_LIFT);
	}
	if (manner == HANGS_UP_FIRST && phone->todo[0] == OWES_LIFT)
		phone_refuse(phone, 486);
	else
		say(phone, take(phone), manner);
}

struct phone *phone_call(const char *device, const char *to, int offers)
{
	struct phone draft = { .port = calling_port = new_port() };
	char *sdp = offers ? session(&draft, "audio") : NULL;
	struct ua_dialog *dialog;
	struct phone *phone;

	calling_offers = offers;
	dialog = fake_ua_call(device, to, sdp);
	free(sdp);
	phone = phones_find(dialog);
	if (!phone) {
		phone = create(dialog, device, calling_port);
		phone->inviting = 1;
		phone->inviting_offer = offers;
	}
	return phone;
}

void phone_hang_up(struct phone *phone)
{
	int event = phone->up ? UA_BYE : UA_CANCELLED;

	phone->inviting = 0;
	phone->owed_answer = phone->n && phone->todo[0] == OWES_ANSWER;
	end(phone);
	tell(phone, (enum ua_event)event, 0, NULL);
}

void phone_hold(struct phone *phone, int hold, int offers)
{
	char *sdp;

	phone->held_before = phone->holds;
	phone->holds = hold;
	phone->inviting = 1;
	phone->inviting_offer = offers;
	sdp = offers ? session(phone, "audio") : NULL;
	tell(phone, UA_REINVITE, 0, sdp);
	free(sdp);
}

void phone_info(struct phone *phone)
{
	tell(phone, UA_INFO, 0, "Signal=1\r\n");
}
