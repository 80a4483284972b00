/* request.c - what a handler sees of a request, and how it answers */
#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "mem.h"
#include "session.h"
#include "text.h"

struct request {
	char *const *envp;
	char id[REQUEST_ID_SIZE];
	enum method method;
	int head;
	struct uri uri;
	const char *param[URI_SEGMENTS];	/* names of path segments */
	const char *body;
	size_t body_size;
	json_t *json;
	struct session *session;
	struct fault fault;
	struct reply reply;
};

static const char *const methods[METHOD_COUNT] = {
	[GET] = "GET",
	[POST] = "POST",
	[PUT] = "PUT",
	[PATCH] = "PATCH",
	[DELETE] = "DELETE",
};

const char *method_name(enum method method)
{
	return methods[method];
}

const char *request_header(const struct request *req, const char *name)
{
	size_t n = strlen(name);
	char *const *p;

	for (p = req->envp; *p; p++)
		if (!strncmp(*p, name, n) && (*p)[n] == '=')
			return *p + n + 1;
	return NULL;
}

/* A client may bring its own, so that its log and ours meet. */
static void choose_id(struct request *req)
{
	static const char harmless[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789-_.";
	const char *given = request_header(req, "HTTP_X_REQUEST_ID");
	size_t n = given ? strlen(given) : 0;

	if (n && n < sizeof(req->id) && strspn(given, harmless) == n)
		memcpy(req->id, given, n + 1);
	else
		id_make('q', req->id);
}

static void choose_method(struct request *req)
{
	const char *text = request_header(req, "REQUEST_METHOD");
	int i;

	if (!text)
		text = "";
	req->head = !strcmp(text, "HEAD");
	if (req->head)
		text = "GET";
	for (i = 0; i < METHOD_COUNT; i++)
		if (!strcmp(methods[i], text))
			break;
	req->method = (enum method)i;
}

struct request *request_create(char *const *envp, const char *body, size_t n,
			       enum err *wrong)
{
	struct request *req = mem_zalloc(sizeof(*req));

	req->envp = envp;
	req->body = body;
	req->body_size = n;
	choose_id(req);
	choose_method(req);
	*wrong = uri_parse(&req->uri, request_target(req), "/api/v1");
	return req;
}

void request_destroy(struct request *req)
{
	if (!req)
		return;
	uri_clear(&req->uri);
	json_decref(req->json);
	session_destroy(req->session);
	fault_clear(&req->fault);
	reply_clear(&req->reply);
	free(req);
}

enum method request_method(const struct request *req)
{
	return req->method;
}

int request_is_head(const struct request *req)
{
	return req->head;
}

size_t request_body_size(const struct request *req)
{
	return req->body_size;
}

const char *request_body(const struct request *req)
{
	return req->body;
}

const struct uri *request_uri(const struct request *req)
{
	return &req->uri;
}

const char *request_target(const struct request *req)
{
	const char *target = request_header(req, "REQUEST_URI");

	return target ? target : "";
}

const char *request_id(const struct request *req)
{
	return req->id;
}

const char *request_address(const struct request *req)
{
	const char *address = request_header(req, "REMOTE_ADDR");

	return address ? address : "";
}

void request_bind(struct request *req, int segment, const char *name)
{
	req->param[segment] = name;
}

const char *request_param(const struct request *req, const char *name)
{
	int i;

	for (i = 0; i < req->uri.segments; i++)
		if (req->param[i] && !strcmp(req->param[i], name))
			return req->uri.segment[i];
	return NULL;
}

const char *request_query(const struct request *req, const char *name)
{
	return uri_query(&req->uri, name);
}

enum err request_number(struct request *req, const char *name, int min,
			int max, int *value)
{
	const char *text = request_query(req, name);
	size_t n = text ? strlen(text) : 0;

	if (!text)
		return OK;
	if (!n || n > 9 || strspn(text, "0123456789") != n ||
	    atoi(text) < min || atoi(text) > max)
		return fault_set(&req->fault, ERR_VALUE,
			"%s must be a number from %d to %d", name, min, max);
	*value = atoi(text);
	return OK;
}

/* Brackets in strings do not nest; whether all fit is the parser's matter. */
static int too_deep(const char *s, size_t n)
{
	const char *end = s + n;
	int depth = 0, quoted = 0;

	for (; s < end && depth <= JSON_DEPTH_MAX; s++) {
		if (quoted && *s == '\\')
			s++;
		else if (*s == '"')
			quoted = !quoted;
		else if (!quoted && (*s == '{' || *s == '['))
			depth++;
		else if (!quoted && (*s == '}' || *s == ']'))
			depth--;
	}
	return depth > JSON_DEPTH_MAX;
}

static enum err parse_body(struct request *req)
{
	json_error_t error;

	if (req->json)
		return OK;
	if (!req->body_size)
		return fault_set(&req->fault, ERR_INPUT,
			"A JSON object is expected");
	if (too_deep(req->body, req->body_size))
		return fault_set(&req->fault, ERR_INPUT,
			"The JSON is nested too deeply");
	req->json = json_loadb(req->body, req->body_size,
		JSON_REJECT_DUPLICATES, &error);
	if (!req->json)
		return fault_set(&req->fault, ERR_INPUT, "line %d: %s",
			error.line, error.text);
	return OK;
}

void request_no_body(struct request *req)
{
	if (!req->json)
		req->json = json_object();
}

enum err request_json(struct request *req, const char *fmt, ...)
{
	json_error_t error;
	enum err err = parse_body(req);
	va_list ap;
	int failed;

	if (err)
		return err;
	va_start(ap, fmt);
	failed = json_vunpack_ex(req->json, &error, JSON_STRICT, fmt, ap);
	va_end(ap);
	if (failed)
		return fault_set(&req->fault, ERR_INPUT, "%s", error.text);
	return OK;
}

enum err request_text(struct request *req, const char *pointer,
		      const char *text, size_t min, size_t max)
{
	size_t n = strlen(text);

	if (n < min)
		return fault_value(&req->fault, pointer, "too_short");
	if (n > max)
		return fault_value(&req->fault, pointer, "too_long");
	if (!text_clean(text, n))
		return fault_value(&req->fault, pointer, "control_character");
	return OK;
}

enum err request_word(struct request *req, const char *pointer,
		      const char *text, const char *words)
{
	return text_among(words, text) ? OK :
		fault_value(&req->fault, pointer, "unknown");
}

enum err request_chars(struct request *req, const char *pointer,
		       const char *text, const char *chars)
{
	return text[strspn(text, chars)] ?
		fault_value(&req->fault, pointer, "bad_character") : OK;
}

enum err request_match(struct request *req, json_int_t version)
{
	const char *given = request_header(req, "HTTP_IF_MATCH");
	char want[32];

	snprintf(want, sizeof(want), "\"%" JSON_INTEGER_FORMAT "\"", version);
	if (!given || !strcmp(given, "*") || !strcmp(given, want))
		return OK;
	return fault_set(&req->fault, ERR_VERSION, "It is version %s now",
		want);
}

const struct session *request_session(const struct request *req)
{
	return req->session;
}

const char *request_user(const struct request *req)
{
	return req->session->user;
}

void request_enter(struct request *req, struct session *session)
{
	session_destroy(req->session);
	req->session = session;
}

struct fault *request_fault(struct request *req)
{
	return &req->fault;
}

struct reply *request_answer(struct request *req)
{
	return &req->reply;
}

enum err request_reply(struct request *req, int status, json_t *body)
{
	reply_json(&req->reply, status, body);
	return OK;
}

enum err request_reply_list(struct request *req, json_t *items, json_t *next)
{
	return request_reply(req, 200, json_pack("{s:o, s:o}", "items", items,
		"next", next ? next : json_null()));
}
