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
HANDLER(api_tokens)
HANDLER(api_token_add)
HANDLER(api_password_get)
HANDLER(api_password_put)
HANDLER(api_device_secret)
HANDLER(api_totp_get)
HANDLER(api_totp_begin)
HANDLER(api_totp_confirm)
HANDLER(api_totp_remove)
HANDLER(api_token_remove)
HANDLER(api_me)
HANDLER(api_activity_put)
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
HANDLER(api_user_calls)
HANDLER(api_user_pickup)
HANDLER(api_calls)
HANDLER(api_call_get)
HANDLER(api_call_make)
HANDLER(api_call_clear)
HANDLER(api_call_answer)
HANDLER(api_call_hold)
HANDLER(api_call_retrieve)
HANDLER(api_call_swap)
HANDLER(api_call_redirect)
HANDLER(api_call_park)
HANDLER(api_call_dtmf)
HANDLER(api_call_display)
HANDLER(api_call_move)
HANDLER(api_call_pickup)
HANDLER(api_visibility_get)
HANDLER(api_visibility_put)
HANDLER(api_visibility_preview)
HANDLER(api_groups)
HANDLER(api_group_join)
HANDLER(api_group_leave)
HANDLER(api_transfers)
HANDLER(api_transfer_get)
HANDLER(api_transfer_make)
HANDLER(api_transfer_complete)
HANDLER(api_transfer_cancel)
HANDLER(api_parking)
HANDLER(api_parking_at)
HANDLER(api_parked_get)
HANDLER(api_parked_put)
HANDLER(api_parked_retrieve)
HANDLER(api_webhooks)
HANDLER(api_webhook_add)
HANDLER(api_webhook_get)
HANDLER(api_webhook_put)
HANDLER(api_webhook_remove)
HANDLER(api_webhook_secret)
HANDLER(api_webhook_test)
HANDLER(api_webhook_dead)
HANDLER(api_webhook_replay)
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
