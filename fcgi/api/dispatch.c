/* dispatch.c - from a request to its answer */
#include "dispatch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bearer.h"
#include "cookie.h"
#include "idem.h"
#include "inner.h"
#include "mem.h"
#include "meter.h"
#include "role.h"
#include "route.h"
#include "text.h"
#include "token.h"

/* No foreign page can send a bearer's header either. */
static enum err check_csrf(const struct request *req, const struct route *route)
{
	const char *value;

	if (request_method(req) == GET)
		return OK;
	if (route->flags & LOGIN && bearer_is(req))
		return OK;
	value = request_header(req, "HTTP_X_MYPBX");
	return value && !strcmp(value, "1") ? OK : ERR_CSRF;
}

static enum err check_query(struct request *req, const struct route *route)
{
	const struct uri *uri = request_uri(req);
	int i;

	for (i = 0; i < uri->queries; i++)
		if (!route_takes(route, uri->query[i].name))
			return fault_set(request_fault(req), ERR_INPUT,
				"There is no parameter \"%.64s\" here",
				uri->query[i].name);
	return OK;
}

/* "application/json", with or without parameters */
static int is_json(const char *type)
{
	static const char json[] = "application/json";
	size_t n = sizeof(json) - 1;

	return type && !strncasecmp(type, json, n) &&
		(!type[n] || strchr("; \t", type[n]));
}

static enum err check_body(struct request *req, const struct route *route)
{
	size_t most = route->flags & FOREIGN ? FOREIGN_MAX : BODY_MAX;

	if (request_body_size(req) > most)
		return ERR_LARGE;
	if (route->flags & OPTIONAL && !request_body_size(req)) {
		request_no_body(req);
		return OK;
	}
	if (route->flags & FOREIGN)
		return OK;
	if (route->flags & BODY)
		return is_json(request_header(req, "CONTENT_TYPE"))
			? OK : ERR_TYPE;
	if (request_body_size(req))
		return fault_set(request_fault(req), ERR_INPUT,
			"No body is expected here");
	return OK;
}

static void add_limit_headers(struct request *req, const struct charge *charge)
{
	struct reply *reply = request_answer(req);
	const char *name = limit_name(charge->budget);

	if (!charge->limit)
		return;
	reply_header(reply, "RateLimit-Policy: \"%s\";q=%d;w=%d", name,
		charge->limit, charge->window_s);
	reply_header(reply, "RateLimit: \"%s\";r=%d;t=%d", name, charge->left,
		charge->reset_s);
}

static int is_for_admin(const struct route *route)
{
	return (route->flags & ADMIN) == ADMIN;
}

static enum err enter_by_cookie(struct request *req, struct charge *charge)
{
	struct session *session;
	char cookie[COOKIE_SIZE];
	enum err err;

	if (cookie_get(req, cookie))
		return ERR_AUTH;
	err = session_find(cookie, 's', charge, &session, request_fault(req));
	if (err)
		return err;
	if (session_touch(session))
		cookie_set(req, cookie);
	request_enter(req, session);
	return OK;
}

static enum err enter_by_token(struct request *req, const struct route *route,
			       struct charge *charge)
{
	const char *scope = route_scope(route);
	struct session *session;
	char token[COOKIE_SIZE];
	enum err err;

	if (bearer_get(req, token))
		return ERR_AUTH;
	err = token_find(token, request_address(req), charge, &session,
		request_fault(req));
	if (err)
		return err;
	request_enter(req, session);
	if (text_among(session->scopes, scope))
		return OK;
	if (is_for_admin(route))
		return ERR_MISSING;
	if (!text_among(TOKEN_SCOPES, scope))
		return fault_set(request_fault(req), ERR_DENIED,
			"No token will do, only a login");
	return fault_set(request_fault(req), ERR_DENIED,
		"The token lacks the scope \"%s\"", scope);
}

static enum err enter(struct request *req, const struct route *route,
		      struct charge *charge)
{
	enum err err;

	if (bearer_is(req))
		err = enter_by_token(req, route, charge);
	else
		err = enter_by_cookie(req, charge);
	return !err && is_for_admin(route) ? role_check_route(req, route) : err;
}

/* Who is it, and does he come too often? */
static enum err admit(struct request *req, const struct route *route)
{
	struct charge charge;
	enum err err;

	limit_init(&charge, route->budget);
	if (route->flags & LOGIN)
		err = enter(req, route, &charge);
	else
		err = limit_charge(&charge, request_address(req),
			request_fault(req));
	if (!err || err == ERR_RATE)
		add_limit_headers(req, &charge);
	return err;
}

static enum err check(struct request *req, const struct route *route)
{
	enum err err;

	err = check_csrf(req, route);
	if (err)
		return err;
	err = admit(req, route);
	if (err)
		return err;
	err = check_query(req, route);
	if (err)
		return err;
	return check_body(req, route);
}

static int default_retry_s(enum err err)
{
	return err_http(err) == 503 ? 2 : 1;
}

/* RFC 9457 */
static void problem(struct request *req, enum err err)
{
	const struct fault *fault = request_fault(req);
	struct reply *reply = request_answer(req);
	char type[64];
	json_t *body;

	metric_add_at(METER_ERRORS, (int)err, 1);
	snprintf(type, sizeof(type), "urn:mypbx:problem:%s", err_code(err));
	body = json_pack("{s:s, s:s, s:i, s:s, s:s, s:b, s:s}",
		"type", type,
		"title", err_text(err),
		"status", err_http(err),
		"detail", *fault->detail ? fault->detail : err_text(err),
		"code", err_code(err),
		"retryable", err_retryable(err),
		"request_id", request_id(req));
	if (fault->sip)
		json_object_set(body, "sip", fault->sip);
	if (fault->errors)
		json_object_set(body, "errors", fault->errors);
	reply_json(reply, err_http(err), body);
	reply->type = "application/problem+json";
	if (err_http(err) == 503 || err_http(err) == 429 || err == ERR_BUSY)
		reply_header(reply, "Retry-After: %d", fault->retry_s
			? fault->retry_s : default_retry_s(err));
}

/* Method, path and body: the same key must mean the same request. A text has
 * no zeros, vCards in UTF-16 have. */
static char *what_is_asked(const struct request *req)
{
	size_t n = request_body_size(req), head, i;
	char *text = mem_printf("%s %s\n", method_name(request_method(req)),
		request_target(req));

	head = strlen(text);
	text = mem_realloc(text, head + n + 1);
	memcpy(text + head, request_body(req), n);
	for (i = head; i < head + n; i++)
		if (!text[i])
			text[i] = 1;
	text[head + n] = '\0';
	return text;
}

/* A problem is an answer, too: it is kept and repeated like any other. */
static void handle_once(struct request *req, const struct route *route)
{
	struct reply *reply = request_answer(req);
	char *what = what_is_asked(req);
	struct idem idem;
	enum err err;

	err = idem_begin(&idem, request_user(req),
		request_header(req, "HTTP_IDEMPOTENCY_KEY"), what, reply,
		request_fault(req));
	free(what);
	if (err)
		problem(req, err);
	else if (!reply->status) {
		err = route->handle(req);
		if (err)
			problem(req, err);
		idem_end(&idem, reply, err_retryable(err));
	}
	idem_clear(&idem);
}

static void handle(struct request *req, const struct route *route)
{
	enum err err;

	if (route->method == POST && route->flags & LOGIN &&
			!(route->flags & SECRET)) {
		handle_once(req, route);
		return;
	}
	err = route->handle(req);
	if (err)
		problem(req, err);
}

static void add_headers(struct request *req)
{
	struct reply *reply = request_answer(req);

	reply_header(reply, "X-Request-Id: %s", request_id(req));
	reply_header(reply, "Cache-Control: %s",
		reply->cache ? reply->cache : "no-store");
}

void dispatch(struct request *req, enum err wrong)
{
	const struct route *route = NULL;
	char allow[64];
	enum err err = wrong;

	if (inner_answer(req)) {
		add_headers(req);
		return;
	}
	if (!err) {
		err = route_find(req, &route, allow, sizeof(allow));
		if (err == ERR_METHOD)
			reply_header(request_answer(req), "Allow: %s", allow);
	}
	if (!err)
		err = check(req, route);
	if (err)
		problem(req, err);
	else
		handle(req, route);
	add_headers(req);
}
