/* cause.h - why a call ended, in SIP, Q.850 and our own words */
#ifndef CAUSE_H
#define CAUSE_H

struct cause {
	int sip;		/* status, RFC 3261 */
	int q850;
	const char *reason;	/* word of the API, static */
};

/** Cause of a SIP status that ended or refused a call (RFC 3398 8.2.6.1). */
struct cause cause_of_sip(int status);

/** Cause of a Q.850 value (RFC 3398 7.2.4.1); unknown ones are failures. */
struct cause cause_of_q850(int q850);

/** Phrase of a SIP status; static. */
const char *cause_phrase(int status);

/**
 * Which of two refusals a caller should hear, when several devices refuse: a
 * person's decision tells more than an absent phone.
 *
 * @return the better status
 */
int cause_better(int a, int b);

#endif
