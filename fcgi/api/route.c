/* route.c - the table of the API */
#include "route.h"

#include <string.h>

#include "api.h"
#include "text.h"

/* A command that may be said by its name alone. */
enum {
	BARE = CALL | BODY | OPTIONAL,
	BARE_LOGIN = LOGIN | BODY | OPTIONAL
};

static const struct route routes[] = {
	{ POST, "/login", BODY, BUDGET_LOGIN, "", api_login },
	{ GET, "/login/methods", 0, BUDGET_REST, "", api_login_methods },
	{ GET, "/session", LOGIN, BUDGET_REST, "", api_session_get },
	{ DELETE, "/session", LOGIN, BUDGET_REST, "", api_session_end },
	{ GET, "/sessions", LOGIN, BUDGET_REST, "", api_sessions },
	{ GET, "/sessions/{session}", LOGIN, BUDGET_REST, "",
	  api_sessions_get },
	{ DELETE, "/sessions/{session}", LOGIN, BUDGET_REST, "",
	  api_sessions_end },
	{ GET, "/tokens", LOGIN, BUDGET_REST, "", api_tokens },
	{ POST, "/tokens", LOGIN | BODY | SECRET, BUDGET_REST, "",
	  api_token_add },
	{ DELETE, "/tokens/{token}", LOGIN, BUDGET_REST, "",
	  api_token_remove },
	{ PUT, "/me/activity", LOGIN | BODY, BUDGET_REST, "",
	  api_activity_put },
	{ GET, "/me/password", LOGIN, BUDGET_REST, "", api_password_get },
	{ PUT, "/me/password", LOGIN | BODY, BUDGET_REST, "",
	  api_password_put },
	{ GET, "/me/totp", LOGIN, BUDGET_REST, "", api_totp_get },
	{ POST, "/me/totp", LOGIN | BODY | SECRET, BUDGET_REST, "",
	  api_totp_begin },
	{ PUT, "/me/totp", LOGIN | BODY, BUDGET_REST, "", api_totp_confirm },
	{ POST, "/me/totp/remove", LOGIN | BODY | SECRET, BUDGET_REST, "",
	  api_totp_remove },
	{ GET, "/me", READ, BUDGET_REST, "", api_me },
	{ GET, "/me/devices", READ, BUDGET_REST, "", api_devices },
	{ GET, "/me/devices/{device}", READ, BUDGET_REST, "",
	  api_device_get },
	{ PUT, "/me/devices/{device}", SETTINGS | BODY, BUDGET_REST, "",
	  api_device_put },
	{ POST, "/me/devices/{device}/secret", LOGIN | BODY | SECRET,
	  BUDGET_REST, "", api_device_secret },
	{ GET, "/me/diversions", READ, BUDGET_REST, "", api_diversions_get },
	{ PUT, "/me/diversions", SETTINGS | BODY, BUDGET_REST, "",
	  api_diversions_put },
	{ GET, "/me/groups", READ, BUDGET_REST, "", api_groups },
	{ POST, "/me/groups/{group}", SETTINGS | BODY | OPTIONAL, BUDGET_REST,
	  "", api_group_join },
	{ DELETE, "/me/groups/{group}", SETTINGS, BUDGET_REST, "",
	  api_group_leave },
	{ GET, "/me/presence", READ, BUDGET_REST, "", api_presence_get },
	{ PUT, "/me/presence", SETTINGS | BODY, BUDGET_REST, "",
	  api_presence_put },
	{ DELETE, "/me/presence", SETTINGS, BUDGET_REST, "",
	  api_presence_drop },
	{ PUT, "/me/presence/calendar", SETTINGS | BODY, BUDGET_REST, "",
	  api_calendar_put },
	{ DELETE, "/me/presence/calendar", SETTINGS, BUDGET_REST, "",
	  api_calendar_drop },
	{ GET, "/me/settings", READ, BUDGET_REST, "", api_settings_get },
	{ PUT, "/me/settings", SETTINGS | BODY, BUDGET_REST, "",
	  api_settings_put },
	{ GET, "/me/profiles", READ, BUDGET_REST, "", api_profiles },
	{ POST, "/me/profiles", SETTINGS | BODY, BUDGET_REST, "",
	  api_profile_add },
	{ GET, "/me/profiles/{profile}", READ, BUDGET_REST, "",
	  api_profile_get },
	{ PUT, "/me/profiles/{profile}", SETTINGS | BODY, BUDGET_REST, "",
	  api_profile_put },
	{ DELETE, "/me/profiles/{profile}", SETTINGS, BUDGET_REST, "",
	  api_profile_remove },
	{ PUT, "/me/profiles/{profile}/position", SETTINGS | BODY, BUDGET_REST,
	  "", api_profile_move },
	{ POST, "/me/profiles/{profile}/select", BARE_LOGIN, BUDGET_REST, "",
	  api_profile_select },
	{ GET, "/me/profiles/{profile}/vcards", READ, BUDGET_REST, "",
	  api_vcards_get },
	{ POST, "/me/profiles/{profile}/vcards", SETTINGS | BODY | FOREIGN,
	  BUDGET_REST, "", api_vcards_add },
	{ GET, "/me/profiles/{profile}/contacts", READ, BUDGET_REST, "",
	  api_contacts },
	{ POST, "/me/profiles/{profile}/contacts", SETTINGS | BODY,
	  BUDGET_REST, "", api_contact_add },
	{ GET, "/me/profiles/{profile}/contacts/{contact}", READ, BUDGET_REST,
	  "", api_contact_get },
	{ PUT, "/me/profiles/{profile}/contacts/{contact}", SETTINGS | BODY,
	  BUDGET_REST, "", api_contact_put },
	{ DELETE, "/me/profiles/{profile}/contacts/{contact}", SETTINGS,
	  BUDGET_REST, "", api_contact_remove },
	{ PUT, "/me/profiles/{profile}/contacts/{contact}/position",
	  SETTINGS | BODY, BUDGET_REST, "", api_contact_move },
	{ GET, "/me/profiles/{profile}/contacts/{contact}/photo", READ,
	  BUDGET_REST, "v", api_photo_get },
	{ PUT, "/me/profiles/{profile}/contacts/{contact}/photo",
	  SETTINGS | BODY | FOREIGN, BUDGET_REST, "", api_photo_put },
	{ DELETE, "/me/profiles/{profile}/contacts/{contact}/photo", SETTINGS,
	  BUDGET_REST, "", api_photo_remove },
	{ GET, "/me/visibility", READ, BUDGET_REST, "", api_visibility_get },
	{ PUT, "/me/visibility", SETTINGS | BODY, BUDGET_REST, "",
	  api_visibility_put },
	{ GET, "/me/visibility/viewers", READ, BUDGET_SEARCH, "after limit",
	  api_visibility_viewers },
	{ GET, "/me/visibility/{user}", READ, BUDGET_REST, "",
	  api_visibility_preview },
	{ GET, "/resolve", READ, BUDGET_SEARCH, "number", api_resolve },
	{ GET, "/users", READ, BUDGET_SEARCH, "after limit q", api_users },
	{ GET, "/users/{user}", READ, BUDGET_REST, "", api_user_get },
	{ GET, "/users/{user}/presence", READ, BUDGET_REST, "",
	  api_user_presence },
	{ PUT, "/users/{user}/presence/{contact}", PRESENCE | BODY,
	  BUDGET_REST, "", api_user_presence_put },
	{ GET, "/users/{user}/calls", READ, BUDGET_REST, "", api_user_calls },
	{ POST, "/users/{user}/pickup", BARE, BUDGET_CALL, "",
	  api_user_pickup },
	{ GET, "/calls", READ, BUDGET_REST, "", api_calls },
	{ POST, "/calls", CALL | BODY, BUDGET_CALL, "", api_call_make },
	{ GET, "/calls/{call}", READ, BUDGET_REST, "", api_call_get },
	{ DELETE, "/calls/{call}", CALL, BUDGET_CALL, "cause",
	  api_call_clear },
	{ POST, "/calls/{call}/answer", BARE, BUDGET_CALL, "",
	  api_call_answer },
	{ POST, "/calls/{call}/hold", BARE, BUDGET_CALL, "", api_call_hold },
	{ POST, "/calls/{call}/retrieve", BARE, BUDGET_CALL, "",
	  api_call_retrieve },
	{ POST, "/calls/{call}/swap", CALL | BODY, BUDGET_CALL, "",
	  api_call_swap },
	{ POST, "/calls/{call}/redirect", CALL | BODY, BUDGET_CALL, "",
	  api_call_redirect },
	{ POST, "/calls/{call}/park", BARE, BUDGET_CALL, "", api_call_park },
	{ POST, "/calls/{call}/dtmf", CALL | BODY, BUDGET_CALL, "",
	  api_call_dtmf },
	{ POST, "/calls/{call}/display", CALL | BODY, BUDGET_CALL, "",
	  api_call_display },
	{ POST, "/calls/{call}/move", CALL | BODY, BUDGET_CALL, "",
	  api_call_move },
	{ POST, "/calls/{call}/pickup", BARE, BUDGET_CALL, "",
	  api_call_pickup },
	{ POST, "/pickup", BARE, BUDGET_CALL, "", api_pickup },
	{ GET, "/transfers", READ, BUDGET_REST, "", api_transfers },
	{ POST, "/transfers", CALL | BODY, BUDGET_CALL, "",
	  api_transfer_make },
	{ GET, "/transfers/{transfer}", READ, BUDGET_REST, "",
	  api_transfer_get },
	{ DELETE, "/transfers/{transfer}", CALL, BUDGET_CALL, "",
	  api_transfer_cancel },
	{ POST, "/transfers/{transfer}/complete", BARE, BUDGET_CALL, "",
	  api_transfer_complete },
	{ GET, "/parking", READ, BUDGET_REST, "", api_parking },
	{ GET, "/parking/{user}", READ, BUDGET_REST, "", api_parking_at },
	{ GET, "/parking/{user}/{slot}", READ, BUDGET_REST, "",
	  api_parked_get },
	{ PUT, "/parking/{user}/{slot}", CALL | BODY, BUDGET_CALL, "",
	  api_parked_put },
	{ POST, "/parking/{user}/{slot}/retrieve", BARE, BUDGET_CALL, "",
	  api_parked_retrieve },
	{ GET, "/snapshot", READ, BUDGET_REST, "", api_snapshot },
	{ GET, "/webhooks", LOGIN, BUDGET_REST, "", api_webhooks },
	{ POST, "/webhooks", LOGIN | BODY | SECRET, BUDGET_REST, "",
	  api_webhook_add },
	{ GET, "/webhooks/{webhook}", LOGIN, BUDGET_REST, "",
	  api_webhook_get },
	{ PUT, "/webhooks/{webhook}", LOGIN | BODY, BUDGET_REST, "",
	  api_webhook_put },
	{ DELETE, "/webhooks/{webhook}", LOGIN, BUDGET_REST, "",
	  api_webhook_remove },
	{ GET, "/webhooks/{webhook}/dead", LOGIN, BUDGET_REST, "",
	  api_webhook_dead },
	{ POST, "/webhooks/{webhook}/replay", BARE_LOGIN, BUDGET_REST, "",
	  api_webhook_replay },
	{ POST, "/webhooks/{webhook}/secret", BARE_LOGIN | SECRET, BUDGET_REST,
	  "", api_webhook_secret },
	{ POST, "/webhooks/{webhook}/test", BARE_LOGIN, BUDGET_REST, "",
	  api_webhook_test },
	{ GET, "/admin/users", OPERATOR, BUDGET_SEARCH, "after limit q",
	  api_admin_users },
	{ POST, "/admin/users", ADMIN | BODY, BUDGET_REST, "",
	  api_admin_user_add },
	{ GET, "/admin/users/{user}", OPERATOR, BUDGET_REST, "",
	  api_admin_user_get },
	{ PUT, "/admin/users/{user}", ADMIN | BODY, BUDGET_REST, "",
	  api_admin_user_put },
	{ DELETE, "/admin/users/{user}", ADMIN, BUDGET_REST, "",
	  api_admin_user_remove },
	{ PUT, "/admin/users/{user}/password", OPERATOR | BODY, BUDGET_REST, "",
	  api_admin_password_put },
	{ PUT, "/admin/users/{user}/disabled", OPERATOR | BODY, BUDGET_REST,
	  "", api_admin_disabled_put },
	{ DELETE, "/admin/users/{user}/totp", OPERATOR, BUDGET_REST, "",
	  api_admin_totp_remove },
	{ GET, "/admin/users/{user}/sessions", OPERATOR, BUDGET_REST, "",
	  api_admin_sessions },
	{ DELETE, "/admin/users/{user}/sessions/{session}", OPERATOR,
	  BUDGET_REST, "", api_admin_session_end },
	{ GET, "/admin/users/{user}/devices", OPERATOR, BUDGET_REST, "",
	  api_admin_devices },
	{ POST, "/admin/users/{user}/devices", ADMIN | BODY | SECRET,
	  BUDGET_REST, "", api_admin_device_add },
	{ GET, "/admin/devices/{device}", OPERATOR, BUDGET_REST, "",
	  api_admin_device_get },
	{ PUT, "/admin/devices/{device}", ADMIN | BODY, BUDGET_REST, "",
	  api_admin_device_put },
	{ DELETE, "/admin/devices/{device}", ADMIN, BUDGET_REST, "",
	  api_admin_device_remove },
	{ POST, "/admin/devices/{device}/secret",
	  OPERATOR | BODY | OPTIONAL | SECRET, BUDGET_REST, "",
	  api_admin_device_secret },
	{ GET, "/admin/groups", OPERATOR, BUDGET_REST, "", api_admin_groups },
	{ POST, "/admin/groups", ADMIN | BODY, BUDGET_REST, "",
	  api_admin_group_add },
	{ GET, "/admin/groups/{group}", OPERATOR, BUDGET_REST, "",
	  api_admin_group_get },
	{ DELETE, "/admin/groups/{group}", ADMIN, BUDGET_REST, "",
	  api_admin_group_remove },
	{ PUT, "/admin/groups/{group}/members/{user}", OPERATOR | BODY,
	  BUDGET_REST, "", api_admin_member_put },
	{ DELETE, "/admin/groups/{group}/members/{user}", OPERATOR, BUDGET_REST,
	  "", api_admin_member_remove },
	{ GET, "/admin/findings", OPERATOR, BUDGET_SEARCH, "",
	  api_admin_findings },
	{ GET, "/admin/settings", OPERATOR, BUDGET_REST, "",
	  api_admin_settings },
	{ PATCH, "/admin/settings", ADMIN | BODY, BUDGET_REST, "",
	  api_admin_settings_patch },
	{ GET, "/admin/nodes", OPERATOR, BUDGET_REST, "", api_admin_nodes },
	{ GET, "/admin/nodes/{node}", OPERATOR, BUDGET_REST, "",
	  api_admin_node_get },
	{ PUT, "/admin/nodes/{node}", ADMIN | BODY, BUDGET_REST, "",
	  api_admin_node_put },
	{ GET, "/admin/visibility", OPERATOR, BUDGET_REST, "",
	  api_admin_visibility_get },
	{ PUT, "/admin/visibility", ADMIN | BODY, BUDGET_REST, "",
	  api_admin_visibility_put },
	{ GET, "/admin/directories", OPERATOR, BUDGET_REST, "",
	  api_admin_directories },
	{ GET, "/admin/directories/{directory}", OPERATOR, BUDGET_REST, "",
	  api_admin_directory_get },
	{ PUT, "/admin/directories/{directory}", ADMIN | BODY, BUDGET_REST, "",
	  api_admin_directory_put },
	{ DELETE, "/admin/directories/{directory}", ADMIN, BUDGET_REST, "",
	  api_admin_directory_remove },
	{ POST, "/admin/directories/{directory}/test",
	  ADMIN | BODY | OPTIONAL, BUDGET_REST, "", api_admin_directory_test },
	{ GET, "/admin/templates", OPERATOR, BUDGET_REST, "",
	  api_admin_templates },
	{ GET, "/admin/templates/{template}", OPERATOR, BUDGET_REST, "",
	  api_admin_template_get },
	{ PUT, "/admin/templates/{template}", ADMIN | BODY, BUDGET_REST, "",
	  api_admin_template_put },
	{ DELETE, "/admin/templates/{template}", ADMIN, BUDGET_REST, "",
	  api_admin_template_remove },
	{ GET, "/admin/audit", OPERATOR, BUDGET_SEARCH,
	  "after limit object since until what who",
	  api_admin_audit },
	{ GET, "/version", 0, BUDGET_REST, "", api_version },
	{ GET, "/openapi.json", 0, BUDGET_REST, "", api_openapi },
};

enum { ROUTES = sizeof(routes) / sizeof(*routes) };

/* Does "/calls/{call}" fit the segments? */
static int matches(const char *path, const struct uri *uri)
{
	size_t n;
	int i;

	for (i = 0; i < uri->segments && *path; i++, path += n) {
		n = strcspn(++path, "/");
		if (*path != '{' && (strlen(uri->segment[i]) != n ||
				     strncmp(path, uri->segment[i], n)))
			return 0;
	}
	return i == uri->segments && !*path;
}

/* The names between braces outlive the request, but are not terminated there:
 * each is known here once. */
static const char *name_of(const char *path)
{
	static const char *const names[] = { "session", "device", "user",
		"call", "transfer", "slot", "token", "webhook", "profile",
		"contact", "group", "node", "directory", "template" };
	size_t i, n;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		n = strlen(names[i]);
		if (!strncmp(path + 1, names[i], n) && path[n + 1] == '}')
			return names[i];
	}
	return NULL;
}

static void bind(struct request *req, const char *path)
{
	int i;

	for (i = 0; *path; i++, path += strcspn(path, "/"))
		if (*++path == '{')
			request_bind(req, i, name_of(path));
}

static void add_method(char *allow, size_t size, enum method method)
{
	size_t n = strlen(allow);

	snprintf(allow + n, size - n, "%s%s%s", n ? ", " : "",
		method_name(method), method == GET ? ", HEAD" : "");
}

enum err route_find(struct request *req, const struct route **route,
		    char *allow, size_t size)
{
	int i;

	*allow = '\0';
	for (i = 0; i < ROUTES; i++) {
		if (!matches(routes[i].path, request_uri(req)))
			continue;
		if (routes[i].method == request_method(req)) {
			bind(req, routes[i].path);
			*route = &routes[i];
			return OK;
		}
		add_method(allow, size, routes[i].method);
	}
	return *allow ? ERR_METHOD : ERR_MISSING;
}

int route_takes(const struct route *route, const char *query)
{
	return text_among(route->query, query);
}

const char *route_scope(const struct route *route)
{
	static const struct {
		int flag;
		const char *word;
	} scopes[] = {
		{ READ, "read" }, { CALL, "call" }, { SETTINGS, "settings" },
		{ PRESENCE, "presence.write" }, { ADMIN, "admin" }, { LOGIN, "login" }, { 0, "public" },
	};
	int i = 0;

	while ((route->flags & scopes[i].flag) != scopes[i].flag)
		i++;
	return scopes[i].word;
}

/* What the row says of who may. */
static const char *who_of(const struct route *route)
{
	return (route->flags & OPERATOR) == OPERATOR ? "operator" :
		route_scope(route);
}

static const char *body_of(const struct route *route)
{
	if (!(route->flags & BODY))
		return "-";
	return route->flags & OPTIONAL ? "optional" : "body";
}

void route_print(FILE *f)
{
	int i;

	for (i = 0; i < ROUTES; i++)
		fprintf(f, "%s %s %s %s %s %s\n",
			method_name(routes[i].method), routes[i].path,
			who_of(&routes[i]),
			body_of(&routes[i]),
			limit_name(routes[i].budget), routes[i].query);
}
