/* fake_park.c - stands in for park where no poll waits for a watch list */
#include "events/watcher.h"

void park_on_watch(struct subject *user)
{
}
