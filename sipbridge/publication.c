/* publication.c - phones that say what their user does: PUBLISH, RFC 3903
 *
 * Nothing is kept here. The tag of a publication is the version of the user's
 * row, its life time is the row's `until`: who goes on with another tag hears
 * 412 and publishes anew, also after a restart.
 */
#include "publication.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>

#include "log.h"
#include "loop.h"
#include "mem.h"
#include "message.h"
#include "people.h"
#include "pidf.h"
#include "saiddb.h"

enum { EXPIRES_S = 3600, EXPIRES_MIN_S = 60 };

#define PIDF_TYPE "application/pidf+xml"

/** One that waits for PostgreSQL. */
struct publication {
	nua_handle_t *nh;
	nua_saved_event_t event[1];
	char *user;
	unsigned expires_s;
};

static void destroy_handle(void *nh)
{
	nua_handle_destroy(nh);
}

static void refuse(nua_t *nua, nua_handle_t *nh, int status,
		   char const *phrase)
{
	nua_respond(nh, status, phrase, NUTAG_WITH_THIS(nua), TAG_END());
	loop_after(destroy_handle, nh);
}

static void respond(struct publication *p, enum said_outcome outcome,
		    const char *etag)
{
	char expires[16];

	snprintf(expires, sizeof(expires), "%u", p->expires_s);
	switch (outcome) {
	case SAID_WRITTEN:
		nua_respond(p->nh, SIP_200_OK, NUTAG_WITH_SAVED(p->event),
			SIPTAG_ETAG_STR(*etag ? etag : "none"),
			SIPTAG_EXPIRES_STR(expires), TAG_END());
		break;
	case SAID_STALE:
		nua_respond(p->nh, SIP_412_PRECONDITION_FAILED,
			NUTAG_WITH_SAVED(p->event), TAG_END());
		break;
	case SAID_FAILED:
		nua_respond(p->nh, SIP_480_TEMPORARILY_UNAVAILABLE,
			NUTAG_WITH_SAVED(p->event),
			SIPTAG_RETRY_AFTER_STR("5"), TAG_END());
		break;
	}
}

static void on_written(void *arg, enum said_outcome outcome, const char *etag)
{
	struct publication *p = arg;

	respond(p, outcome, etag);
	log_debug("presence published user=%s outcome=%d", p->user, outcome);
	nua_destroy_event(p->event);
	loop_after(destroy_handle, p->nh);
	free(p->user);
	free(p);
}

static unsigned expires_of(sip_t const *sip)
{
	unsigned long s = sip->sip_expires ? sip->sip_expires->ex_delta :
		EXPIRES_S;

	if (s && s < EXPIRES_MIN_S)
		s = EXPIRES_MIN_S;
	return s > EXPIRES_S ? EXPIRES_S : (unsigned)s;
}

/* The one that a phone publishes for is its owner, whatever it writes. */
static const struct user *user_of(sip_t const *sip)
{
	const char *device = message_private(sip, "X-MyPBX-Device");

	return device ? people_find_device(device) : NULL;
}

/* @return 0, or -1 when it says nothing that can be read; a refresh has no
 * body, RFC 3903 4.1 */
static int read_body(sip_t const *sip, struct pidf *pidf, int *refresh)
{
	char *body = message_body(sip, PIDF_TYPE);
	int wrong;

	memset(pidf, 0, sizeof(*pidf));
	*refresh = !body && sip->sip_if_match && !sip->sip_content_type;
	wrong = body ? pidf_read(body, strlen(body), pidf) : !*refresh;
	free(body);
	return wrong ? -1 : 0;
}

void publication_on_publish(nua_t *nua, nua_handle_t *nh, sip_t const *sip)
{
	const struct user *user = user_of(sip);
	struct publication *p;
	struct pidf pidf;
	struct said said = { .expires_s = expires_of(sip) };

	if (!user) {
		refuse(nua, nh, SIP_404_NOT_FOUND);
		return;
	}
	if (read_body(sip, &pidf, &said.refresh)) {
		refuse(nua, nh, SIP_400_BAD_REQUEST);
		return;
	}
	if (!said.expires_s) {		/* it is over: nothing is said */
		memset(&pidf, 0, sizeof(pidf));
		said.refresh = 0;
	}
	p = mem_zalloc(sizeof(*p));
	p->nh = nh;
	nua_save_event(nua, p->event);
	p->user = mem_strdup(user->name);
	p->expires_s = said.expires_s;
	said.user = p->user;
	said.activity = pidf.activity;
	said.note = pidf.note;
	said.etag = sip->sip_if_match ? sip->sip_if_match->g_string : NULL;
	saiddb_write(&said, on_written, p);
}
