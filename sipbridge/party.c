/* party.c - one of the two who talk: a user, or somebody outside */
#include "party.h"

#include <stdio.h>
#include <stdlib.h>

#include "mem.h"

void party_user(struct party *party, const struct user *user)
{
	const char *at = user->number ? user->number : user->name;

	party->user = mem_strdup(user->name);
	party->number = mem_strdup(user->number);
	party->name = mem_strdup(user->display_name);
	party->uri = mem_printf("sip:%s@%s", at, people_node.domain);
}

void party_outside(struct party *party, const char *number,
			  const char *name, const char *uri)
{
	party->number = mem_strdup(number);
	party->name = mem_strdup(name && *name ? name : NULL);
	party->uri = mem_strdup(uri);
}

void party_target(struct party *party, const struct target *target)
{
	char uri[NUMBER_SIZE + 8];

	if (target->user) {
		party_user(party, target->user);
		return;
	}
	snprintf(uri, sizeof(uri), "tel:%s", target->number);
	party_outside(party, target->number, NULL, uri);
}

void party_clear(struct party *party)
{
	free(party->user);
	free(party->number);
	free(party->name);
	free(party->uri);
}

const char *party_address(const struct party *party)
{
	if (party->number)
		return party->number;
	return party->user ? party->user : "anonymous";
}
