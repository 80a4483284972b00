/* display.h - what a party's phone shows of the other one */
#ifndef DISPLAY_H
#define DISPLAY_H

#include "call.h"

/** Show another name or number on the party's phone, by a re-INVITE with
 * P-Asserted-Identity (RFC 3325); op is stolen. */
void display_by_command(struct call *call, enum role role, const char *name,
			const char *number, struct op *op);

/** Both phones show whom they talk with, from their next message on. */
void display_peers(struct leg *a, const struct party *peer_of_a,
		   struct leg *b, const struct party *peer_of_b);

#endif
