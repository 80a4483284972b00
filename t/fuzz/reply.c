/* reply.c - fuzz target: what receivers of webhooks answer */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "reply.h"
#include "webhook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever came: what is taken from it is fit to be used. */
static void check(const struct reply *reply)
{
	assert(!*reply->on_answer || webhook_url(reply->on_answer));
	assert(!*reply->on_hangup || webhook_url(reply->on_hangup));
	assert((reply->wish == REPLY_DIAL) == (*reply->to != '\0'));
	assert(strspn(reply->to, "+0123456789*#") == strlen(reply->to));
	assert(strlen(reply->ignored) < sizeof(reply->ignored));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply reply;

	reply_read_xml(&reply, (const char *)data, size);
	check(&reply);
	reply_read_json(&reply, (const char *)data, size);
	check(&reply);
	return 0;
}
