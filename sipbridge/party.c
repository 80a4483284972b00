/* party.c - one of the two who talk: a user, or somebody outside */
#include "party.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "stamp.h"

static void begin(struct party *party)
{
	id_make('c', party->id);
	party->started_ms = stamp_ms();
	party->news = EVENT_COUNT;
}

void party_user(struct party *party, const struct user *user)
{
	const char *at = user->number ? user->number : user->name;

	begin(party);
	party->user = mem_strdup(user->name);
	party->number = mem_strdup(user->number);
	party->name = mem_strdup(user->display_name);
	party->uri = mem_printf("sip:%s@%s", at, people_node.domain);
}

void party_outside(struct party *party, const char *number,
			  const char *name, const char *uri)
{
	begin(party);
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

void party_absent(struct party *party, const struct party *who)
{
	party_clear(party);
	begin(party);
	party->absent = 1;
	party->anonymous = who->anonymous;
	party->user = mem_strdup(who->user);
	party->number = mem_strdup(who->number);
	party->name = mem_strdup(who->name);
	party->uri = mem_strdup(who->uri);
}

void party_add_leg(struct party *party, const struct leg *leg)
{
	if (!party->legs)
		party->legs = json_array();
	json_array_append_new(party->legs, json_pack(
		"{s:s?, s:o, s:o, s:o, s:i}", "device", leg->device,
		"started", stamp_to_json(leg->started_ms),
		"answered", stamp_to_json(leg->answered_ms),
		"ended", stamp_to_json(stamp_ms()),
		"sip", leg->answered_ms ? 200 : leg->status));
}

void party_clear(struct party *party)
{
	free(party->user);
	free(party->number);
	free(party->name);
	free(party->uri);
	free(party->dialled);
	free(party->elsewhere);
	json_decref(party->legs);
	memset(party, 0, sizeof(*party));
	party->news = EVENT_COUNT;
}

const char *party_address(const struct party *party)
{
	if (party->anonymous)
		return "anonymous";
	if (party->number)
		return party->number;
	return party->user ? party->user : "anonymous";
}
