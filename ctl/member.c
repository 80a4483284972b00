/* member.c - members of the configuration document: what each may be */
#include "member.h"

#include <string.h>

#include "auditdb.h"
#include "check.h"
#include "ctl.h"
#include "diversion.h"
#include "ldapdb.h"
#include "rights.h"
#include "text.h"
#include "userdb.h"

enum { HASH_MAX = 255, MOBILE_MAX = 16, PASSWORD_MAX = 64 };

static const char a_name[] =
	"must be 1 to 64 of a-z 0-9 . _ - and begin with a letter or digit";

static int is_null(const json_t *value)
{
	return json_is_null(value);
}

/* Text of a string, "" of anything else. */
static const char *text_of(const json_t *value)
{
	return json_is_string(value) ? json_string_value(value) : "";
}

static int is_range(const json_t *value, int min, int max)
{
	return json_is_integer(value) && json_integer_value(value) >= min &&
		json_integer_value(value) <= max;
}

const char *member_name(const json_t *value)
{
	return text_is_name(text_of(value)) ? NULL : a_name;
}

const char *member_host(const json_t *value)
{
	return is_null(value) || is_domain(text_of(value)) ? NULL :
		"must be a host name in small letters";
}

const char *member_text(const json_t *value)
{
	return text_is_title(text_of(value)) ? NULL :
		"must be 1 to 128 characters without control characters";
}

const char *member_bool(const json_t *value)
{
	return json_is_boolean(value) ? NULL : "must be true or false";
}

const char *member_switch(const json_t *value)
{
	return is_null(value) || json_is_boolean(value) ? NULL :
		"must be true, false or null";
}

const char *member_number(const json_t *value)
{
	return is_null(value) || text_is_digits(text_of(value), 1, 15) ? NULL :
		"must be a string of 1 to 15 digits, or null";
}

const char *member_digits(const json_t *value)
{
	return json_is_string(value) && text_is_digits(text_of(value), 0, 7) ?
		NULL : "must be a string of at most 7 digits";
}

const char *member_area(const json_t *value)
{
	return json_is_string(value) && text_is_digits(text_of(value), 0, 10) ?
		NULL : "must be a string of at most 10 digits";
}

const char *member_country(const json_t *value)
{
	return text_is_digits(text_of(value), 1, 3) && *text_of(value) != '0' ?
		NULL : "must be a string of 1 to 3 digits, the first not 0";
}

const char *member_hash(const json_t *value)
{
	const char *hash = text_of(value);

	return is_null(value) || json_is_true(value) || (*hash == '$' &&
		strlen(hash) <= HASH_MAX && text_clean(hash, strlen(hash))) ?
		NULL : "must be a hash of a password, null (none), or true "
			"(as it is)";
}

const char *member_ha1(const json_t *value)
{
	const char *ha1 = text_of(value);

	return is_null(value) || json_is_true(value) || (strlen(ha1) == 32 &&
		strspn(ha1, "0123456789abcdef") == 32) ? NULL :
		"must be 32 hex digits, null (none), or true (as it is)";
}

const char *member_busy_on(const json_t *value)
{
	return is_null(value) || is_range(value, 1, 99) ? NULL :
		"must be 1 to 99, or null";
}

const char *member_no_answer(const json_t *value)
{
	return is_null(value) || is_range(value, 5, 180) ? NULL :
		"must be 5 to 180, or null";
}

const char *member_mobile(const json_t *value)
{
	const char *number = text_of(value);

	return is_null(value) || (*number == '+' && number[1] != '0' &&
		text_is_digits(number + 1, 4, MOBILE_MAX - 1)) ? NULL :
		"must be a number like \"+491711234567\", or null";
}

const char *member_delay(const json_t *value)
{
	return is_range(value, 0, 30) ? NULL : "must be 0 to 30";
}

static int is_diversion(json_t *entry)
{
	const char *when, *from, *to;
	enum divert_when w;
	enum divert_from f;
	json_t *priority;

	if (json_unpack_ex(entry, NULL, JSON_STRICT, "{s:s, s:s, s:o, s:s}",
			"when", &when, "from", &from, "priority", &priority,
			"to", &to))
		return 0;
	return !diversion_find_when(when, &w) &&
		!diversion_find_from(from, &f) &&
		is_range(priority, 0, DIVERT_PRIORITY_MAX) && *to &&
		strlen(to) <= DIVERT_TO_MAX && text_clean(to, strlen(to));
}

const char *member_diversions(const json_t *value)
{
	json_t *entry;
	size_t i;

	if (is_null(value))
		return NULL;
	if (!json_is_array(value) || json_array_size(value) > DIVERSIONS_MAX)
		return "must be a list of at most 20 diversions, or null";
	json_array_foreach(value, i, entry)
		if (!is_diversion(entry))
			return "must be a list of {\"when\": always, busy or "
				"no_answer, \"from\": all, internal or "
				"external, \"priority\": 0 to 1000, \"to\": "
				"text}";
	return NULL;
}

const char *member_role(const json_t *value)
{
	const char *word = text_of(value);

	return *word && text_among(USERDB_ROLES, word) ? NULL :
		"must be user, operator or admin";
}

const char *member_device_secret(const json_t *value)
{
	const char *word = text_of(value);

	return *word && text_among("own user admin", word) ? NULL :
		"must be own, user or admin";
}

const char *member_kind(const json_t *value)
{
	const char *word = text_of(value);

	return *word && text_among("static in out", word) ? NULL :
		"must be static, in or out";
}

const char *member_reference(const json_t *value)
{
	return is_null(value) ? NULL : member_name(value);
}

const char *member_viewer(const json_t *value)
{
	const char *kind, *viewer, *word = text_of(value);

	return rights_viewer(word, &kind, &viewer) ?
		"must be user:NAME, group:NAME, @DOMAIN or @" : NULL;
}

/* In their order and once, so that what is the same looks the same. */
const char *member_rights(const json_t *value)
{
	unsigned bit, before = 0;
	json_t *word;
	size_t i;

	if (!json_is_array(value))
		return "must be a list of rights";
	json_array_foreach(value, i, word) {
		bit = rights_find(text_of(word), strlen(text_of(word)));
		if (bit <= before)
			return "must be some of visible, online, presence, "
				"note, on_phone, calls, ids, in this order";
		before = bit;
	}
	return NULL;
}

const char *member_policy(const json_t *value)
{
	json_t *length, *classes;
	int change;

	return !json_unpack_ex((json_t *)value, NULL, JSON_STRICT,
			"{s:o, s:o, s:b}", "min_length", &length, "classes",
			&classes, "change", &change) &&
		is_range(length, PASSWORD_MIN, PASSWORD_MAX) &&
		is_range(classes, 1, 4) ? NULL :
		"must be {\"min_length\": 8 to 64, \"classes\": 1 to 4, "
		"\"change\": true or false}";
}

const char *member_ldap(const json_t *value)
{
	const char *uri, *dn;
	json_t *timeout;
	int starttls;

	if (is_null(value))
		return NULL;
	return !json_unpack_ex((json_t *)value, NULL, JSON_STRICT,
			"{s:s, s:s, s:b, s:o}", "uri", &uri, "dn", &dn,
			"starttls", &starttls, "timeout_s", &timeout) &&
		ldapdb_is_uri(uri) && ldapdb_is_dn(dn) &&
		ldapdb_is_private(uri, starttls) && is_range(timeout, 1, 10) ?
		NULL : "must be null, or uri, dn, starttls and timeout_s as "
			"ldap set takes them";
}

const char *member_audit_days(const json_t *value)
{
	return is_null(value) || is_range(value, 1, AUDIT_DAYS_MAX) ? NULL :
		"must be null, or 1 to 36500";
}
