/* api_settings.c - what the user who is logged in wants done with his calls */
#include <string.h>

#include "api.h"
#include "session.h"
#include "settings.h"

static enum err match(void *req, json_int_t version)
{
	return request_match(req, version);
}

/** GET /me/settings -> settings */
enum err api_settings_get(struct request *req)
{
	json_t *settings;
	enum err err = settings_get(request_user(req), &settings);

	if (err)
		return err;
	return request_reply(req, 200, settings);
}

/** PUT /me/settings {"dnd", "busy_on", "no_answer_s", "mobile"} -> settings */
enum err api_settings_put(struct request *req)
{
	struct settings settings;
	enum err err;

	err = request_json(req, "{s:o, s:o, s:o, s:o}", "dnd", &settings.dnd,
		"busy_on", &settings.busy_on, "no_answer_s",
		&settings.no_answer_s, "mobile", &settings.mobile);
	if (err)
		return err;
	err = settings_put(request_user(req), &settings, match, req,
		request_fault(req));
	if (err)
		return err;
	return api_settings_get(req);
}

static int is_inherited(const json_t *settings, const char *name)
{
	json_t *word;
	size_t i;

	json_array_foreach(json_object_get(settings, "inherited"), i, word)
		if (!strcmp(json_string_value(word), name))
			return 1;
	return 0;
}

/** GET /me/diversions -> {"items": [diversion], "inherited", "next": null,
 * "version"} */
enum err api_diversions_get(struct request *req)
{
	json_t *settings;
	enum err err = settings_get(request_user(req), &settings);

	if (err)
		return err;
	err = request_reply(req, 200, json_pack("{s:O, s:b, s:n, s:O}",
		"items", json_object_get(settings, "diversions"),
		"inherited", is_inherited(settings, "diversions"), "next",
		"version", json_object_get(settings, "version")));
	json_decref(settings);
	return err;
}

/** PUT /me/diversions {"items": [diversion] or null} -> as GET */
enum err api_diversions_put(struct request *req)
{
	json_t *items;
	enum err err;

	err = request_json(req, "{s:o}", "items", &items);
	if (err)
		return err;
	err = settings_divert(request_user(req), items, match, req,
		request_fault(req));
	if (err)
		return err;
	return api_diversions_get(req);
}
