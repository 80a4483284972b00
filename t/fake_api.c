/* fake_api.c - stands in for the handlers and what is below them */
#include "api.h"
#include "limit.h"
#include "session.h"

#define HANDLER(name)							\
	enum err name(struct request *req)				\
	{								\
		return request_reply(req, 200, json_pack("[s]", #name)); \
	}

HANDLER(api_login)
HANDLER(api_login_methods)
HANDLER(api_session_get)
HANDLER(api_session_end)
HANDLER(api_sessions)
HANDLER(api_sessions_get)
HANDLER(api_sessions_end)
HANDLER(api_me)
HANDLER(api_devices)
HANDLER(api_device_get)
HANDLER(api_device_put)
HANDLER(api_diversions_get)
HANDLER(api_diversions_put)
HANDLER(api_settings_get)
HANDLER(api_settings_put)
HANDLER(api_resolve)
HANDLER(api_users)
HANDLER(api_user_get)
HANDLER(api_calls)
HANDLER(api_call_get)
HANDLER(api_call_make)
HANDLER(api_call_clear)
HANDLER(api_snapshot)
HANDLER(api_version)
HANDLER(api_openapi)

const char *limit_name(enum budget budget)
{
	return "budget";
}

void session_destroy(struct session *session)
{
}
