/* route.c - tests of fcgi/api/route.c: the table of the API */
#include "route.h"

#include <string.h>

#include "tap.h"

static const struct {
	const char *method;
	const char *target;
	enum err err;
	const char *told;	/* the handler, or the methods there are */
	const char *name, *value;
} cases[] = {
	{ "POST", "login", OK, "api_login", NULL, NULL },
	{ "GET", "login/methods", OK, "api_login_methods", NULL, NULL },
	{ "GET", "me", OK, "api_me", NULL, NULL },
	{ "HEAD", "me", OK, "api_me", NULL, NULL },
	{ "GET", "me/devices/alice-desk", OK, "api_device_get", "device",
	  "alice-desk" },
	{ "PUT", "me/devices/x%2Fy", OK, "api_device_put", "device", "x/y" },
	{ "PUT", "me/settings", OK, "api_settings_put", NULL, NULL },
	{ "GET", "me/diversions", OK, "api_diversions_get", NULL, NULL },
	{ "GET", "me/presence", OK, "api_presence_get", NULL, NULL },
	{ "PUT", "me/presence", OK, "api_presence_put", NULL, NULL },
	{ "DELETE", "me/presence", OK, "api_presence_drop", NULL, NULL },
	{ "PUT", "me/presence/calendar", OK, "api_calendar_put", NULL, NULL },
	{ "DELETE", "me/presence/calendar", OK, "api_calendar_drop", NULL,
	  NULL },
	{ "GET", "users/bob/presence", OK, "api_user_presence", "user",
	  "bob" },
	{ "GET", "me/visibility/viewers", OK, "api_visibility_viewers", NULL,
	  NULL },
	{ "GET", "me/visibility/bob", OK, "api_visibility_preview", "user",
	  "bob" },
	{ "PUT", "users/bob/presence/tel", OK, "api_user_presence_put",
	  "contact", "tel" },
	{ "POST", "me/settings", ERR_METHOD, "GET, HEAD, PUT", NULL, NULL },
	{ "GET", "me/profiles", OK, "api_profiles", NULL, NULL },
	{ "POST", "me/profiles", OK, "api_profile_add", NULL, NULL },
	{ "GET", "me/profiles/p1", OK, "api_profile_get", "profile", "p1" },
	{ "PUT", "me/profiles/p1", OK, "api_profile_put", "profile", "p1" },
	{ "DELETE", "me/profiles/p1", OK, "api_profile_remove", "profile",
	  "p1" },
	{ "PUT", "me/profiles/p1/position", OK, "api_profile_move", "profile",
	  "p1" },
	{ "POST", "me/profiles/p1/select", OK, "api_profile_select", "profile",
	  "p1" },
	{ "GET", "me/profiles/p1/vcards", OK, "api_vcards_get", "profile",
	  "p1" },
	{ "POST", "me/profiles/p1/vcards", OK, "api_vcards_add", "profile",
	  "p1" },
	{ "GET", "me/profiles/p1/contacts", OK, "api_contacts", "profile",
	  "p1" },
	{ "POST", "me/profiles/p1/contacts", OK, "api_contact_add", "profile",
	  "p1" },
	{ "GET", "me/profiles/p1/contacts/k1", OK, "api_contact_get",
	  "contact", "k1" },
	{ "PUT", "me/profiles/p1/contacts/k1", OK, "api_contact_put",
	  "contact", "k1" },
	{ "DELETE", "me/profiles/p1/contacts/k1", OK, "api_contact_remove",
	  "contact", "k1" },
	{ "PUT", "me/profiles/p1/contacts/k1/position", OK,
	  "api_contact_move", "contact", "k1" },
	{ "GET", "me/profiles/p1/contacts/k1/photo", OK, "api_photo_get",
	  "profile", "p1" },
	{ "PUT", "me/profiles/p1/contacts/k1/photo", OK, "api_photo_put",
	  "contact", "k1" },
	{ "DELETE", "me/profiles/p1/contacts/k1/photo", OK,
	  "api_photo_remove", "contact", "k1" },
	{ "GET", "resolve?number=22", OK, "api_resolve", NULL, NULL },
	{ "GET", "users/devices", OK, "api_user_get", "user", "devices" },
	{ "GET", "sessions/s1", OK, "api_sessions_get", "session", "s1" },
	{ "DELETE", "sessions/s1", OK, "api_sessions_end", "session", "s1" },
	{ "POST", "tokens", OK, "api_token_add", NULL, NULL },
	{ "DELETE", "tokens/t1", OK, "api_token_remove", "token", "t1" },
	{ "PUT", "me/activity", OK, "api_activity_put", NULL, NULL },
	{ "DELETE", "calls/c1?cause=17", OK, "api_call_clear", "call", "c1" },
	{ "GET", "users/bob/calls", OK, "api_user_calls", "user", "bob" },
	{ "POST", "users/bob/pickup", OK, "api_user_pickup", "user", "bob" },
	{ "POST", "calls/c1/answer", OK, "api_call_answer", "call", "c1" },
	{ "POST", "calls/c1/hold", OK, "api_call_hold", "call", "c1" },
	{ "POST", "calls/c1/retrieve", OK, "api_call_retrieve", "call", "c1" },
	{ "POST", "calls/c1/swap", OK, "api_call_swap", "call", "c1" },
	{ "POST", "calls/c1/redirect", OK, "api_call_redirect", "call", "c1" },
	{ "POST", "calls/c1/park", OK, "api_call_park", "call", "c1" },
	{ "POST", "calls/c1/dtmf", OK, "api_call_dtmf", "call", "c1" },
	{ "POST", "calls/c1/display", OK, "api_call_display", "call", "c1" },
	{ "POST", "calls/c1/move", OK, "api_call_move", "call", "c1" },
	{ "POST", "calls/c1/pickup", OK, "api_call_pickup", "call", "c1" },
	{ "POST", "pickup", OK, "api_pickup", NULL, NULL },
	{ "GET", "transfers", OK, "api_transfers", NULL, NULL },
	{ "POST", "transfers", OK, "api_transfer_make", NULL, NULL },
	{ "GET", "transfers/t1", OK, "api_transfer_get", "transfer", "t1" },
	{ "DELETE", "transfers/t1", OK, "api_transfer_cancel", "transfer",
	  "t1" },
	{ "POST", "transfers/t1/complete", OK, "api_transfer_complete",
	  "transfer", "t1" },
	{ "GET", "parking", OK, "api_parking", NULL, NULL },
	{ "GET", "parking/bob", OK, "api_parking_at", "user", "bob" },
	{ "GET", "parking/bob/7", OK, "api_parked_get", "slot", "7" },
	{ "PUT", "parking/bob/7", OK, "api_parked_put", "user", "bob" },
	{ "POST", "parking/bob/7/retrieve", OK, "api_parked_retrieve", "slot",
	  "7" },
	{ "GET", "webhooks", OK, "api_webhooks", NULL, NULL },
	{ "POST", "webhooks", OK, "api_webhook_add", NULL, NULL },
	{ "GET", "webhooks/h1", OK, "api_webhook_get", "webhook", "h1" },
	{ "PUT", "webhooks/h1", OK, "api_webhook_put", "webhook", "h1" },
	{ "DELETE", "webhooks/h1", OK, "api_webhook_remove", "webhook", "h1" },
	{ "GET", "webhooks/h1/dead", OK, "api_webhook_dead", "webhook", "h1" },
	{ "POST", "webhooks/h1/replay", OK, "api_webhook_replay", "webhook",
	  "h1" },
	{ "POST", "webhooks/h1/secret", OK, "api_webhook_secret", "webhook",
	  "h1" },
	{ "POST", "webhooks/h1/test", OK, "api_webhook_test", "webhook",
	  "h1" },
	{ "PUT", "admin/users/bob", OK, "api_admin_user_put", "user", "bob" },
	{ "PATCH", "admin/settings", OK, "api_admin_settings_patch", NULL,
	  NULL },
	{ "PUT", "admin/nodes/main", OK, "api_admin_node_put", "node", "main" },
	{ "GET", "openapi.json", OK, "api_openapi", NULL, NULL },
	{ "GET", "login", ERR_METHOD, "POST", NULL, NULL },
	{ "PATCH", "me", ERR_METHOD, "GET, HEAD", NULL, NULL },
	{ "get", "me", ERR_METHOD, "GET, HEAD", NULL, NULL },
	{ "PUT", "calls/c1", ERR_METHOD, "GET, HEAD, DELETE", NULL, NULL },
	{ "OPTIONS", "calls", ERR_METHOD, "GET, HEAD, POST", NULL, NULL },
	{ "GET", "calls/c1/hold", ERR_METHOD, "POST", NULL, NULL },
	{ "POST", "parking/bob/7", ERR_METHOD, "GET, HEAD, PUT", NULL, NULL },
	{ "POST", "calls/c1/dance", ERR_MISSING, "", NULL, NULL },
	{ "POST", "transfers/t1/complete/now", ERR_MISSING, "", NULL, NULL },
	{ "GET", "nothing", ERR_MISSING, "", NULL, NULL },
	{ "GET", "m", ERR_MISSING, "", NULL, NULL },
	{ "GET", "mee", ERR_MISSING, "", NULL, NULL },
	{ "GET", "me/devices/a/b", ERR_MISSING, "", NULL, NULL },
};

enum { CASES = sizeof(cases) / sizeof(*cases) };

static struct request *make(int i, char *method, char *target, size_t size)
{
	static char *envp[3];
	struct request *req;
	enum err wrong;

	snprintf(method, size, "REQUEST_METHOD=%s", cases[i].method);
	snprintf(target, size, "REQUEST_URI=/api/v1/%s", cases[i].target);
	envp[0] = method;
	envp[1] = target;
	req = request_create(envp, "", 0, &wrong);
	is_int(wrong, OK, "%s %s", cases[i].method, cases[i].target);
	return req;
}

static void test(int i)
{
	char method[64], target[64], allow[64], body[64];
	const struct route *route;
	struct request *req = make(i, method, target, sizeof(target));
	enum err err = route_find(req, &route, allow, sizeof(allow));

	is_int(err, cases[i].err, "is found, or why not");
	if (err)
		is_str(allow, cases[i].told, "allowed");
	else {
		route->handle(req);
		snprintf(body, sizeof(body), "[\"%s\"]", cases[i].told);
		is_str(request_answer(req)->body, body, "the handler");
	}
	if (cases[i].name)
		is_str(request_param(req, cases[i].name), cases[i].value,
			"parameter %s", cases[i].name);
	else
		ok(!request_param(req, "user"), "no parameter");
	request_destroy(req);
}

int main(void)
{
	static const struct route search = { .query = "after limit q" };
	int i;

	plan(CASES * 4 + 5);
	for (i = 0; i < CASES; i++)
		test(i);
	ok(route_takes(&search, "q"), "takes q");
	ok(route_takes(&search, "limit"), "takes limit");
	ok(!route_takes(&search, "lim"), "does not take lim");
	ok(!route_takes(&search, ""), "does not take nothing");
	ok(!route_takes(&search, "limit q"), "does not take two in one");
	return done();
}
