/* dtmf.c - digits for the peer's phone, by SIP INFO */
#include "dtmf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "op.h"
#include "publish.h"

/* What phones understand of old; RFC 4733 events need media. */
#define TYPE "application/dtmf-relay"
enum { DURATION_MS = 160 };

struct dtmf {
	char *digits;
	const char *next;
	enum role role;
	struct op *op;
};

static void send_next(struct dtmf *dtmf, struct leg *leg);

static void on_answer(void *arg, struct leg *leg, const struct ua_news *news)
{
	struct dtmf *dtmf = arg;

	if (news->status < 300 && *dtmf->next) {
		send_next(dtmf, leg);
		return;
	}
	if (news->status >= 300)
		op_refused(dtmf->op, cause_of_sip(news->status));
	else
		publish_outcome(leg->call, dtmf->role, dtmf->op);
	free(dtmf->digits);
	free(dtmf);
}

static void send_next(struct dtmf *dtmf, struct leg *leg)
{
	char body[64];

	snprintf(body, sizeof(body), "Signal=%c\r\nDuration=%d\r\n",
		*dtmf->next++, DURATION_MS);
	leg_ask_info(leg, TYPE, body, on_answer, dtmf);
}

void dtmf_by_command(struct call *call, enum role role, const char *digits,
		     struct op *op)
{
	struct leg *peer = call->party[!role].leg;
	struct dtmf *dtmf;

	if (!*digits || strspn(digits, "0123456789*#ABCD") != strlen(digits)) {
		op_wrong(op, "/digits", "bad_value", "Digits are 0-9*#A-D");
		return;
	}
	if (peer->asking) {
		op_failed(op, ERR_STATE, "Digits are on their way already");
		return;
	}
	dtmf = mem_zalloc(sizeof(*dtmf));
	dtmf->digits = mem_strdup(digits);
	dtmf->next = dtmf->digits;
	dtmf->role = role;
	dtmf->op = op;
	send_next(dtmf, peer);
}
