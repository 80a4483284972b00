/* api_profile.c - the profiles of the user who is logged in */
#include "api.h"
#include "profile.h"

static enum err match(void *req, json_int_t version)
{
	return request_match(req, version);
}

static enum err read_name(struct request *req, const char **name)
{
	enum err err = request_json(req, "{s:s}", "name", name);

	if (err)
		return err;
	return request_text(req, "/name", *name, 1, PROFILE_NAME_MAX);
}

/** GET /me/profiles -> {"items": [profile], "next": null, "selected"} */
enum err api_profiles(struct request *req)
{
	const char *selected;
	json_t *items;
	enum err err = profile_list(request_user(req), &items);

	if (err)
		return err;
	err = profile_selected(request_session(req), items, &selected);
	if (err) {
		json_decref(items);
		return err;
	}
	return request_reply(req, 200, json_pack("{s:s?, s:n, s:o}",
		"selected", selected, "next", "items", items));
}

/** POST /me/profiles {"name"} -> 201 profile */
enum err api_profile_add(struct request *req)
{
	const char *name;
	json_t *profile;
	enum err err = read_name(req, &name);

	if (err)
		return err;
	err = profile_add(request_user(req), name, &profile,
		request_fault(req));
	if (err)
		return err;
	return request_reply(req, 201, profile);
}

/** GET /me/profiles/{profile} -> profile */
enum err api_profile_get(struct request *req)
{
	json_t *profile;
	enum err err = profile_get(request_user(req),
		request_param(req, "profile"), &profile);

	if (err)
		return err;
	return request_reply(req, 200, profile);
}

/** PUT /me/profiles/{profile} {"name"} -> profile */
enum err api_profile_put(struct request *req)
{
	const char *name;
	enum err err = read_name(req, &name);

	if (err)
		return err;
	err = profile_rename(request_user(req), request_param(req, "profile"),
		name, match, req, request_fault(req));
	if (err)
		return err;
	return api_profile_get(req);
}

/** DELETE /me/profiles/{profile} -> 204 */
enum err api_profile_remove(struct request *req)
{
	enum err err = profile_remove(request_user(req),
		request_param(req, "profile"), match, req, request_fault(req));

	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** PUT /me/profiles/{profile}/position {"before": id or null} -> profile */
enum err api_profile_move(struct request *req)
{
	json_t *before;
	enum err err = request_json(req, "{s:o}", "before", &before);

	if (err)
		return err;
	if (!json_is_string(before) && !json_is_null(before))
		return fault_value(request_fault(req), "/before", "unknown");
	err = profile_move(request_user(req), request_param(req, "profile"),
		json_string_value(before), match, req, request_fault(req));
	if (err)
		return err;
	return api_profile_get(req);
}

/** POST /me/profiles/{profile}/select -> profile */
enum err api_profile_select(struct request *req)
{
	const char *id = request_param(req, "profile");
	json_t *profile;
	enum err err = request_json(req, "{}");

	if (!err)
		err = profile_get(request_user(req), id, &profile);
	if (err)
		return err;
	err = profile_select(request_session(req), id);
	if (err) {
		json_decref(profile);
		return err;
	}
	return request_reply(req, 200, profile);
}
