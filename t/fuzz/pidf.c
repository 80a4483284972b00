/* pidf.c - fuzz target: what phones publish of their users */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "pidf.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever came: what is taken from it is fit to be kept and shown. */
static void check(const char *text, size_t max)
{
	assert(text_clean(text, strlen(text)));
	assert(text_length(text) <= max);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pidf pidf;

	pidf_read((const char *)data, size, &pidf);
	check(pidf.activity, 64);
	check(pidf.note, 256);
	return 0;
}
