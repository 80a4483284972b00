/* late.c - drops provisional answers that arrive after the final one
 *
 * Two workers of a proxy may send 180 and 200 in the wrong order. RFC 3261
 * 17.1.1.2 has no 1xx after a final answer, but sofia-sip 1.12.11 takes it for
 * news: it then refuses to acknowledge the 200 ("No response to ACK"), and the
 * phone hangs up after 32 s. So its own function stands behind this one, by
 * symbol interposition; where a build of the library does not allow that, all
 * is as before.
 */
#include <dlfcn.h>
#include <stddef.h>

#include <sofia-sip/nta.h>
#include <sofia-sip/sip.h>

#include "log.h"

struct nua_client_request;

typedef int response_fn(struct nua_client_request *request,
			nta_outgoing_t *transaction, sip_t const *sip);

response_fn nua_client_orq_response;

int nua_client_orq_response(struct nua_client_request *request,
			    nta_outgoing_t *transaction, sip_t const *sip)
{
	static response_fn *next;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "nua_client_orq_response");
	if (sip && sip->sip_status && sip->sip_status->st_status < 200 &&
	    nta_outgoing_status(transaction) >= 200) {
		log_debug("ua dropped late status=%d",
			sip->sip_status->st_status);
		return 0;
	}
	return next(request, transaction, sip);
}
