/* entry.c - an entry of the event log, ready for the wire */
#include "entry.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "link.h"
#include "log.h"
#include "match.h"
#include "mem.h"

struct entry *entry_create(const struct cursor *id, const char *to,
			   const char *of, uint64_t type_bit,
			   const char *text, size_t len)
{
	struct entry *e = mem_zalloc(sizeof(*e) + len);

	e->id = *id;
	e->to = *to ? subject_hold(to) : subject_keep(subject_everybody());
	e->of = *of ? subject_hold(of) : NULL;
	e->type_bit = type_bit;
	e->len = len;
	memcpy(e->text, text, len);
	return e;
}

void entry_destroy(struct entry *entry)
{
	subject_release(entry->to);
	if (entry->of)
		subject_release(entry->of);
	free(entry);
}

int entry_can_wait(const struct entry *entry)
{
	return entry->to == subject_everybody() &&
		entry->type_bit == UINT64_C(1) << EVENT_PRESENCE_IM_CHANGED;
}

/* Fields of an entry; "" when missing. */
struct fields {
	const char *to, *of, *type, *op, *time, *data;
};

static void read_fields(const redisReply *list, struct fields *f)
{
	const struct {
		const char *name;
		const char **value;
	} names[] = {
		{ "to", &f->to }, { "of", &f->of }, { "type", &f->type },
		{ "op", &f->op }, { "time", &f->time }, { "data", &f->data },
	};
	size_t i, k;

	for (k = 0; k < sizeof(names) / sizeof(*names); k++)
		*names[k].value = "";
	for (i = 0; list->type == REDIS_REPLY_ARRAY &&
			i + 1 < list->elements; i += 2)
		for (k = 0; k < sizeof(names) / sizeof(*names); k++)
			if (!strcmp(link_text(list, i), names[k].name))
				*names[k].value = link_text(list, i + 1);
}

struct entry *entry_read(const struct cursor *id, const redisReply *fields,
			 const char **data)
{
	static struct bytes text;
	struct fields f;

	read_fields(fields, &f);
	if (!*f.type || !*f.data || (!*f.to && !*f.of)) {
		log_warn("entry skipped why=incomplete type=%s", f.type);
		return NULL;
	}
	text.len = 0;
	answer_event_text(&text, f.type, f.time, f.op, f.data);
	*data = f.data;
	return entry_create(id, f.to, f.of, match_bit(f.type), text.data,
		text.len);
}
