/* dialog.c - what it takes to go on with a SIP dialog, RFC 3261 section 12 */
#include "dialog.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/sip_header.h>

#include "mem.h"

/* A recovered dialog begins that far above what was written. A CSeq is written
 * when it enters the next STEP, so that it is not written at each request; less
 * than STEP requests are on their way at any time. */
enum { STEP = 256 };

/* The library's own first CSeq is below this (30 bits of a clock); so where we
 * have not seen one, this is above it. */
#define CSEQ_UNSEEN 0x40000000u

static char *text_of(void const *header)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	char *text;

	if (!header)
		return NULL;
	su_home_init(home);
	text = mem_strdup(sip_header_as_string(home,
		(sip_header_t const *)header));
	su_home_deinit(home);
	return text;
}

static char *joined(const char *first, const char *second)
{
	return first ? mem_printf("%s, %s", first, second) :
		mem_strdup(second);
}

/* @param backwards  last one first */
static char *route_of(sip_record_route_t const *rr, int backwards)
{
	char *route = NULL, *one, *both;

	for (; rr; rr = rr->r_next) {
		sip_record_route_t only = *rr;

		only.r_next = NULL;
		one = text_of(&only);
		both = route && backwards ? joined(one, route) :
			joined(route, one);
		free(route);
		free(one);
		route = both;
	}
	return route;
}

static void move_target(struct dialog *dialog, sip_contact_t const *contact)
{
	sip_contact_t only;

	if (!contact)
		return;
	only = *contact;
	only.m_next = NULL;
	free(dialog->target);
	dialog->target = text_of(&only);
}

/* An answer to us would have had these the other way round. */
void dialog_on_invite(struct dialog *dialog, sip_t const *sip)
{
	move_target(dialog, sip->sip_contact);
	if (dialog->call_id)
		return;
	dialog->call_id = mem_strdup(sip->sip_call_id->i_id);
	dialog->local = text_of(sip->sip_to);
	dialog->remote = text_of(sip->sip_from);
	dialog->route = route_of(sip->sip_record_route, 1);
}

void dialog_on_answer(struct dialog *dialog, sip_t const *sip)
{
	move_target(dialog, sip->sip_contact);
	if (dialog->call_id)
		return;
	dialog->call_id = mem_strdup(sip->sip_call_id->i_id);
	dialog->local = text_of(sip->sip_from);
	dialog->remote = text_of(sip->sip_to);
	dialog->route = route_of(sip->sip_record_route, 0);
	dialog->tagged = 1;
}

void dialog_on_cseq(struct dialog *dialog, sip_t const *sip)
{
	if (sip->sip_cseq && sip->sip_cseq->cs_seq > dialog->cseq)
		dialog->cseq = sip->sip_cseq->cs_seq;
}

void dialog_on_progress(struct dialog *dialog, sip_t const *sip)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };

	if (!sip->sip_to || !sip->sip_to->a_tag || !sip->sip_contact)
		return;
	dialog_clear(dialog);
	su_home_init(home);
	dialog->target = mem_strdup(url_as_string(home,
		sip->sip_contact->m_url));
	su_home_deinit(home);
	dialog->remote = text_of(sip->sip_to);
	dialog->route = route_of(sip->sip_record_route, 1);
}

/* The tag that the library has made for us. */
static int add_tag(struct dialog *dialog, nua_handle_t *nh)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	sip_replaces_t *replaces;
	char *local = NULL;

	su_home_init(home);
	replaces = nua_handle_make_replaces(nh, home, 0);
	if (replaces && replaces->rp_from_tag)
		local = mem_printf("%s;tag=%s", dialog->local,
			replaces->rp_from_tag);
	su_home_deinit(home);
	if (!local)
		return -1;
	free(dialog->local);
	dialog->local = local;
	dialog->tagged = 1;
	return 0;
}

int dialog_export(struct dialog *dialog, nua_handle_t *nh,
		  struct ua_saved *saved)
{
	if (!dialog->call_id || !dialog->target)
		return -1;
	if (!dialog->tagged && add_tag(dialog, nh))
		return -1;
	saved->call_id = dialog->call_id;
	saved->local = dialog->local;
	saved->remote = dialog->remote;
	saved->target = dialog->target;
	saved->route = dialog->route;
	saved->cseq = dialog->cseq ? (dialog->cseq / STEP + 2) * STEP :
		CSEQ_UNSEEN;
	return 0;
}

void dialog_import(struct dialog *dialog, const struct ua_saved *saved)
{
	dialog->call_id = mem_strdup(saved->call_id);
	dialog->local = mem_strdup(saved->local);
	dialog->remote = mem_strdup(saved->remote);
	dialog->target = mem_strdup(saved->target);
	dialog->route = mem_strdup(saved->route);
	dialog->cseq = saved->cseq;
	dialog->tagged = 1;
}

void dialog_clear(struct dialog *dialog)
{
	free(dialog->call_id);
	free(dialog->local);
	free(dialog->remote);
	free(dialog->target);
	free(dialog->route);
	memset(dialog, 0, sizeof(*dialog));
}
