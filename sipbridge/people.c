/* people.c - the users of the domain, by name, number and device */
#include "people.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "mem.h"

struct node people_node;

/* One key per name, number and device that leads to a user. */
struct key {
	const char *key;
	struct user *user;
};

struct index {
	void *root;
	int count;
};

static struct index by_name, by_number, by_device;
static struct index before_load;	/* names that a load has not met yet */

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct key *)a)->key,
		((const struct key *)b)->key);
}

static struct key *find(const struct index *index, const char *key)
{
	struct key wanted = { key, NULL };
	void *node = tfind(&wanted, &index->root, compare);

	return node ? *(struct key **)node : NULL;
}

static void drop(struct index *index, const char *key)
{
	struct key *found_key = find(index, key);

	if (!found_key)
		return;
	tdelete(found_key, &index->root, compare);
	free(found_key);
	index->count--;
}

static void add(struct index *index, const char *key, struct user *user)
{
	struct key *found_key;

	drop(index, key);
	found_key = mem_zalloc(sizeof(*found_key));
	found_key->key = key;
	found_key->user = user;
	tsearch(found_key, &index->root, compare);
	index->count++;
}

/* A number or device may have gone to another user before its old owner was
 * read again: only its present owner may take it out. */
static void drop_own(struct index *index, const char *key,
		     const struct user *user)
{
	struct key *found_key = find(index, key);

	if (found_key && found_key->user == user)
		drop(index, key);
}

struct user *user_create(const char *name, const char *number,
			 const char *display_name)
{
	struct user *user = mem_zalloc(sizeof(*user));

	user->name = mem_strdup(name);
	user->number = mem_strdup(number);
	user->display_name = mem_strdup(display_name);
	user->devices = mem_zalloc(sizeof(*user->devices));
	return user;
}

static int device_count(const struct user *user)
{
	int n = 0;

	while (user->devices[n])
		n++;
	return n;
}

void user_add_device(struct user *user, const char *device)
{
	int n = device_count(user);

	user->devices = mem_realloc(user->devices,
		(n + 2) * sizeof(*user->devices));
	user->devices[n] = mem_strdup(device);
	user->devices[n + 1] = NULL;
}

int user_has_device(const struct user *user, const char *device)
{
	int i;

	if (user->mobile && !strcmp(device, DEVICE_MOBILE))
		return 1;
	for (i = 0; user->devices[i]; i++)
		if (!strcmp(user->devices[i], device))
			return 1;
	return 0;
}

void user_add_diversion(struct user *user, const struct diversion *diversion)
{
	struct diversion *at;

	user->diversions = mem_realloc(user->diversions,
		(size_t)(user->diversion_count + 1) * sizeof(*at));
	at = user->diversions + user->diversion_count++;
	for (; at > user->diversions; at--) {
		if (at[-1].priority >= diversion->priority)
			break;
		*at = at[-1];
	}
	*at = *diversion;
	at->to = mem_strdup(diversion->to);
}

static void user_destroy(struct user *user)
{
	int i;

	for (i = 0; i < user->diversion_count; i++)
		free(user->diversions[i].to);
	free(user->diversions);
	free(user->mobile);
	free(user->said);
	for (i = 0; user->devices[i]; i++)
		free(user->devices[i]);
	free(user->devices);
	free(user->name);
	free(user->number);
	free(user->display_name);
	free(user);
}

void people_remove(const char *name)
{
	struct key *found_key = find(&by_name, name);
	struct user *user = found_key ? found_key->user : NULL;
	int i;

	if (!user)
		return;
	drop(&before_load, name);
	drop(&by_name, name);
	if (user->number)
		drop_own(&by_number, user->number, user);
	for (i = 0; user->devices[i]; i++)
		drop_own(&by_device, user->devices[i], user);
	user_destroy(user);
}

void people_put(struct user *user)
{
	int i;

	people_remove(user->name);
	add(&by_name, user->name, user);
	if (user->number)
		add(&by_number, user->number, user);
	for (i = 0; user->devices[i]; i++)
		add(&by_device, user->devices[i], user);
}

static const struct user *found(const struct index *index, const char *key)
{
	struct key *found_key = find(index, key);

	return found_key ? found_key->user : NULL;
}

const struct user *people_find(const char *name)
{
	return found(&by_name, name);
}

const struct user *people_find_number(const char *number)
{
	return found(&by_number, number);
}

const struct user *people_find_device(const char *device)
{
	return found(&by_device, device);
}

int people_count(void)
{
	return by_name.count;
}

struct each {
	void (*fn)(const struct user *user, void *arg);
	void *arg;
};

static void each_node(const void *node, VISIT which, void *arg)
{
	const struct key *found_key = *(struct key *const *)node;
	struct each *each = arg;

	if (which == postorder || which == leaf)
		each->fn(found_key->user, each->arg);
}

void people_each(void (*fn)(const struct user *user, void *arg), void *arg)
{
	struct each each = { fn, arg };

	twalk_r(by_name.root, each_node, &each);
}

static void remember(const struct user *user, void *arg)
{
	add(&before_load, user->name, NULL);
}

void people_load_begin(void)
{
	people_each(remember, NULL);
}

void people_load_end(void)
{
	while (before_load.root) {
		struct key *found_key = *(struct key **)before_load.root;
		char *name = mem_strdup(found_key->key);

		drop(&before_load, name);
		people_remove(name);
		free(name);
	}
	log_info("people loaded users=%d devices=%d", by_name.count,
		by_device.count);
}
