/* api_photo.c - the photo of a contact */
#include <stdint.h>
#include <string.h>

#include "api.h"
#include "photo.h"

static enum err match(void *req, json_int_t version)
{
	return request_match(req, version);
}

static struct contact_place place(const struct request *req)
{
	return (struct contact_place) { request_user(req),
		request_param(req, "profile") };
}

/* Whether the client has the one of this tag. */
static int is_known(const struct request *req, const char *tag)
{
	const char *given = request_header(req, "HTTP_IF_NONE_MATCH");

	return given && strstr(given, tag) != NULL;
}

static int is_of(const struct request *req, const char *tag)
{
	const char *v = request_query(req, "v");

	return v && !strcmp(v, tag);
}

/** GET /me/profiles/{profile}/contacts/{contact}/photo?v=... -> a picture; 304
 *
 * `v` is the tag that the contact names: under that address it never changes. */
enum err api_photo_get(struct request *req)
{
	struct contact_place at = place(req);
	struct reply *reply = request_answer(req);
	struct photo photo;
	char tag[ID_SIZE];
	enum err err = photo_get(&at, request_param(req, "contact"), &photo,
		tag);

	if (err)
		return err;
	reply_bytes(reply, photo.type, photo.data, photo.size);
	if (is_known(req, tag))
		reply_text(reply, 304, NULL);
	reply_header(reply, "ETag: \"%s\"", tag);
	reply->cache = is_of(req, tag) ? "private, max-age=31536000, immutable"
		: "private, no-cache";
	return OK;
}

/** PUT /me/profiles/{profile}/contacts/{contact}/photo, a picture -> 204 */
enum err api_photo_put(struct request *req)
{
	struct contact_place at = place(req);
	struct photo photo = { .size = request_body_size(req) };
	enum err err;

	photo.type = photo_type(request_body(req), photo.size);
	if (photo.size > PHOTO_MAX)
		return fault_set(request_fault(req), ERR_LARGE,
			"A photo has at most %d bytes", PHOTO_MAX);
	if (!photo.type)
		return fault_set(request_fault(req), ERR_TYPE,
			"A photo is a JPEG, PNG, GIF or WebP");
	photo.data = (char *)(uintptr_t)request_body(req);
	err = photo_put(&at, request_param(req, "contact"), &photo, match,
		req);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** DELETE /me/profiles/{profile}/contacts/{contact}/photo -> 204 */
enum err api_photo_remove(struct request *req)
{
	struct contact_place at = place(req);
	enum err err = photo_remove(&at, request_param(req, "contact"), match,
		req);

	if (err)
		return err;
	return request_reply(req, 204, NULL);
}
