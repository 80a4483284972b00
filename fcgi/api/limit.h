/* limit.h - how often somebody may ask */
#ifndef LIMIT_H
#define LIMIT_H

#include "fault.h"

enum budget { BUDGET_REST, BUDGET_SEARCH, BUDGET_CALL, BUDGET_LOGIN,
	BUDGET_COUNT };

/** What a request has cost. */
struct charge {
	enum budget budget;
	int limit;		/* requests in the window; 0: unlimited */
	int window_s;
	int left;		/* requests left in it */
	int reset_s;		/* until it is full again */
};

/** "search"; static. */
const char *limit_name(enum budget budget);

/** Limit and window of a budget, nothing spent yet. */
void limit_init(struct charge *charge, enum budget budget);

/** Enter what a script counted: requests so far and ms left of the window.
 * @return OK, or ERR_RATE with the fault's retry_s */
enum err limit_counted(struct charge *charge, long long count,
		       long long left_ms, struct fault *fault);

/** Charge somebody, an address, say. @return OK, ERR_RATE, ERR_STORE */
enum err limit_charge(struct charge *charge, const char *who,
		      struct fault *fault);

#endif
