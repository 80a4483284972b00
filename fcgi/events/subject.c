/* subject.c - users whom entries concern, by name and by number */
#include "subject.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { BUCKETS = 4096 };	/* of users; a chain of 10 at 40 000 users */

static struct {
	struct subject *everybody;
	struct subject *users[BUCKETS];
	struct subject **by_id;
	uint32_t end, room;		/* ids given so far */
	struct subject_ids spare;	/* ids given back */
} all;

void subject_ids_add(struct subject_ids *list, uint32_t id)
{
	/* by a quarter: there is a list for each user that is watched */
	if (list->count == list->room) {
		list->room += list->room / 4 + 2;
		list->ids = mem_realloc(list->ids,
			list->room * sizeof(*list->ids));
	}
	list->ids[list->count++] = id;
}

void subject_ids_remove(struct subject_ids *list, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < list->count && list->ids[i] != id; i++)
		continue;
	if (i < list->count)
		list->ids[i] = list->ids[--list->count];
	if (!list->count) {
		free(list->ids);
		memset(list, 0, sizeof(*list));
	}
}

static uint32_t take_id(struct subject *s)
{
	uint32_t id = all.end;

	if (all.spare.count) {
		id = all.spare.ids[all.spare.count - 1];
		subject_ids_remove(&all.spare, id);
	} else {
		all.end++;
	}
	if (id == all.room) {
		all.room = all.room ? all.room * 2 : 64;
		all.by_id = mem_realloc(all.by_id,
			all.room * sizeof(*all.by_id));
	}
	all.by_id[id] = s;
	return id;
}

static struct subject *create(const char *user)
{
	struct subject *s = mem_zalloc(sizeof(*s) + strlen(user) + 1);

	strcpy(s->user, user);
	s->id = take_id(s);
	return s;
}

static void destroy(struct subject *s)
{
	subject_ids_add(&all.spare, s->id);
	free(s->chain.serials);
	free(s->watchers.ids);
	free(s);
}

static struct subject **find(const char *user)
{
	struct subject **s;
	uint32_t hash = 2166136261u;
	const char *c;

	for (c = user; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	for (s = &all.users[hash % BUCKETS]; *s; s = &(*s)->next)
		if (!strcmp((*s)->user, user))
			break;
	return s;
}

struct subject *subject_hold(const char *user)
{
	struct subject **s = find(user);

	if (!*s)
		*s = create(user);
	return subject_keep(*s);
}

struct subject *subject_keep(struct subject *subject)
{
	subject->held++;
	return subject;
}

/* Entries hold their subject too, so a user leaves with his last trace. */
void subject_release(struct subject *subject)
{
	struct subject **s;

	if (--subject->held)
		return;
	s = find(subject->user);
	*s = subject->next;
	destroy(subject);
}

struct subject *subject_everybody(void)
{
	return all.everybody;
}

struct subject *subject_by_id(uint32_t id)
{
	return all.by_id[id];
}

size_t subject_count(void)
{
	return all.end - all.spare.count - 1;
}

void subject_open(void)
{
	memset(&all, 0, sizeof(all));
	all.everybody = create("");
	all.everybody->held = 1;
}

void subject_close(void)
{
	destroy(all.everybody);
	free(all.by_id);
	free(all.spare.ids);
}
