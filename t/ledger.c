/* ledger.c - keeps account of what users were told, in a test */
#include "ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static json_t *views;		/* call of a user -> as told last */
static json_t *transfers;	/* transfer -> version */
static json_t *records;		/* call of a user -> how many */
static json_t *ops;		/* command -> how many outcomes are due */
static json_t *fields;		/* "hash field" that is in Redis */
static char wrong[4096], shown[4096];

static void open_books(void)
{
	if (views)
		return;
	views = json_object();
	transfers = json_object();
	records = json_object();
	ops = json_object();
	fields = json_object();
}

void ledger_note(const char *fmt, ...)
{
	size_t n = strlen(wrong);
	va_list ap;

	if (n + 3 > sizeof(wrong))
		return;
	if (n)
		n += (size_t)snprintf(wrong + n, sizeof(wrong) - n, "; ");
	va_start(ap, fmt);
	vsnprintf(wrong + n, sizeof(wrong) - n, fmt, ap);
	va_end(ap);
}

const char *ledger_wrong(void)
{
	memcpy(shown, wrong, sizeof(shown));
	wrong[0] = '\0';
	return shown;
}

static long long count(json_t *book, const char *name, int delta)
{
	long long n = json_integer_value(json_object_get(book, name)) + delta;

	json_object_set_new(book, name, json_integer(n));
	return n;
}

void ledger_asked(const char *op)
{
	open_books();
	count(ops, op, 1);
}

void ledger_replied(const char *op)
{
	open_books();
	if (count(ops, op, -1) < 0)
		ledger_note("%s has two outcomes", op);
}

static int has_ended(const json_t *view)
{
	return !json_is_null(json_object_get(view, "ended"));
}

static const char *text(const json_t *json, const char *name)
{
	const char *value = json_string_value(json_object_get(json, name));

	return value ? value : "";
}

static void take_call(const struct event *ev)
{
	const char *id = text(ev->data, "id");
	json_t *was = json_object_get(views, id);
	long long before = json_integer_value(json_object_get(was, "version"));

	if (was && has_ended(was))
		ledger_note("%s %s told after its end", ev->user, id);
	if (ev->version != before + 1)
		ledger_note("%s %s version %lld after %lld", ev->user, id,
			(long long)ev->version, before);
	if (has_ended(ev->data) != !ev->value)
		ledger_note("%s %s left in Redis", ev->user, id);
	json_object_set_new(views, id, json_deep_copy(ev->data));
}

static void take_transfer(const struct event *ev)
{
	if (count(transfers, text(ev->data, "id"), 1) != ev->version)
		ledger_note("%s transfer version %lld", ev->user,
			(long long)ev->version);
}

static void take_field(const struct event *ev)
{
	char name[256];

	snprintf(name, sizeof(name), "%s %s", ev->hash, ev->field);
	if (ev->value)
		json_object_set_new(fields, name, json_true());
	else
		json_object_del(fields, name);
}

void ledger_event(const struct event *ev)
{
	open_books();
	if (ev->type <= EVENT_CALL_FAILED)
		take_call(ev);
	if (ev->type == EVENT_TRANSFER_CHANGED)
		take_transfer(ev);
	if (ev->hash && ev->type <= EVENT_PARKING_CHANGED)
		take_field(ev);
}

void ledger_record(const json_t *record)
{
	open_books();
	if (count(records, text(record, "id"), 1) > 1)
		ledger_note("%s has two records", text(record, "user_name"));
}

const json_t *ledger_call(const char *id)
{
	open_books();
	return json_object_get(views, id);
}

const char *ledger_some_call(const char *user, int n)
{
	const char *id, *found = NULL;
	json_t *view;
	int i = 0;

	open_books();
	json_object_foreach(views, id, view)
		if (!has_ended(view) && (!user || !strcmp(user, text(
				json_object_get(view, "self"), "user"))))
			i++;
	n = i ? n % i : 0;
	json_object_foreach(views, id, view)
		if (!has_ended(view) && (!user || !strcmp(user, text(
				json_object_get(view, "self"), "user"))) &&
		    n-- == 0)
			found = id;
	return found;
}

int ledger_live(void)
{
	const char *id;
	json_t *view;
	int n = 0;

	open_books();
	json_object_foreach(views, id, view)
		n += !has_ended(view);
	return n;
}

void ledger_close(void)
{
	const char *name;
	json_t *value;

	open_books();
	json_object_foreach(views, name, value) {
		const char *user = text(json_object_get(value, "self"),
			"user");

		if (!has_ended(value))
			ledger_note("%s %s is left %s", user, name,
				text(value, "state"));
		else if (!json_object_get(records, name))
			ledger_note("%s %s has no record", user, name);
	}
	json_object_foreach(ops, name, value)
		if (json_integer_value(value) > 0)
			ledger_note("%s has no outcome", name);
	json_object_foreach(fields, name, value)
		ledger_note("%s is left in Redis", name);
	json_object_clear(views);
	json_object_clear(transfers);
	json_object_clear(records);
	json_object_clear(ops);
	json_object_clear(fields);
}
