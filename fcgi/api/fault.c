/* fault.c - what there is to say about a failure besides its error code */
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

enum err fault_set(struct fault *fault, enum err err, const char *fmt, ...)
{
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fault->detail, sizeof(fault->detail), fmt, ap);
	va_end(ap);
	/* foreign text may have been cut inside a character */
	n = strlen(fault->detail);
	while (!text_clean(fault->detail, n))
		n--;
	fault->detail[n] = '\0';
	return err;
}

enum err fault_value(struct fault *fault, const char *pointer,
		     const char *code)
{
	if (!fault->errors)
		fault->errors = json_array();
	json_array_append_new(fault->errors,
		json_pack("{s:s, s:s}", "pointer", pointer, "code", code));
	return ERR_VALUE;
}

void fault_clear(struct fault *fault)
{
	json_decref(fault->sip);
	json_decref(fault->errors);
	memset(fault, 0, sizeof(*fault));
}
