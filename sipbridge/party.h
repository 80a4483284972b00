/* party.h - one of the two who talk: a user, or somebody outside */
#ifndef PARTY_H
#define PARTY_H

#include "call.h"
#include "people.h"
#include "target.h"

/** Fill a party; texts are copied. */
void party_user(struct party *party, const struct user *user);
void party_outside(struct party *party, const char *number, const char *name,
		   const char *uri);
void party_target(struct party *party, const struct target *target);

void party_clear(struct party *party);

/** What a phone shows, and dials when it calls back; borrowed. */
const char *party_address(const struct party *party);

#endif
