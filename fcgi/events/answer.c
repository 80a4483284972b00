/* answer.c - texts of the HTTP answers */
#include "answer.h"

#include <stdio.h>
#include <string.h>

#include "ids.h"
#include "meter.h"
#include "ring.h"

char *answer_request_id(const char *given, char buf[REQUEST_ID_SIZE])
{
	size_t len = strspn(given, "abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	if (len < 8 || len >= REQUEST_ID_SIZE || given[len])
		return id_make('r', buf);
	return strcpy(buf, given);
}

static void head(struct bytes *to, int status, const char *type,
		 const char *request_id)
{
	bytes_printf(to, "Status: %d\r\nContent-Type: %s\r\n"
		"Cache-Control: no-store\r\nX-Request-Id: %s\r\n",
		status, type, request_id);
}

static void body_of(struct bytes *to, size_t len)
{
	bytes_printf(to, "Content-Length: %zu\r\n\r\n", len);
}

static void put_retry(struct bytes *to, int retry_in_ms)
{
	if (retry_in_ms)
		bytes_printf(to, ",\"retry_in_ms\":%d", retry_in_ms);
}

void answer_problem(struct bytes *to, enum err err, const char *detail,
		    const char *request_id, int retry_in_ms)
{
	static struct bytes text;

	metric_add_at(METER_ERRORS, (int)err, 1);
	text.len = 0;
	bytes_printf(&text, "{\"type\":\"urn:mypbx:problem:%s\","
		"\"title\":\"%s\",\"status\":%d,\"code\":\"%s\","
		"\"retryable\":%s,\"request_id\":\"%s\"",
		err_code(err), err_text(err), err_http(err), err_code(err),
		err_retryable(err) ? "true" : "false", request_id);
	if (detail) {
		bytes_put(&text, ",\"detail\":");
		bytes_json(&text, detail, strlen(detail));
	}
	put_retry(&text, retry_in_ms);
	bytes_put(&text, "}");
	head(to, err_http(err), "application/problem+json", request_id);
	if (err_http(err) == 503 || err_http(err) == 429)
		bytes_put(to, "Retry-After: 1\r\n");
	if (err == ERR_METHOD)
		bytes_put(to, "Allow: GET\r\n");
	body_of(to, text.len);
	bytes_add(to, text.data, text.len);
}

/* How one event is put. */
typedef void put_fn(struct bytes *to, const struct entry *entry,
		    const char *text, size_t len, int first);

static void put_element(struct bytes *to, const struct entry *entry,
			const char *text, size_t len, int first)
{
	if (!first)
		bytes_put(to, ",");
	bytes_add(to, text, len);
}

static void put_frame(struct bytes *to, const struct entry *entry,
		      const char *text, size_t len, int first)
{
	char cursor[CURSOR_SIZE];

	bytes_printf(to, "id: %s\ndata: ", cursor_format(&entry->id, cursor));
	bytes_add(to, text, len);
	bytes_put(to, "\n\n");
}

/** Where events come from: an old part of the log, or the ring. */
struct source {
	const struct old_part *part;
	size_t at;
	struct walk walk;
};

static void source_init(struct source *source,
			const struct answer_query *query)
{
	source->part = query->part;
	source->at = 0;
	if (!source->part)
		ring_walk(&source->walk, query->viewer.self, &query->after);
}

static const struct entry *source_next(struct source *source,
				       const struct cursor *after)
{
	const struct old_part *part = source->part;

	if (!part)
		return ring_next(&source->walk);
	while (source->at < part->count && cursor_compare(
			&part->entries[source->at]->id, after) <= 0)
		source->at++;
	return source->at < part->count ? part->entries[source->at++] : NULL;
}

/* The cursor goes on to the end, also over what others get; but never back:
 * it may come from a process that is ahead of us. */
static void go_on(struct answer_query *query)
{
	const struct cursor *end = query->part ? &query->part->last :
		ring_head();

	if (cursor_compare(&query->after, end) < 0)
		query->after = *end;
}

static int put_events(struct bytes *to, struct answer_query *query,
		      size_t limit, put_fn *put)
{
	const struct entry *entry;
	struct source source;
	const char *text;
	size_t len;
	int n = 0;

	if (query->blind)
		return 0;
	source_init(&source, query);
	while ((entry = source_next(&source, &query->after))) {
		text = match(entry, &query->viewer, &len);
		if (!text)
			continue;
		if (n == ANSWER_EVENTS || (n && to->len + len > limit))
			return n;
		put(to, entry, text, len, !n);
		query->after = entry->id;
		metric_add(METER_DELIVERED, 1);
		n++;
	}
	go_on(query);
	return n;
}

int answer_events(struct bytes *to, struct answer_query *query)
{
	static struct bytes list, begin, end;
	char cursor[CURSOR_SIZE];
	int n;

	list.len = begin.len = end.len = 0;
	n = put_events(&list, query, ANSWER_BYTES, put_element);
	bytes_printf(&begin, "{\"cursor\":\"%s\",\"events\":[",
		cursor_format(&query->after, cursor));
	bytes_put(&end, "]");
	put_retry(&end, query->retry_in_ms);
	bytes_put(&end, "}");
	head(to, 200, "application/json", query->request_id);
	body_of(to, begin.len + list.len + end.len);
	bytes_add(to, begin.data, begin.len);
	bytes_add(to, list.data, list.len);
	bytes_add(to, end.data, end.len);
	return n;
}

void answer_stream_begin(struct bytes *to, const struct answer_query *query)
{
	char cursor[CURSOR_SIZE];

	head(to, 200, "text/event-stream", query->request_id);
	bytes_printf(to, "X-Accel-Buffering: no\r\n\r\n"
		"retry: 1000\nid: %s\n\n",
		cursor_format(&query->after, cursor));
}

int answer_stream_events(struct bytes *to, struct answer_query *query)
{
	return put_events(to, query, ANSWER_STREAM_BYTES, put_frame);
}

void answer_stream_beat(struct bytes *to, const struct answer_query *query)
{
	char cursor[CURSOR_SIZE];

	if (query->retry_in_ms)
		bytes_printf(to, "retry: %d\n", query->retry_in_ms);
	bytes_printf(to, "id: %s\n\n",
		cursor_format(&query->after, cursor));
}

/* A line end between two JSON tokens would end a stream's frame. */
static void put_line(struct bytes *to, const char *text)
{
	size_t len;

	for (; *text; text += len) {
		len = strcspn(text, "\r\n");
		bytes_add(to, text, len);
		if (text[len]) {
			bytes_put(to, " ");
			len++;
		}
	}
}

void answer_event_text(struct bytes *to, const char *type, const char *time,
		       const char *op, const char *data)
{
	bytes_put(to, "{\"type\":");
	bytes_json(to, type, strlen(type));
	bytes_put(to, ",\"time\":");
	bytes_json(to, time, strlen(time));
	if (*op) {
		bytes_put(to, ",\"op\":");
		bytes_json(to, op, strlen(op));
	}
	bytes_put(to, ",\"data\":");
	put_line(to, data);
	bytes_put(to, "}");
}
