/* api.h - the handlers of the API, one per row of the table in route.c */
#ifndef API_H
#define API_H

#include "request.h"

enum err api_login(struct request *req);
enum err api_login_methods(struct request *req);

enum err api_session_get(struct request *req);
enum err api_session_end(struct request *req);
enum err api_sessions(struct request *req);
enum err api_sessions_get(struct request *req);
enum err api_sessions_end(struct request *req);

enum err api_tokens(struct request *req);
enum err api_token_add(struct request *req);
enum err api_token_remove(struct request *req);

enum err api_password_get(struct request *req);
enum err api_password_put(struct request *req);
enum err api_device_secret(struct request *req);

enum err api_totp_get(struct request *req);
enum err api_totp_begin(struct request *req);
enum err api_totp_confirm(struct request *req);
enum err api_totp_remove(struct request *req);

enum err api_me(struct request *req);
enum err api_activity_put(struct request *req);
enum err api_devices(struct request *req);
enum err api_device_get(struct request *req);
enum err api_device_put(struct request *req);
enum err api_diversions_get(struct request *req);
enum err api_diversions_put(struct request *req);
enum err api_settings_get(struct request *req);
enum err api_settings_put(struct request *req);

enum err api_user_presence(struct request *req);
enum err api_user_presence_put(struct request *req);
enum err api_presence_get(struct request *req);
enum err api_presence_put(struct request *req);
enum err api_presence_drop(struct request *req);
enum err api_calendar_put(struct request *req);
enum err api_calendar_drop(struct request *req);
enum err api_profiles(struct request *req);
enum err api_profile_add(struct request *req);
enum err api_profile_get(struct request *req);
enum err api_profile_put(struct request *req);
enum err api_profile_remove(struct request *req);
enum err api_profile_move(struct request *req);
enum err api_profile_select(struct request *req);

enum err api_contacts(struct request *req);
enum err api_contact_add(struct request *req);
enum err api_contact_get(struct request *req);
enum err api_contact_put(struct request *req);
enum err api_contact_remove(struct request *req);
enum err api_contact_move(struct request *req);
enum err api_photo_get(struct request *req);
enum err api_photo_put(struct request *req);
enum err api_photo_remove(struct request *req);
enum err api_vcards_get(struct request *req);
enum err api_vcards_add(struct request *req);

enum err api_resolve(struct request *req);

enum err api_users(struct request *req);
enum err api_user_get(struct request *req);
enum err api_user_calls(struct request *req);
enum err api_user_pickup(struct request *req);

enum err api_calls(struct request *req);
enum err api_call_get(struct request *req);
enum err api_call_make(struct request *req);
enum err api_call_clear(struct request *req);
enum err api_call_answer(struct request *req);
enum err api_call_hold(struct request *req);
enum err api_call_retrieve(struct request *req);
enum err api_call_swap(struct request *req);
enum err api_call_redirect(struct request *req);
enum err api_call_park(struct request *req);
enum err api_call_dtmf(struct request *req);
enum err api_call_display(struct request *req);
enum err api_call_move(struct request *req);
enum err api_call_pickup(struct request *req);
enum err api_pickup(struct request *req);

enum err api_visibility_get(struct request *req);
enum err api_visibility_put(struct request *req);
enum err api_visibility_preview(struct request *req);
enum err api_visibility_viewers(struct request *req);

enum err api_groups(struct request *req);
enum err api_group_join(struct request *req);
enum err api_group_leave(struct request *req);

enum err api_transfers(struct request *req);
enum err api_transfer_get(struct request *req);
enum err api_transfer_make(struct request *req);
enum err api_transfer_complete(struct request *req);
enum err api_transfer_cancel(struct request *req);

enum err api_parking(struct request *req);
enum err api_parking_at(struct request *req);
enum err api_parked_get(struct request *req);
enum err api_parked_put(struct request *req);
enum err api_parked_retrieve(struct request *req);

enum err api_webhooks(struct request *req);
enum err api_webhook_add(struct request *req);
enum err api_webhook_get(struct request *req);
enum err api_webhook_put(struct request *req);
enum err api_webhook_remove(struct request *req);
enum err api_webhook_secret(struct request *req);
enum err api_webhook_test(struct request *req);
enum err api_webhook_dead(struct request *req);
enum err api_webhook_replay(struct request *req);

enum err api_admin_users(struct request *req);
enum err api_admin_user_add(struct request *req);
enum err api_admin_user_get(struct request *req);
enum err api_admin_user_put(struct request *req);
enum err api_admin_user_remove(struct request *req);
enum err api_admin_password_put(struct request *req);
enum err api_admin_disabled_put(struct request *req);
enum err api_admin_totp_remove(struct request *req);
enum err api_admin_sessions(struct request *req);
enum err api_admin_session_end(struct request *req);
enum err api_admin_devices(struct request *req);
enum err api_admin_device_add(struct request *req);
enum err api_admin_device_get(struct request *req);
enum err api_admin_device_put(struct request *req);
enum err api_admin_device_remove(struct request *req);
enum err api_admin_device_secret(struct request *req);
enum err api_admin_groups(struct request *req);
enum err api_admin_group_add(struct request *req);
enum err api_admin_group_get(struct request *req);
enum err api_admin_group_remove(struct request *req);
enum err api_admin_member_put(struct request *req);
enum err api_admin_member_remove(struct request *req);
enum err api_admin_templates(struct request *req);
enum err api_admin_template_get(struct request *req);
enum err api_admin_template_put(struct request *req);
enum err api_admin_template_remove(struct request *req);
enum err api_admin_audit(struct request *req);
enum err api_admin_findings(struct request *req);
enum err api_admin_settings(struct request *req);
enum err api_admin_settings_patch(struct request *req);
enum err api_admin_nodes(struct request *req);
enum err api_admin_node_get(struct request *req);
enum err api_admin_node_put(struct request *req);
enum err api_admin_visibility_get(struct request *req);
enum err api_admin_visibility_put(struct request *req);
enum err api_admin_directories(struct request *req);
enum err api_admin_directory_get(struct request *req);
enum err api_admin_directory_put(struct request *req);
enum err api_admin_directory_remove(struct request *req);
enum err api_admin_directory_test(struct request *req);

enum err api_snapshot(struct request *req);
enum err api_version(struct request *req);
enum err api_openapi(struct request *req);

#endif
