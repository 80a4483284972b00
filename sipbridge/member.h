/* member.h - members of JSON that we have got, and that may be missing */
#ifndef MEMBER_H
#define MEMBER_H

#include <jansson.h>

/** A text, "" when there is none. Borrowed. */
static inline const char *member_text(const json_t *json, const char *name)
{
	const char *value = json_string_value(json_object_get(json, name));

	return value ? value : "";
}

#endif
