/* cause.c - tests of sipbridge/cause.c: why a call ended */
#include "cause.h"

#include "tap.h"

static const struct {
	int sip;
	int q850;
	const char *reason;
} of_sip[] = {
	{ 200, 16, "normal" },
	{ 486, 17, "busy" },
	{ 600, 17, "busy" },
	{ 603, 21, "rejected" },
	{ 408, 18, "no_answer" },
	{ 480, 20, "offline" },
	{ 404, 1, "unknown_number" },
	{ 487, 31, "cancelled" },
	{ 503, 41, "unavailable" },
	{ 499, 41, "failed" },
};

static const struct {
	int q850;
	int sip;
} of_q850[] = {
	{ 16, 200 }, { 17, 486 }, { 21, 603 }, { 1, 404 }, { 127, 500 },
};

static const struct {
	int a, b, better;
} pairs[] = {
	{ 480, 486, 486 }, { 486, 480, 486 }, { 486, 603, 603 },
	{ 408, 480, 408 }, { 499, 480, 480 }, { 500, 499, 500 },
	{ 486, 486, 486 },
};

enum {
	SIP = sizeof(of_sip) / sizeof(*of_sip),
	Q850 = sizeof(of_q850) / sizeof(*of_q850),
	PAIRS = sizeof(pairs) / sizeof(*pairs)
};

int main(void)
{
	struct cause cause;
	int i;

	plan(2 * SIP + 2 * Q850 + PAIRS + 1);
	for (i = 0; i < SIP; i++) {
		cause = cause_of_sip(of_sip[i].sip);
		is_int(cause.q850, of_sip[i].q850, "SIP %d", of_sip[i].sip);
		is_str(cause.reason, of_sip[i].reason, "SIP %d in words",
			of_sip[i].sip);
	}
	for (i = 0; i < Q850; i++) {
		cause = cause_of_q850(of_q850[i].q850);
		is_int(cause.sip, of_q850[i].sip, "Q.850 %d",
			of_q850[i].q850);
		is_int(cause.q850, of_q850[i].q850, "and stays itself");
	}
	for (i = 0; i < PAIRS; i++)
		is_int(cause_better(pairs[i].a, pairs[i].b), pairs[i].better,
			"%d or %d", pairs[i].a, pairs[i].b);
	is_int(cause_of_sip(900).sip, 500, "the library's own troubles");
	return done();
}
