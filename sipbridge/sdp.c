/* sdp.c - session descriptions as the bridge changes them, RFC 4566, 3264 */
#include "sdp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "mem.h"

/* A line without its end, and the text behind that end. */
struct line {
	const char *text;
	size_t len;
};

static const char *next_line(const char *s, struct line *line)
{
	if (!*s)
		return NULL;
	line->text = s;
	line->len = strcspn(s, "\r\n");
	s += line->len;
	if (*s == '\r')
		s++;
	if (*s == '\n')
		s++;
	return s;
}

static int begins(const struct line *line, const char *with)
{
	size_t n = strlen(with);

	return line->len >= n && !memcmp(line->text, with, n);
}

static int is_direction(const struct line *line)
{
	return begins(line, "a=sendrecv") || begins(line, "a=sendonly") ||
	       begins(line, "a=recvonly") || begins(line, "a=inactive");
}

/* Room for a body that grows by at most one line per line it has. */
struct writer {
	char *text;
	size_t len;
	size_t size;
};

static void put(struct writer *w, const char *text, size_t len)
{
	if (w->len + len + 3 > w->size) {
		w->size = (w->len + len + 3) * 2;
		w->text = mem_realloc(w->text, w->size);
	}
	memcpy(w->text + w->len, text, len);
	w->len += len;
	memcpy(w->text + w->len, "\r\n", 3);
	w->len += 2;
}

static void put_text(struct writer *w, const char *text)
{
	put(w, text, strlen(text));
}

int sdp_valid(const char *body)
{
	struct line line;
	const char *s = body;
	int lines = 0;

	if (strlen(body) > SDP_MAX || strncmp(body, "v=0", 3))
		return 0;
	while ((s = next_line(s, &line))) {
		if (line.len < 2 || line.text[1] != '=' ||
		    line.text[0] < 'a' || line.text[0] > 'z')
			return 0;
		lines++;
	}
	return lines >= 3;
}

static void put_origin(struct writer *w, const struct sdp_origin *origin)
{
	char text[80];

	snprintf(text, sizeof(text), "o=mypbx %u %u IN IP4 127.0.0.1",
		origin->id, origin->version);
	put_text(w, text);
}

static char *with_origin(const struct sdp_origin *origin, const char *body)
{
	struct writer w = { NULL, 0, 0 };
	struct line line;
	const char *s = body;
	int media = 0;

	while ((s = next_line(s, &line))) {
		media |= begins(&line, "m=");
		if (!media && begins(&line, "o="))
			put_origin(&w, origin);
		else
			put(&w, line.text, line.len);
	}
	return w.text ? w.text : mem_strdup("");
}

void sdp_origin_clear(struct sdp_origin *origin)
{
	free(origin->body);
	origin->body = NULL;
}

const char *sdp_stamp(struct sdp_origin *origin, const char *body)
{
	char *text;

	if (!origin->id) {
		id_random(&origin->id, sizeof(origin->id));
		origin->id |= 1;
	}
	text = with_origin(origin, body);
	if (origin->body && strcmp(origin->body, text)) {
		free(text);
		origin->version++;
		text = with_origin(origin, body);
	}
	free(origin->body);
	origin->body = text;
	return text;
}

const char *sdp_black_hole(void)
{
	return "v=0\r\n"
	       "o=mypbx 1 0 IN IP4 127.0.0.1\r\n"
	       "s=-\r\n"
	       "c=IN IP4 0.0.0.0\r\n"
	       "t=0 0\r\n"
	       "m=audio 9 RTP/AVP 8 0 9 18 101\r\n"
	       "a=rtpmap:8 PCMA/8000\r\n"
	       "a=rtpmap:0 PCMU/8000\r\n"
	       "a=rtpmap:9 G722/8000\r\n"
	       "a=rtpmap:18 G729/8000\r\n"
	       "a=rtpmap:101 telephone-event/8000\r\n"
	       "a=fmtp:101 0-15\r\n"
	       "a=inactive\r\n";
}

/* The body with one direction for all media; "" leaves the default, which is
 * sendrecv. */
static char *directed(const char *body, const char *direction)
{
	struct writer w = { NULL, 0, 0 };
	struct line line;
	const char *s = body;
	int media = 0;

	while ((s = next_line(s, &line))) {
		if (is_direction(&line))
			continue;
		if (begins(&line, "m=") && media++ && *direction)
			put_text(&w, direction);
		put(&w, line.text, line.len);
	}
	if (media && *direction)
		put_text(&w, direction);
	return w.text ? w.text : mem_strdup("");
}

char *sdp_inactive(const char *offer)
{
	return directed(offer, "a=inactive");
}

char *sdp_active(const char *offer)
{
	return directed(offer, "");
}

int sdp_media(const char *body)
{
	struct line line;
	const char *s = body;
	int media = 0;

	while ((s = next_line(s, &line)))
		media += begins(&line, "m=");
	return media;
}

char *sdp_fit(const char *body, int least, int most)
{
	struct writer w = { NULL, 0, 0 };
	struct line line;
	const char *s = body;
	int media = 0;

	while ((s = next_line(s, &line))) {
		media += begins(&line, "m=");
		if (media > most)
			break;
		put(&w, line.text, line.len);
	}
	for (; media < least; media++)
		put_text(&w, "m=audio 0 RTP/AVP 0");
	return w.text ? w.text : mem_strdup("");
}

static enum sdp_direction direction_of(const struct line *line)
{
	if (begins(line, "a=sendonly"))
		return SDP_SENDONLY;
	if (begins(line, "a=recvonly"))
		return SDP_RECVONLY;
	if (begins(line, "a=inactive"))
		return SDP_INACTIVE;
	return SDP_SENDRECV;
}

/* "m=audio 0 RTP/AVP 0" is a media that was refused. */
static int is_open_media(const struct line *line)
{
	const char *port = memchr(line->text, ' ', line->len);

	return port && atoi(port + 1) != 0;
}

enum sdp_direction sdp_direction(const char *body)
{
	enum sdp_direction session = SDP_SENDRECV, found = SDP_SENDRECV;
	struct line line;
	const char *s = body;
	int media = 0, open = 0;

	while ((s = next_line(s, &line))) {
		if (begins(&line, "m=")) {
			if (open)
				break;
			open = is_open_media(&line);
			found = session;
			media++;
		} else if (is_direction(&line)) {
			if (!media)
				session = direction_of(&line);
			else if (open)
				found = direction_of(&line);
		} else if (begins(&line, "c=IN IP4 0.0.0.0") && (open || !media)) {
			/* hold as RFC 2543 did it */
			if (media)
				found = SDP_INACTIVE;
			else
				session = SDP_INACTIVE;
		}
	}
	return media ? found : session;
}
