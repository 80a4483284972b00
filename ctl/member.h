/* member.h - members of the configuration document: what each may be */
#ifndef MEMBER_H
#define MEMBER_H

#include <jansson.h>

struct member {
	const char *name;
	/** @return NULL, or what it must be; static */
	const char *(*wrong)(const json_t *value);
	const char *preset;	/* JSON, for a new thing; NULL: must be there */
	int secret;		/* `true` in a document: leave it as it is */
};

const char *member_name(const json_t *value);
const char *member_host(const json_t *value);
const char *member_text(const json_t *value);
const char *member_bool(const json_t *value);
const char *member_role(const json_t *value);
const char *member_switch(const json_t *value);
const char *member_number(const json_t *value);
const char *member_digits(const json_t *value);
const char *member_area(const json_t *value);
const char *member_country(const json_t *value);
const char *member_hash(const json_t *value);
const char *member_ha1(const json_t *value);
const char *member_busy_on(const json_t *value);
const char *member_no_answer(const json_t *value);
const char *member_mobile(const json_t *value);
const char *member_delay(const json_t *value);
const char *member_diversions(const json_t *value);
const char *member_device_secret(const json_t *value);
const char *member_kind(const json_t *value);
const char *member_reference(const json_t *value);
const char *member_viewer(const json_t *value);
const char *member_rights(const json_t *value);
const char *member_policy(const json_t *value);
const char *member_audit_days(const json_t *value);
const char *member_ldap(const json_t *value);

#endif
