/* limit.c - how often somebody may ask */
#include "limit.h"

#include "api_scripts.h"
#include "conf.h"
#include "keys.h"
#include "store.h"

static const struct {
	const char *name;
	const int *limit;
	int window_s;
} budgets[BUDGET_COUNT] = {
	[BUDGET_REST] =	  { "rest", &conf.rate_rest, 10 },
	[BUDGET_SEARCH] = { "search", &conf.rate_search, 10 },
	[BUDGET_CALL] =	  { "call", &conf.rate_call, 10 },
	[BUDGET_LOGIN] =  { "login", &conf.rate_login, 60 },
};

const char *limit_name(enum budget budget)
{
	return budgets[budget].name;
}

void limit_init(struct charge *charge, enum budget budget)
{
	charge->budget = budget;
	charge->limit = *budgets[budget].limit;
	charge->window_s = budgets[budget].window_s;
	charge->left = charge->limit;
	charge->reset_s = charge->window_s;
}

enum err limit_counted(struct charge *charge, long long count,
		       long long left_ms, struct fault *fault)
{
	if (!charge->limit)
		return OK;
	charge->left = count < charge->limit ? charge->limit - (int)count : 0;
	charge->reset_s = left_ms > 0 ? (int)((left_ms + 999) / 1000) : 1;
	if (count <= charge->limit)
		return OK;
	fault->retry_s = charge->reset_s;
	return fault_set(fault, ERR_RATE, "At most %d requests in %d s",
		charge->limit, charge->window_s);
}

enum err limit_charge(struct charge *charge, const char *who,
		      struct fault *fault)
{
	char key[KEY_SIZE];
	redisReply *reply;
	enum err err;

	if (!charge->limit)
		return OK;
	err = store_ask(&reply, "EVAL %s 1 %s %d", script_charge,
		key_limit(key, limit_name(charge->budget), who),
		charge->window_s * 1000);
	if (err)
		return err;
	err = limit_counted(charge, reply->element[0]->integer,
		reply->element[1]->integer, fault);
	freeReplyObject(reply);
	return err;
}
