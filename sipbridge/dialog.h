/* dialog.h - what it takes to go on with a SIP dialog, RFC 3261 section 12 */
#ifndef DIALOG_H
#define DIALOG_H

#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>

#include "ua.h"

/** Learnt from the messages as they pass: the library does not tell. */
struct dialog {
	char *call_id;
	char *local;		/* who we are: a From, with its tag once known */
	char *remote;		/* who they are, with tag */
	char *target;		/* their Contact */
	char *route;		/* as the Record-Route of an answer to us */
	unsigned cseq;		/* of our last request; 0: none seen */
	int tagged;		/* `local` has its tag */
};

/** An INVITE has come: the first one, or one that moves the target. */
void dialog_on_invite(struct dialog *dialog, sip_t const *sip);

/** A 2xx to our INVITE has come; likewise. */
void dialog_on_answer(struct dialog *dialog, sip_t const *sip);

/** A 1xx to our INVITE has come: what a request of ours before the answer needs,
 * which the library sends as if there were no dialog yet. Here `target` is a
 * URI and `route` a Route; all NULL when it makes no dialog. */
void dialog_on_progress(struct dialog *dialog, sip_t const *sip);

/** Any answer to a request of ours. */
void dialog_on_cseq(struct dialog *dialog, sip_t const *sip);

/** @return 0, or -1 when there is no dialog yet; texts are borrowed */
int dialog_export(struct dialog *dialog, nua_handle_t *nh,
		  struct ua_saved *saved);

/** Begin with what an earlier life has written; texts are copied. */
void dialog_import(struct dialog *dialog, const struct ua_saved *saved);

void dialog_clear(struct dialog *dialog);

#endif
