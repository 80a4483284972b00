/* watch.c - fuzz target: watch lists, as mypbx-events reads them */
#include <assert.h>

#include "events/watchlist.h"
#include "rights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct watchlist *list)
{
	struct subject *of;
	uint32_t i;

	assert(list->others <= RIGHTS_ALL);
	assert(subject_count() == list->count);
	for (i = 0; i < list->count; i++) {
		of = watchlist_user(list, i);
		assert(*of->user && watchlist_at(list, i) <= RIGHTS_ALL);
		assert(watchlist_rights(list, of) == watchlist_at(list, i));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct watchlist *list;

	subject_open();
	list = watchlist_parse((const char *)data, size);
	if (list)
		check(list);
	watchlist_destroy(list);
	assert(!subject_count());	/* nobody is held for ever */
	watchlist_close();
	subject_close();
	return 0;
}
