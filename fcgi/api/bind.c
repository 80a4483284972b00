/* bind.c - asks an LDAP server whether it is the password */
#include "bind.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <ldap.h>

#include "db.h"
#include "log.h"
#include "mem.h"
#include "stamp.h"

enum err bind_server_get(struct bind_server *server, int *on)
{
	PGresult *row;
	enum err err = db_ask(&row, "SELECT value->>'uri', value->>'dn',"
		" (value->>'starttls')::boolean, value->>'timeout_s'"
		" FROM settings WHERE name = 'ldap_login'", 0);

	if (err)
		return err;
	*on = PQntuples(row) > 0;
	if (*on) {
		server->uri = mem_strdup(db_text(row, 0, 0));
		server->dn = mem_strdup(db_text(row, 0, 1));
		server->starttls = db_true(row, 0, 2);
		server->timeout_s = atoi(db_text(row, 0, 3));
	}
	PQclear(row);
	return OK;
}

void bind_server_clear(struct bind_server *server)
{
	free(server->uri);
	free(server->dn);
}

/* RFC 4514, section 2.4: any byte may be written in hex. @return new */
static char *escape(const char *name)
{
	char *text = mem_zalloc(3 * strlen(name) + 1), *p = text;

	for (; *name; name++)
		if (isascii(*name) && isalnum((unsigned char)*name))
			*p++ = *name;
		else
			p += sprintf(p, "\\%02x", (unsigned char)*name);
	return text;
}

/* @return new: the template with the name in it */
static char *make_dn(const char *template, const char *name)
{
	const char *at = strstr(template, "%s");
	char *escaped = escape(name), *dn;

	dn = mem_printf("%.*s%s%s", (int)(at - template), template, escaped,
		at + 2);
	free(escaped);
	return dn;
}

static int connect_to(const struct bind_server *server, LDAP **ldap)
{
	struct timeval patience = { .tv_sec = server->timeout_s };
	int version = LDAP_VERSION3, demand = LDAP_OPT_X_TLS_DEMAND;
	int rc = ldap_initialize(ldap, server->uri);

	if (rc)
		return rc;
	ldap_set_option(*ldap, LDAP_OPT_PROTOCOL_VERSION, &version);
	ldap_set_option(*ldap, LDAP_OPT_NETWORK_TIMEOUT, &patience);
	ldap_set_option(*ldap, LDAP_OPT_TIMEOUT, &patience);
	/* another server is not to be given the password */
	ldap_set_option(*ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	ldap_set_option(*ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
	return server->starttls ? ldap_start_tls_s(*ldap, NULL, NULL) : 0;
}

static int bind_as(LDAP *ldap, char *dn, const char *password)
{
	struct berval *secret = ber_str2bv(password, 0, 1, NULL);
	int rc = ldap_sasl_bind_s(ldap, dn, LDAP_SASL_SIMPLE, secret, NULL,
		NULL, NULL);

	memset(secret->bv_val, 0, secret->bv_len);
	ber_bvfree(secret);
	return rc;
}

/* What a server says of a user, and not of itself. */
static int is_about_user(int rc)
{
	return rc == LDAP_INVALID_CREDENTIALS || rc == LDAP_NO_SUCH_OBJECT ||
		rc == LDAP_INAPPROPRIATE_AUTH || rc == LDAP_INSUFFICIENT_ACCESS ||
		rc == LDAP_CONSTRAINT_VIOLATION ||
		rc == LDAP_UNWILLING_TO_PERFORM;
}

static int is_silent(int rc)
{
	return rc == LDAP_SERVER_DOWN || rc == LDAP_TIMEOUT ||
		rc == LDAP_CONNECT_ERROR;
}

enum err bind_check(const struct bind_server *server, const char *name,
		    const char *password)
{
	static int64_t pause_until_ms;
	int64_t start_ms = stamp_steady_ms(), now_ms;
	LDAP *ldap = NULL;
	char *dn;
	int rc;

	if (!*password)
		return ERR_LOGIN;
	if (start_ms < pause_until_ms)
		return ERR_LDAP;
	rc = connect_to(server, &ldap);
	if (!rc) {
		dn = make_dn(server->dn, name);
		rc = bind_as(ldap, dn, password);
		free(dn);
	}
	if (ldap)
		ldap_unbind_ext_s(ldap, NULL, NULL);
	if (!rc)
		return OK;
	if (is_about_user(rc))
		return ERR_LOGIN;
	/* those who need no server wait behind those who wait for it: a silent
	 * one is left alone for twice the time that it has cost */
	now_ms = stamp_steady_ms();
	if (is_silent(rc))
		pause_until_ms = now_ms + 2 * (now_ms - start_ms);
	log_warn("ldap does not answer uri=%s why=%s", server->uri,
		ldap_err2string(rc));
	return ERR_LDAP;
}
