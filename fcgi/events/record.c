/* record.c - FastCGI records: is a request whole, and what an answer is */
#include "record.h"

#include <fastcgi.h>

enum { RECORD_MAX = 65528 };	/* of content; a multiple of 8: no padding */

/* A request of a responder is BEGIN, PARAMS..., empty PARAMS, STDIN...,
 * empty STDIN. */
struct look {
	int id;			/* 0 before BEGIN */
	int params_done;
};

static int header_fits(const struct look *look, const unsigned char *r)
{
	int id = r[2] << 8 | r[3];

	if (r[0] != FCGI_VERSION_1 || !id)
		return 0;
	if (!look->id)
		return r[1] == FCGI_BEGIN_REQUEST && r[4] == 0 && r[5] == 8;
	return id == look->id &&
		r[1] == (look->params_done ? FCGI_STDIN : FCGI_PARAMS);
}

/* @return whether this record is the request's last */
static int step(struct look *look, const unsigned char *r, size_t content)
{
	if (!look->id) {
		look->id = r[2] << 8 | r[3];
		return 0;
	}
	if (content)
		return 0;
	return look->params_done++;
}

enum record_look record_look(const unsigned char *bytes, size_t len)
{
	struct look look = { 0, 0 };
	size_t at = 0, content, size;

	while (len - at >= FCGI_HEADER_LEN) {
		const unsigned char *r = bytes + at;

		if (!header_fits(&look, r))
			return RECORD_BAD;
		content = (size_t)(r[4] << 8 | r[5]);
		size = FCGI_HEADER_LEN + content + r[6];
		if (len - at < size)
			return RECORD_PART;
		/* role 1, the responder, is all that we are */
		if (!look.id && (r[8] != 0 || r[9] != FCGI_RESPONDER))
			return RECORD_BAD;
		at += size;
		if (step(&look, r, content))
			return at == len ? RECORD_WHOLE : RECORD_BAD;
	}
	return RECORD_PART;
}

uint16_t record_id(const unsigned char *bytes)
{
	return (uint16_t)(bytes[2] << 8 | bytes[3]);
}

int record_keeps(const unsigned char *bytes)
{
	return bytes[FCGI_HEADER_LEN + 2] & FCGI_KEEP_CONN;
}

/* Parameters may begin in one record and end in another. */
static void join_params(struct bytes *to, const unsigned char *bytes,
			size_t len)
{
	const unsigned char *r;
	size_t at, content;

	for (at = 0; at < len; at += FCGI_HEADER_LEN + content + r[6]) {
		r = bytes + at;
		content = (size_t)(r[4] << 8 | r[5]);
		if (r[1] == FCGI_PARAMS)
			bytes_add(to, r + FCGI_HEADER_LEN, content);
	}
}

/* A length is a byte, or four. @return bytes taken, 0: it is none */
static size_t read_length(const unsigned char *at, size_t left, size_t *length)
{
	if (!left || (*at >> 7 && left < 4))
		return 0;
	*length = *at;
	if (!(*at >> 7))
		return 1;
	*length = (size_t)(*at & 0x7f) << 24 | (size_t)at[1] << 16 |
		(size_t)at[2] << 8 | at[3];
	return 4;
}

/* @return size of the parameter here, 0: it is none */
static size_t read_param(const char *text, size_t left, record_param_fn *fn,
			 void *arg)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t name = 0, value = 0, a, b;

	a = read_length(at, left, &name);
	b = a ? read_length(at + a, left - a, &value) : 0;
	if (!b || name > left - a - b || value > left - a - b - name)
		return 0;
	fn(arg, text + a + b, name, text + a + b + name, value);
	return a + b + name + value;
}

int record_params(const unsigned char *bytes, size_t len,
		  record_param_fn *fn, void *arg)
{
	static struct bytes all;
	size_t at, size;

	all.len = 0;
	join_params(&all, bytes, len);
	for (at = 0; at < all.len; at += size) {
		size = read_param(all.data + at, all.len - at, fn, arg);
		if (!size)
			return -1;
	}
	return 0;
}

static void header(struct bytes *to, int type, uint16_t id, size_t content,
		   size_t padding)
{
	unsigned char r[FCGI_HEADER_LEN] = { FCGI_VERSION_1,
		(unsigned char)type, (unsigned char)(id >> 8),
		(unsigned char)id, (unsigned char)(content >> 8),
		(unsigned char)content, (unsigned char)padding, 0 };

	bytes_add(to, r, sizeof(r));
}

void record_stdout(struct bytes *to, uint16_t id, const char *text,
		   size_t len)
{
	static const char zeros[8];
	size_t part, padding;

	for (; len; text += part, len -= part) {
		part = len < RECORD_MAX ? len : RECORD_MAX;
		padding = -part & 7;
		header(to, FCGI_STDOUT, id, part, padding);
		bytes_add(to, text, part);
		bytes_add(to, zeros, padding);
	}
}

void record_end(struct bytes *to, uint16_t id)
{
	static const char complete[8];	/* status 0, FCGI_REQUEST_COMPLETE */

	header(to, FCGI_STDOUT, id, 0, 0);
	header(to, FCGI_END_REQUEST, id, sizeof(complete), 0);
	bytes_add(to, complete, sizeof(complete));
}
