/* cause.c - why a call ended, in SIP, Q.850 and our own words */
#include "cause.h"

#include <stddef.h>

static const struct {
	int sip;
	int q850;
	int rank;		/* lower tells the caller more */
	const char *reason;
	const char *phrase;
} causes[] = {
	{ 200, 16, 0, "normal", "OK" },
	{ 603, 21, 1, "rejected", "Decline" },
	{ 600, 17, 1, "busy", "Busy Everywhere" },
	{ 486, 17, 2, "busy", "Busy Here" },
	{ 403, 21, 3, "rejected", "Forbidden" },
	{ 408, 18, 4, "no_answer", "Request Timeout" },
	{ 487, 31, 5, "cancelled", "Request Terminated" },
	{ 488, 88, 6, "incompatible", "Not Acceptable Here" },
	{ 606, 88, 6, "incompatible", "Not Acceptable" },
	{ 404, 1, 7, "unknown_number", "Not Found" },
	{ 604, 1, 7, "unknown_number", "Does Not Exist Anywhere" },
	{ 484, 28, 7, "unknown_number", "Address Incomplete" },
	{ 410, 22, 7, "unknown_number", "Gone" },
	{ 480, 20, 8, "offline", "Temporarily Unavailable" },
	{ 430, 20, 8, "offline", "Flow Failed" },
	{ 503, 41, 9, "unavailable", "Service Unavailable" },
	{ 502, 38, 9, "unavailable", "Bad Gateway" },
	{ 504, 102, 9, "unavailable", "Server Time-out" },
	{ 481, 41, 10, "lost", "Call/Transaction Does Not Exist" },
	{ 500, 41, 11, "failed", "Server Internal Error" },
};

enum { COUNT = sizeof(causes) / sizeof(*causes) };

/* RFC 3398 has more Q.850 values than SIP has statuses. */
static const struct {
	int q850;
	int sip;
} from_q850[] = {
	{ 1, 404 }, { 2, 404 }, { 3, 404 }, { 16, 200 }, { 17, 486 },
	{ 18, 408 }, { 19, 480 }, { 20, 480 }, { 21, 603 }, { 22, 410 },
	{ 26, 404 }, { 27, 502 }, { 28, 484 }, { 31, 480 }, { 34, 503 },
	{ 38, 503 }, { 41, 503 }, { 42, 503 }, { 47, 503 }, { 65, 488 },
	{ 79, 500 }, { 88, 488 }, { 102, 504 },
};

static int find(int status)
{
	int i;

	for (i = 0; i < COUNT; i++)
		if (causes[i].sip == status)
			return i;
	return -1;
}

struct cause cause_of_sip(int status)
{
	/* beyond 699 are the SIP library's own troubles */
	struct cause cause = { status < 700 ? status : 500, 41, "failed" };
	int i = find(status);

	if (i >= 0) {
		cause.q850 = causes[i].q850;
		cause.reason = causes[i].reason;
	}
	return cause;
}

struct cause cause_of_q850(int q850)
{
	struct cause cause = cause_of_sip(500);
	size_t i;

	for (i = 0; i < sizeof(from_q850) / sizeof(*from_q850); i++)
		if (from_q850[i].q850 == q850)
			cause = cause_of_sip(from_q850[i].sip);
	cause.q850 = q850;
	return cause;
}

const char *cause_phrase(int status)
{
	int i = find(status);

	return i < 0 ? "Failure" : causes[i].phrase;
}

int cause_better(int a, int b)
{
	int i = find(a), j = find(b);
	int rank_a = i < 0 ? COUNT : causes[i].rank;
	int rank_b = j < 0 ? COUNT : causes[j].rank;

	return rank_b < rank_a ? b : a;
}
