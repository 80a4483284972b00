/* subject.c - users whom entries concern, by name and by number */
#include "subject.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum {
	BUCKETS = 4096,		/* of users; a chain of 10 at 40 000 users */
	PIECE = 30		/* ids in a block of 128 bytes */
};

static struct {
	struct subject *everybody;
	struct subject *users[BUCKETS];
	struct subject **by_id;
	uint32_t end, room;		/* ids given so far */
	struct subject_ids spare;	/* ids given back */
} all;

/* Only the first piece of a list may be partly filled. */
struct subject_piece {
	struct subject_piece *next;
	uint32_t ids[PIECE];
};

static uint32_t filled(const struct subject_ids *list)
{
	return list->count ? (list->count - 1) % PIECE + 1 : 0;
}

void subject_ids_add(struct subject_ids *list, uint32_t id)
{
	struct subject_piece *piece = list->first;

	if (list->count % PIECE == 0) {
		piece = mem_zalloc(sizeof(*piece));
		piece->next = list->first;
		list->first = piece;
	}
	piece->ids[list->count++ % PIECE] = id;
}

/* @return the one that was added last */
static uint32_t pop(struct subject_ids *list)
{
	struct subject_piece *piece = list->first;
	uint32_t id = piece->ids[--list->count % PIECE];

	if (list->count % PIECE == 0) {
		list->first = piece->next;
		free(piece);
	}
	return id;
}

static uint32_t *find_id(const struct subject_ids *list, uint32_t id)
{
	struct subject_piece *piece;
	uint32_t i, n = filled(list);

	for (piece = list->first; piece; piece = piece->next, n = PIECE)
		for (i = 0; i < n; i++)
			if (piece->ids[i] == id)
				return &piece->ids[i];
	return NULL;
}

void subject_ids_remove(struct subject_ids *list, uint32_t id)
{
	uint32_t *place = find_id(list, id);

	if (!place)
		return;
	*place = list->first->ids[(list->count - 1) % PIECE];
	pop(list);
}

void subject_ids_each(const struct subject_ids *list,
		      void (*fn)(struct subject *user, void *arg), void *arg)
{
	const struct subject_piece *piece;
	uint32_t i, n = filled(list);

	for (piece = list->first; piece; piece = piece->next, n = PIECE)
		for (i = 0; i < n; i++)
			fn(subject_by_id(piece->ids[i]), arg);
}

static uint32_t take_id(struct subject *s)
{
	uint32_t id = all.end;

	if (all.spare.count)
		id = pop(&all.spare);
	else
		all.end++;
	assert(id <= SUBJECT_ID_MAX);
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

void subject_each(void (*fn)(struct subject *user))
{
	struct subject *s;
	size_t i;

	for (i = 0; i < BUCKETS; i++)
		for (s = all.users[i]; s; s = s->next)
			fn(s);
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
	while (all.spare.count)
		pop(&all.spare);
}
