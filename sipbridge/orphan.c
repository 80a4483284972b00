/* orphan.c - ends what rang for the last life of this bridge */
#include "orphan.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "ids.h"
#include "log.h"
#include "mem.h"
#include "rpc.h"

/* The value of "Call-ID: x\r\n" and "CSeq: 7"; new. */
static char *value_of(const json_t *transaction, const char *name)
{
	const char *header = json_string_value(json_object_get(transaction,
		name));
	const char *value = header ? strstr(header, ": ") : NULL;

	return value ? mem_printf("%.*s", (int)strcspn(value + 2, " \r\n"),
		value + 2) : mem_strdup("");
}

/* A re-INVITE has a tag: its dialog goes on. */
static int begins_a_dialog(const json_t *transaction)
{
	const char *method = json_string_value(json_object_get(transaction,
		"method"));
	const char *to = json_string_value(json_object_get(transaction, "to"));

	return method && !strcmp(method, "INVITE") && to &&
	       !strstr(to, ";tag=");
}

/* One that has been answered meanwhile stays so. */
static int end(const json_t *transaction)
{
	char *call_id = value_of(transaction, "callid");
	char *cseq = value_of(transaction, "cseq");
	char tag[ID_SIZE];
	json_t *result = rpc_ask("tm.reply_callid", json_pack(
		"[i, s, s, s, s]", 503, "Lost", call_id, cseq,
		id_make('t', tag)));
	int ended = result != NULL;

	json_decref(result);
	free(call_id);
	free(cseq);
	return ended;
}

void orphans_end(void)
{
	json_t *list = rpc_ask("tm.list", json_array());
	const json_t *transaction;
	int ended = 0;
	size_t i;

	json_array_foreach(list, i, transaction)
		if (begins_a_dialog(transaction))
			ended += end(transaction);
	json_decref(list);
	if (ended)
		log_warn("edge ended what rang invitations=%d", ended);
}
