/* sdp.c - tests of sipbridge/sdp.c: session descriptions */
#include "sdp.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define HEAD "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\n"
#define AUDIO "m=audio 4000 RTP/AVP 0\r\n"

static const struct {
	const char *name;
	const char *body;
	enum sdp_direction direction;
} directions[] = {
	{ "nothing said", HEAD AUDIO, SDP_SENDRECV },
	{ "sendonly", HEAD AUDIO "a=sendonly\r\n", SDP_SENDONLY },
	{ "recvonly", HEAD AUDIO "a=recvonly\r\n", SDP_RECVONLY },
	{ "inactive", HEAD AUDIO "a=inactive\r\n", SDP_INACTIVE },
	{ "of the session", HEAD "a=sendonly\r\n" AUDIO, SDP_SENDONLY },
	{ "media over session", HEAD "a=sendonly\r\n" AUDIO "a=sendrecv\r\n",
	  SDP_SENDRECV },
	{ "hold of RFC 2543", "v=0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\n" AUDIO,
	  SDP_INACTIVE },
	{ "the same in the media", HEAD AUDIO "c=IN IP4 0.0.0.0\r\n",
	  SDP_INACTIVE },
	{ "a refused media does not count",
	  HEAD "m=video 0 RTP/AVP 96\r\na=inactive\r\n" AUDIO, SDP_SENDRECV },
	{ "the first open media counts",
	  HEAD AUDIO "a=sendonly\r\nm=video 5000 RTP/AVP 96\r\na=sendrecv\r\n",
	  SDP_SENDONLY },
	{ "bare line feeds", "v=0\ns=-\nt=0 0\nm=audio 1 RTP/AVP 0\na=sendonly\n",
	  SDP_SENDONLY },
};

static const struct {
	const char *body;
	int valid;
} validity[] = {
	{ HEAD AUDIO, 1 },
	{ "v=0\ns=-\nt=0 0\n", 1 },
	{ "", 0 },
	{ "v=0", 0 },
	{ "v=1\r\ns=-\r\nt=0 0\r\n", 0 },
	{ "hello", 0 },
	{ "v=0\r\ngarbage\r\nt=0 0\r\n", 0 },
	{ "v=0\r\n\r\nt=0 0\r\ns=-\r\n", 0 },
	{ "v=0\r\nV=1\r\nt=0 0\r\ns=-\r\n", 0 },
};

enum {
	DIRECTIONS = sizeof(directions) / sizeof(*directions),
	VALIDITY = sizeof(validity) / sizeof(*validity)
};

static void test_stamp(void)
{
	struct sdp_origin origin = { 0, 0, NULL };
	char first[512], second[512];

	snprintf(first, sizeof(first), "%s", sdp_stamp(&origin, HEAD AUDIO));
	ok(!strstr(first, "o=- 1 2"), "the peer's origin does not leak");
	ok(strstr(first, "o=mypbx ") != NULL, "the leg has its own origin");
	snprintf(second, sizeof(second), "%s",
		sdp_stamp(&origin, "v=0\r\no=x 9 9 IN IP4 1.2.3.4\r\ns=-\r\n"
			"c=IN IP4 192.0.2.1\r\n" AUDIO));
	is_str(second, first, "the same session keeps its version");
	snprintf(second, sizeof(second), "%s",
		sdp_stamp(&origin, HEAD AUDIO "a=sendonly\r\n"));
	ok(strstr(second, " 1 IN IP4") != NULL, "a change counts up");
	ok(strstr(second, "a=sendonly\r\n") != NULL, "and is passed on");
	sdp_origin_clear(&origin);
}

static void test_changed(void)
{
	char *body = sdp_inactive(HEAD AUDIO "a=sendrecv\r\n"
		"m=video 5000 RTP/AVP 96\r\n");

	is_str(body, HEAD AUDIO "a=inactive\r\n"
		"m=video 5000 RTP/AVP 96\r\na=inactive\r\n",
		"inactive for every media");
	free(body);
	body = sdp_active(HEAD AUDIO "a=inactive\r\na=ptime:20\r\n");
	is_str(body, HEAD AUDIO "a=ptime:20\r\n", "active again");
	free(body);
	ok(sdp_valid(sdp_black_hole()), "the black hole is a description");
	is_int(sdp_direction(sdp_black_hole()), SDP_INACTIVE,
		"into which nothing flows");
}

int main(void)
{
	char *large = malloc(SDP_MAX + 64);
	int i;

	plan(DIRECTIONS + VALIDITY + 1 + 5 + 4);
	for (i = 0; i < DIRECTIONS; i++)
		is_int(sdp_direction(directions[i].body),
			directions[i].direction, "%s", directions[i].name);
	for (i = 0; i < VALIDITY; i++)
		is_int(sdp_valid(validity[i].body), validity[i].valid,
			"valid %d", i);
	memset(large, 'a', SDP_MAX + 63);
	memcpy(large, "v=0\na=", 6);
	large[SDP_MAX + 63] = '\0';
	is_int(sdp_valid(large), 0, "too large");
	free(large);
	test_stamp();
	test_changed();
	return done();
}
