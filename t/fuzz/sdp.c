/* sdp.c - fuzz target: what mypbx-bridge reads and rewrites of foreign SDP */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sdp.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void rewrite(const char *body)
{
	struct sdp_origin origin = { 0, 0, NULL };
	char *changed;

	if (!sdp_valid(body))
		return;
	sdp_direction(body);
	assert(sdp_valid(sdp_stamp(&origin, body)));
	sdp_stamp(&origin, body);
	assert(origin.version == 0);
	changed = sdp_inactive(body);
	assert(!strncmp(changed, "v=0", 3));
	free(changed);
	changed = sdp_active(body);
	sdp_stamp(&origin, changed);
	free(changed);
	sdp_origin_clear(&origin);
}

/* What a phone dials is foreign too. */
static void dial(const char *text)
{
	struct target target;

	if (!target_find(text, &target) && !target.user)
		assert(*target.number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	rewrite(text);
	dial(text);
	free(text);
	return 0;
}
