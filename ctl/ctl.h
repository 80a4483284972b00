/* ctl.h - what the verbs of mypbxctl share */
#ifndef CTL_H
#define CTL_H

#include <jansson.h>

#include "err.h"

/** What stands behind the verb on the command line; NULL or 0: not given. */
struct args {
	const char *name;	/* the verb's object */
	const char *number;
	const char *display_name;
	const char *user;
	const char *text;
	int admin;
	const char *role;
	int refuse;
	const char *country;
	const char *area;
	const char *international;
	const char *national;
	const char *subscriber;
	const char *dnd;
	const char *busy_on;
	const char *no_answer;
	const char *mobile;
	const char *mobile_on;
	const char *mobile_delay;
	const char *template;
	const char *format;
	const char *types;
	const char *after;
	const char *secret;
	const char *uri;
	const char *dn;
	const char *starttls;
	const char *timeout;
	const char *length;
	const char *classes;
	const char *change;
	const char *kind;
	const char *viewer;
	const char *rights;
	int inactive;
	int secrets;
	int dry_run;
	int prune;
	int json;
	json_t *given;		/* the options, for the audit log */
};

/**
 * Say in one line why nothing was done. An error that lib/db has logged
 * already is not said again.
 *
 * @return err, ERR_VALUE for a refusal of our own
 */
enum err refused(enum err err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Verbs: OK, or an error that has been said. */
enum err system_domain(const struct args *args);
enum err system_enable(const struct args *args);
enum err system_disable(const struct args *args);

enum err node_set(const struct args *args);
enum err node_list(const struct args *args);
enum err node_number(const struct args *args);

enum err user_add(const struct args *args);
enum err user_delete(const struct args *args);
enum err user_disable(const struct args *args);
enum err user_enable(const struct args *args);
enum err user_list(const struct args *args);
enum err user_password(const struct args *args);

enum err user_totp_off(const struct args *args);

enum err ldap_set(const struct args *args);
enum err ldap_off(const struct args *args);
enum err ldap_show(const struct args *args);

enum err policy_set(const struct args *args);
enum err policy_show(const struct args *args);

enum err user_set(const struct args *args);
enum err user_divert(const struct args *args);
enum err user_settings(const struct args *args);

enum err template_set(const struct args *args);
enum err template_divert(const struct args *args);
enum err template_delete(const struct args *args);
enum err template_list(const struct args *args);
enum err template_show(const struct args *args);

enum err device_add(const struct args *args);
enum err device_set(const struct args *args);
enum err device_secret(const struct args *args);
enum err device_delete(const struct args *args);
enum err device_list(const struct args *args);

enum err group_add(const struct args *args);
enum err group_delete(const struct args *args);
enum err group_list(const struct args *args);
enum err group_put(const struct args *args);
enum err group_remove(const struct args *args);
enum err group_members(const struct args *args);

enum err visibility_set(const struct args *args);
enum err visibility_remove(const struct args *args);
enum err visibility_list(const struct args *args);

enum err hook_add(const struct args *args);
enum err hook_list(const struct args *args);
enum err hook_show(const struct args *args);
enum err hook_remove(const struct args *args);
enum err hook_enable(const struct args *args);
enum err hook_disable(const struct args *args);
enum err hook_secret(const struct args *args);
enum err hook_dead(const struct args *args);
enum err hook_replay(const struct args *args);
enum err hook_test(const struct args *args);

enum err audit_keep(const struct args *args);

enum err config_export(const struct args *args);
enum err config_apply(const struct args *args);
enum err config_check(const struct args *args);

enum err person_export(const struct args *args);
enum err person_erase(const struct args *args);

enum err migrate(const struct args *args);

#endif
