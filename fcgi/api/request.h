/* request.h - what a handler sees of a request, and how it answers
 *
 * The life of a request:
 *  1. worker reads it and its body from FastCGI:	request_create()
 *  2. route finds its row by method and path		route_find()
 *  3. dispatch checks login, budget, body		request_enter()
 *  4. the handler reads parameters and JSON, asks the domain, answers
 *  5. dispatch turns an error into a problem		request_problem()
 *  6. worker writes the answer				request_destroy()
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stddef.h>

#include <jansson.h>

#include "err.h"
#include "fault.h"
#include "reply.h"
#include "uri.h"

struct request;
struct session;

enum method { GET, POST, PUT, PATCH, DELETE, METHOD_COUNT };

enum { BODY_MAX = 65536, FOREIGN_MAX = 8388608, REQUEST_ID_SIZE = 65, JSON_DEPTH_MAX = 16 };

/**
 * Understand a request.
 *
 * @param envp  its FastCGI parameters; borrowed until destroy
 * @param body  borrowed until destroy; n may be larger than FOREIGN_MAX, then
 *              only the length counts
 * @param wrong what uri_parse() says of its target
 * @return new
 */
struct request *request_create(char *const *envp, const char *body, size_t n,
			       enum err *wrong);
void request_destroy(struct request *req);

/** "GET"; static. */
const char *method_name(enum method method);

/** METHOD_COUNT for one that we do not know. HEAD is GET. */
enum method request_method(const struct request *req);
int request_is_head(const struct request *req);
size_t request_body_size(const struct request *req);
/** The body as it came; not terminated. */
const char *request_body(const struct request *req);
const struct uri *request_uri(const struct request *req);

/** Path and query as they came. */
const char *request_target(const struct request *req);

/** Ours, or the client's when that is a harmless token. */
const char *request_id(const struct request *req);

/** A header by its FastCGI name, "HTTP_IF_MATCH"; NULL when absent. */
const char *request_header(const struct request *req, const char *name);

/** The client's address. */
const char *request_address(const struct request *req);

/** Segment i of the path is known as `name` from now on. */
void request_bind(struct request *req, int segment, const char *name);

/** A part of the path, "/calls/{call}"; never NULL for a bound name. */
const char *request_param(const struct request *req, const char *name);

/** A query parameter; NULL when it is not there. */
const char *request_query(const struct request *req, const char *name);

/**
 * A query parameter that is a whole number.
 *
 * @param value  untouched when the parameter is not there
 * @return OK, or ERR_VALUE when it is no number from `min` to `max`
 */
enum err request_number(struct request *req, const char *name, int min,
			int max, int *value);

/** It came without a body, and may: from now on that reads as {}. */
void request_no_body(struct request *req);

/**
 * Unpack the body: json_unpack() format, strictly, all members named.
 *
 * @return OK; ERR_INPUT when it is not JSON or not that shape. Text is
 *         borrowed from the request.
 */
enum err request_json(struct request *req, const char *fmt, ...);

/** Text of the body must be clean and of `min` to `max` bytes. */
enum err request_text(struct request *req, const char *pointer,
		      const char *text, size_t min, size_t max);

/** Text of the body must be one of some words. */
enum err request_word(struct request *req, const char *pointer,
		      const char *text, const char *words);

/** Text of the body must consist of these characters. */
enum err request_chars(struct request *req, const char *pointer,
		       const char *text, const char *chars);

/** If-Match, when it is there: must be `"version"`. @return OK, ERR_VERSION */
enum err request_match(struct request *req, json_int_t version);

/** The login, once dispatch has found it; borrowed. */
const struct session *request_session(const struct request *req);

/** Name of the user who is logged in. */
const char *request_user(const struct request *req);

/** Remember who asks. @param session  stolen */
void request_enter(struct request *req, struct session *session);

struct fault *request_fault(struct request *req);
struct reply *request_answer(struct request *req);

/** Answer. @param body  stolen; NULL for none. @return OK */
enum err request_reply(struct request *req, int status, json_t *body);

/** Answer with {"items": [...], "next": ...}. @param items, next  stolen */
enum err request_reply_list(struct request *req, json_t *items, json_t *next);

#endif
