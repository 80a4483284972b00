/* learn.c - what phones can, as their messages tell */
#include "learn.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "keys.h"
#include "mem.h"
#include "people.h"
#include "redis.h"

struct phone {
	char *device;
	char *text;		/* JSON, as it stands in Redis */
};

static void *root;

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct phone *)a)->device,
		((const struct phone *)b)->device);
}

static struct phone *phone_of(const char *device)
{
	struct phone wanted = { .device = (char *)device }, *phone;
	void *node = tfind(&wanted, &root, compare);

	if (node)
		return *(struct phone **)node;
	phone = mem_zalloc(sizeof(*phone));
	phone->device = mem_strdup(device);
	tsearch(phone, &root, compare);
	return phone;
}

/* "INVITE, ACK" -> ["INVITE", "ACK"] */
static json_t *list_of(const char *text)
{
	json_t *list = json_array();
	size_t n;

	while (text && *text) {
		text += strspn(text, ", \t");
		n = strcspn(text, ", \t");
		if (n)
			json_array_append_new(list, json_stringn(text, n));
		text += n;
	}
	return list;
}

static char *to_text(const struct learnt *learnt)
{
	json_t *json = json_pack("{s:s?, s:o, s:o}", "agent", learnt->agent,
		"allow", list_of(learnt->allow),
		"allow_events", list_of(learnt->allow_events));
	char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	return text;
}

static void write_down(const struct phone *phone)
{
	const struct user *user = people_find_device(phone->device);
	char key[KEY_SIZE];

	if (user && phone->text)
		redis_send("HSET %s %s %s", key_phones(key, user->name),
			phone->device, phone->text);
}

void learn_device(const char *device, const struct learnt *learnt)
{
	struct phone *phone;
	char *text;

	if (!people_find_device(device))
		return;
	phone = phone_of(device);
	text = to_text(learnt);
	if (text && (!phone->text || strcmp(phone->text, text))) {
		mem_set(&phone->text, text);
		write_down(phone);
	}
	free(text);
}

int learn_allows(const char *device, const char *method)
{
	struct phone wanted = { .device = (char *)device };
	void *node = tfind(&wanted, &root, compare);
	char *quoted = mem_printf("\"%s\"", method);
	int allows = node && strstr((*(struct phone **)node)->text, quoted);

	free(quoted);
	return allows;
}

static void restore_one(const void *node, VISIT which, void *arg)
{
	if (which == postorder || which == leaf)
		write_down(*(struct phone *const *)node);
}

void learn_restore(void)
{
	twalk_r(root, restore_one, NULL);
}

static void free_one(void *node)
{
	struct phone *phone = node;

	free(phone->device);
	free(phone->text);
	free(phone);
}

void learn_close(void)
{
	tdestroy(root, free_one);
	root = NULL;
}
