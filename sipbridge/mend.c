/* mend.c - mends two faults of sofia-sip 1.12.11
 *
 * Its own functions stand behind these, by symbol interposition: where a build
 * of the library does not allow that, all is as before.
 */
#include <dlfcn.h>
#include <stddef.h>

#include <sofia-sip/nta.h>
#include <sofia-sip/sip.h>

#include "log.h"

struct nua_client_request;

typedef int response_fn(struct nua_client_request *request,
			nta_outgoing_t *transaction, sip_t const *sip);
typedef int next_fn(struct nua_client_request *queue, int invite);

response_fn nua_client_orq_response;
next_fn nua_client_next_request;

/* Of the library. */
struct nua_client_request *nua_client_request_ref(struct nua_client_request *);
int nua_client_request_unref(struct nua_client_request *);

/* Two workers of a proxy may send 180 and 200 in the wrong order. There is no
 * 1xx after a final answer, RFC 3261 17.1.1.2, but it is taken for news: then
 * the 200 is not acknowledged ("No response to ACK"), and the phone hangs up
 * after 32 s. It is dropped. */
int nua_client_orq_response(struct nua_client_request *request,
			    nta_outgoing_t *transaction, sip_t const *sip)
{
	static response_fn *own;

	if (!own)
		*(void **)&own = dlsym(RTLD_NEXT, "nua_client_orq_response");
	if (sip && sip->sip_status && sip->sip_status->st_status < 200 &&
	    nta_outgoing_status(transaction) >= 200) {
		log_debug("ua dropped late status=%d",
			sip->sip_status->st_status);
		return 0;
	}
	return own(request, transaction, sip);
}

/* An INVITE waits behind any other request of its dialog, an OPTIONS, an INFO,
 * but is forgotten when that has been answered: only what is no INVITE goes on
 * then. So an INVITE goes on, too, when none is on its way. */
int nua_client_next_request(struct nua_client_request *queue, int invite)
{
	static next_fn *own;
	int went_on;

	if (!own)
		*(void **)&own = dlsym(RTLD_NEXT, "nua_client_next_request");
	if (!queue || invite)
		return own(queue, invite);
	/* it may be the one that goes on, and ends at once */
	nua_client_request_ref(queue);
	went_on = own(queue, 0);
	went_on = own(queue, 1) || went_on;
	nua_client_request_unref(queue);
	return went_on;
}
