/* api_admin_directory.c - servers that know the passwords, for administrators
 *
 * There is one at most, which is called "ldap_login" like its setting.
 */
#include <string.h>

#include "api.h"
#include "audit.h"
#include "bind.h"
#include "db.h"
#include "ids.h"
#include "ldapdb.h"

static const char its_name[] = "ldap_login";

enum { TEXT_MAX = 255 };

static enum err check_name(const struct request *req)
{
	return strcmp(request_param(req, "directory"), its_name) ?
		ERR_MISSING : OK;
}

static json_t *to_json(const struct bind_server *server)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:i}", "name", its_name,
		"uri", server->uri, "dn", server->dn,
		"starttls", server->starttls, "timeout_s", server->timeout_s);
}

/** GET /admin/directories -> {"items": [directory], "next": null} */
enum err api_admin_directories(struct request *req)
{
	json_t *items = json_array();
	struct bind_server server;
	int on = 0;
	enum err err = bind_server_get(&server, &on);

	if (on) {
		json_array_append_new(items, to_json(&server));
		bind_server_clear(&server);
	}
	if (!err)
		return request_reply_list(req, items, NULL);
	json_decref(items);
	return err;
}

/* @param server  to be cleared when OK */
static enum err find(const struct request *req, struct bind_server *server)
{
	int on;
	enum err err = check_name(req);

	if (!err)
		err = bind_server_get(server, &on);
	return !err && !on ? ERR_MISSING : err;
}

/** GET /admin/directories/{directory} -> directory */
enum err api_admin_directory_get(struct request *req)
{
	struct bind_server server;
	enum err err = find(req, &server);

	if (err)
		return err;
	request_reply(req, 200, to_json(&server));
	bind_server_clear(&server);
	return OK;
}

/* All that is wrong is named. */
static enum err check(struct request *req, const char *uri, const char *dn,
		      int starttls, int timeout_s)
{
	struct fault *fault = request_fault(req);
	enum err err = OK;

	if (strlen(uri) > TEXT_MAX || !ldapdb_is_uri(uri))
		err = fault_value(fault, "/uri", "bad_uri");
	else if (!ldapdb_is_private(uri, starttls))
		err = fault_value(fault, "/starttls", "not_encrypted");
	if (strlen(dn) > TEXT_MAX || !ldapdb_is_dn(dn))
		err = fault_value(fault, "/dn", "bad_dn");
	if (timeout_s < 1 || timeout_s > LDAPDB_TIMEOUT_MAX_S)
		err = fault_value(fault, "/timeout_s", "out_of_range");
	return err;
}

/** PUT /admin/directories/{directory} {"uri", "dn", "starttls"?, "timeout_s"?}
 * -> directory */
enum err api_admin_directory_put(struct request *req)
{
	const char *uri, *dn;
	int starttls = 0, timeout_s = LDAPDB_TIMEOUT_PRESET_S;
	enum err err = request_json(req, "{s:s, s:s, s?b, s?i}", "uri", &uri,
		"dn", &dn, "starttls", &starttls, "timeout_s", &timeout_s);

	if (!err)
		err = check_name(req);
	if (!err)
		err = check(req, uri, dn, starttls, timeout_s);
	if (err)
		return err;
	err = db_begin();
	if (!err)
		err = ldapdb_set(uri, dn, starttls, timeout_s);
	err = audit_commit(req, err, "directory.changed", its_name, json_pack(
		"{s:s, s:s, s:b, s:i}", "uri", uri, "dn", dn, "starttls",
		starttls, "timeout_s", timeout_s));
	if (err)
		return err;
	return api_admin_directory_get(req);
}

/** DELETE /admin/directories/{directory} -> 204 */
enum err api_admin_directory_remove(struct request *req)
{
	enum err err = check_name(req);

	if (err)
		return err;
	err = db_begin();
	if (!err)
		err = ldapdb_remove();
	err = audit_commit(req, err, "directory.removed", its_name, NULL);
	if (err)
		return err;
	return request_reply(req, 204, NULL);
}

/** POST /admin/directories/{directory}/test -> {"answers"}: a password that
 * nobody has is refused by a server that can be reached */
enum err api_admin_directory_test(struct request *req)
{
	struct bind_server server;
	char secret[SECRET_SIZE];
	enum err err = request_json(req, "{}"), answer;

	if (!err)
		err = find(req, &server);
	if (err)
		return err;
	answer = bind_check(&server, "mypbx-test", id_secret(secret));
	bind_server_clear(&server);
	return request_reply(req, 200, json_pack("{s:b}", "answers",
		answer != ERR_LDAP));
}
