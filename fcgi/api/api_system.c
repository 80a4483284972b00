/* api_system.c - what this system is and how it looks at one moment */
#include <stdio.h>

#include "api.h"
#include "conf.h"
#include "config.h"
#include "mem.h"
#include "openapi.h"
#include "session.h"
#include "snapshot.h"
#include "store.h"

/** GET /snapshot -> snapshot_make() */
enum err api_snapshot(struct request *req)
{
	char *snapshot;
	enum err err = snapshot_make(request_session(req), &snapshot);

	if (err)
		return err;
	reply_text(request_answer(req), 200, snapshot);
	return OK;
}

/** GET /version -> {"version", "node", "epoch"} */
enum err api_version(struct request *req)
{
	struct cursor cursor;
	char epoch[16];
	enum err err = store_cursor(&cursor);

	if (err)
		return err;
	snprintf(epoch, sizeof(epoch), "%08x", cursor.epoch);
	return request_reply(req, 200, json_pack("{s:s, s:s, s:s}",
		"version", PACKAGE_VERSION, "node", conf.node, "epoch", epoch));
}

/** GET /openapi.json -> this API's description */
enum err api_openapi(struct request *req)
{
	reply_text(request_answer(req), 200, mem_strdup(openapi_json));
	return OK;
}
