/* inner.c - what machines ask about this system, beside the API
 *
 * No login, no budget, no store on the way: it answers while all is down.
 */
#include "inner.h"

#include <string.h>

#include "health.h"
#include "mem.h"
#include "metrics.h"

/* Not through the public listener: nginx.conf marks those that may. */
enum { PUBLIC, INSIDE };

static void answer_live(struct reply *reply)
{
	reply_text(reply, 200, mem_strdup("{\"status\":\"live\"}"));
}

static void answer_ready(struct reply *reply)
{
	int ready;
	json_t *health = health_look(&ready);

	reply_json(reply, ready ? 200 : 503, health);
}

static void answer_metrics(struct reply *reply)
{
	reply_text(reply, 200, metrics_text());
	reply->type = "text/plain; version=0.0.4; charset=utf-8";
}

static const struct {
	const char *path;
	int where;
	void (*answer)(struct reply *reply);
} paths[] = {
	{ "/health/live", PUBLIC, answer_live },
	{ "/health/ready", PUBLIC, answer_ready },
	{ "/metrics", INSIDE, answer_metrics },
};

enum { PATHS = sizeof(paths) / sizeof(*paths) };

static int find(const struct request *req)
{
	const char *path = request_header(req, "DOCUMENT_URI");
	int i = 0;

	while (path && i < PATHS && strcmp(paths[i].path, path))
		i++;
	return path && i < PATHS ? i : -1;
}

int inner_answer(struct request *req)
{
	struct reply *reply = request_answer(req);
	int i = find(req);

	if (i < 0 || (paths[i].where == INSIDE &&
		      !request_header(req, "MYPBX_INSIDE")))
		return 0;
	if (request_method(req) == GET) {
		paths[i].answer(reply);
	} else {
		reply_header(reply, "Allow: GET, HEAD");
		reply_text(reply, 405, NULL);
	}
	return 1;
}
