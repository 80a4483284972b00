/* api_token.c - what a user gives to programs */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "mem.h"
#include "role.h"
#include "text.h"
#include "token.h"

/** GET /tokens -> {"items": [token], "next": null} */
enum err api_tokens(struct request *req)
{
	json_t *items;
	enum err err = token_list(request_user(req), &items);

	if (err)
		return err;
	return request_reply_list(req, items, NULL);
}

static int may_give(const struct request *req, const char *word)
{
	if (text_among("admin presence.write", word))
		return role_is_staff(req);
	return text_among(TOKEN_SCOPES, word);
}

static enum err add_scope(struct request *req, size_t i, const json_t *scope,
			  char words[64])
{
	const char *word = json_string_value(scope);
	char pointer[32];

	snprintf(pointer, sizeof(pointer), "/scopes/%zu", i);
	if (!word || !may_give(req, word))
		return fault_value(request_fault(req), pointer, "unknown");
	if (text_among(words, word))
		return fault_value(request_fault(req), pointer, "repeated");
	if (*words)
		strcat(words, " ");
	strcat(words, word);
	return OK;
}

static enum err read_scopes(struct request *req, const json_t *scopes,
			    char words[64])
{
	const json_t *scope;
	enum err err = OK;
	size_t i;

	if (!json_is_array(scopes))
		return fault_value(request_fault(req), "/scopes", "no_list");
	if (!json_array_size(scopes))
		return fault_value(request_fault(req), "/scopes", "too_short");
	*words = '\0';
	json_array_foreach(scopes, i, scope) {
		err = add_scope(req, i, scope, words);
		if (err)
			break;
	}
	return err;
}

/** POST /tokens {"name", "scopes": [word]} -> 201 token, with its secret */
enum err api_token_add(struct request *req)
{
	const char *name;
	char words[64];
	json_t *scopes, *token;
	enum err err;

	err = request_json(req, "{s:s, s:o}", "name", &name, "scopes",
		&scopes);
	if (err)
		return err;
	err = request_text(req, "/name", name, 1, TOKEN_NAME_MAX);
	if (err)
		return err;
	err = read_scopes(req, scopes, words);
	if (err)
		return err;
	err = token_add(request_user(req), name, words, &token);
	if (err == ERR_STATE)
		return fault_set(request_fault(req), err,
			"A user has at most %d tokens", TOKENS_MAX);
	if (err)
		return err;
	return request_reply(req, 201, token);
}

/** DELETE /tokens/{token} -> 204 */
enum err api_token_remove(struct request *req)
{
	enum err err = token_remove(request_user(req),
		request_param(req, "token"));

	if (err)
		return err;
	return request_reply(req, 204, NULL);
}
