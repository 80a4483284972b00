/* party.h - one of the two who talk: a user, or somebody outside */
#ifndef PARTY_H
#define PARTY_H

#include "call.h"
#include "people.h"
#include "target.h"

/** Fill a party; texts are copied. It has an id, and begins now. */
void party_user(struct party *party, const struct user *user);
void party_outside(struct party *party, const char *number, const char *name,
		   const char *uri);
void party_target(struct party *party, const struct target *target);

/** Fill a place with the name of somebody whose call it is not. */
void party_absent(struct party *party, const struct party *who);

/** Remember a leg that is over, for the record. */
void party_add_leg(struct party *party, const struct leg *leg);

/** Free the texts; what remains is a vacant place. */
void party_clear(struct party *party);

/** What a phone shows, and dials when it calls back; borrowed. */
const char *party_address(const struct party *party);

#endif
