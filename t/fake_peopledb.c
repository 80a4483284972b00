/* fake_peopledb.c - what PostgreSQL says of people, in a test */
#include "fake_peopledb.h"

#include "peopledb.h"

const char *fake_peopledb_list = "*=7f";
const char *fake_peopledb_pickup_list = "";

void peopledb_rights(const char *user,
		     void (*fn)(const char *list, void *arg), void *arg)
{
	fn(fake_peopledb_list, arg);
}

void peopledb_pickup_list(const char *user, const char *group,
			  void (*fn)(const char *list, void *arg), void *arg)
{
	fn(fake_peopledb_pickup_list, arg);
}
