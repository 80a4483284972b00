/* publication.h - phones that say what their user does: PUBLISH, RFC 3903 */
#ifndef PUBLICATION_H
#define PUBLICATION_H

#include <sofia-sip/nua.h>
#include <sofia-sip/sip.h>

/** A PUBLISH of presence has come; it is answered when it is committed. */
void publication_on_publish(nua_t *nua, nua_handle_t *nh, sip_t const *sip);

#endif
