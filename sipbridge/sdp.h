/* sdp.h - session descriptions as the bridge changes them, RFC 4566, 3264 */
#ifndef SDP_H
#define SDP_H

#include <stdint.h>

/** Longest body that is looked at; more is refused. */
enum { SDP_MAX = 16384, SDP_MEDIA_MAX = 64 };

enum sdp_direction { SDP_SENDRECV, SDP_SENDONLY, SDP_RECVONLY, SDP_INACTIVE };

/** What one leg has said about its session: its own o= line. */
struct sdp_origin {
	uint32_t id;
	uint32_t version;
	char *body;	/* as sent last */
};

void sdp_origin_clear(struct sdp_origin *origin);

/**
 * Body as this leg sends it: with the leg's own origin, so that the peer's
 * never leaks through, and a version that grows only when the rest changes
 * (RFC 3264 section 8).
 *
 * @return borrowed until the next call
 */
const char *sdp_stamp(struct sdp_origin *origin, const char *body);

/** Whether a text can be a session description: v=, then lines x=... */
int sdp_valid(const char *body);

/** Offer that has audio but nowhere to send it, for the first half of a
 * click-to-dial (RFC 3725 section 4.3); static. */
const char *sdp_black_hole(void);

/** Answer that accepts an offer's media but lets nothing flow; new. */
char *sdp_inactive(const char *offer);

/** Offer that asks for both directions, whatever it asked before; new. */
char *sdp_active(const char *offer);

/** How many media it describes: m= lines. */
int sdp_media(const char *body);

/**
 * The body with at least `least` and at most `most` media: what is missing is
 * put there as refused (port 0), what is too much is cut off; new.
 */
char *sdp_fit(const char *body, int least, int most);

/** Direction as the sender of the body sees it: of its first open media. */
enum sdp_direction sdp_direction(const char *body);

#endif
