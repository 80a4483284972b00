/* send.c - one signed POST to a receiver, and what came of it */
#include "send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "auth.h"
#include "conf.h"
#include "config.h"
#include "inside.h"
#include "mem.h"
#include "meter.h"
#include "net.h"
#include "stamp.h"

enum {
	REPLY_MAX = 65536,	/* bytes of an answer that we look at */
	CONNECT_MAX_MS = 5000,
	SPARE_MAX_S = 3600,
	SIGNATURE_SIZE = 2 * DIGEST_SIZE + 64
};

struct sending {
	CURL *easy;
	struct curl_slist *headers;
	char *body;
	int trusted;
	int64_t since_ms;
	int refused;		/* an inner address */
	int full;		/* its answer is longer than we read */
	char *reply;
	size_t reply_size;
	void (*on_done)(void *arg, const struct send_outcome *outcome);
	void *arg;
};

/* --- the request ---------------------------------------------------------- */

static void add_header(struct sending *s, const char *name,
		       const char *value)
{
	char *line = mem_printf("%s: %s", name, value);

	s->headers = curl_slist_append(s->headers, line);
	free(line);
}

/* t=TIME,v1=HMAC of "TIME.BODY"; another v1 while the secret is changed. */
static void sign(struct sending *s, const struct send_params *params)
{
	char mac[DIGEST_SIZE], line[SIGNATURE_SIZE];
	long long now = stamp_ms() / 1000;
	char *text = mem_printf("%lld.%s", now, params->body);
	int n;

	n = snprintf(line, sizeof(line), "t=%lld,v1=%s", now,
		auth_hmac(params->secret, text, mac));
	if (params->secret_before)
		snprintf(line + n, sizeof(line) - (size_t)n, ",v1=%s",
			auth_hmac(params->secret_before, text, mac));
	free(text);
	add_header(s, "X-MyPBX-Signature", line);
}

static void add_headers(struct sending *s, const struct send_params *params)
{
	add_header(s, "Content-Type", params->type);
	add_header(s, "X-MyPBX-Event", params->event);
	add_header(s, "X-MyPBX-Delivery", params->delivery);
	sign(s, params);
	s->headers = curl_slist_append(s->headers, "Expect:");
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
	struct sending *s = arg;
	size_t n = size * count;

	if (s->reply_size + n > REPLY_MAX) {
		s->full = 1;
		return 0;
	}
	s->reply = mem_realloc(s->reply, s->reply_size + n + 1);
	memcpy(s->reply + s->reply_size, data, n);
	s->reply_size += n;
	return n;
}

/* The name has been resolved here: nobody can change it any more. */
static curl_socket_t on_open(void *arg, curlsocktype purpose,
			     struct curl_sockaddr *address)
{
	struct sending *s = arg;

	if (!s->trusted && !conf.webhook_inside && inside(&address->addr)) {
		s->refused = 1;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		address->protocol);
}

static void set_options(struct sending *s, const char *url)
{
	CURL *e = s->easy;
	long wait_ms = conf.webhook_wait_ms;

	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	/* who gives up does not wait for a name server that hangs */
	curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "mypbx/" PACKAGE_VERSION);
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, wait_ms);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
		wait_ms < CONNECT_MAX_MS ? wait_ms : CONNECT_MAX_MS);
	curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)strlen(s->body));
	curl_easy_setopt(e, CURLOPT_POSTFIELDS, s->body);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, s->headers);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, s);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, s);
	curl_easy_setopt(e, CURLOPT_PRIVATE, s);
}

struct sending *send_start(const struct send_params *params)
{
	struct sending *s = mem_zalloc(sizeof(*s));

	s->easy = curl_easy_init();
	s->body = mem_strdup(params->body);
	s->trusted = params->trusted;
	s->since_ms = stamp_steady_ms();
	s->on_done = params->on_done;
	s->arg = params->arg;
	add_headers(s, params);
	set_options(s, params->url);
	net_start(s->easy, s->trusted);
	return s;
}

static void destroy(struct sending *s)
{
	curl_easy_cleanup(s->easy);
	curl_slist_free_all(s->headers);
	free(s->body);
	free(s->reply);
	free(s);
}

void send_stop(struct sending *sending)
{
	if (!sending)
		return;
	net_stop(sending->easy, sending->trusted);
	destroy(sending);
}

/* --- its outcome ---------------------------------------------------------- */

static void say(struct send_outcome *outcome, enum send_result result,
		const char *why)
{
	outcome->result = result;
	snprintf(outcome->why, sizeof(outcome->why), "%s", why);
}

/* Of an answer that is too long we know how it began: that is enough. */
static void judge(const struct sending *s, CURLcode result, long status,
		  struct send_outcome *outcome)
{
	char text[32];

	snprintf(text, sizeof(text), "status %ld", status);
	if (s->refused)
		say(outcome, SEND_FAILED, "an inner address");
	else if (result != CURLE_OK && !s->full)
		say(outcome, SEND_FAILED, curl_easy_strerror(result));
	else if (status >= 200 && status < 300)
		say(outcome, SEND_DELIVERED, text);
	else
		say(outcome, status == 410 ? SEND_GONE : SEND_FAILED, text);
}

static void spare(const struct sending *s, struct send_outcome *outcome)
{
	curl_off_t after_s = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RETRY_AFTER, &after_s);
	outcome->after_s = after_s > SPARE_MAX_S ? SPARE_MAX_S :
		(long)after_s;
}

void send_on_done(CURL *easy, CURLcode result)
{
	struct send_outcome outcome = { .result = SEND_FAILED };
	char *private = NULL;
	struct sending *s;
	long status = 0;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	s = (void *)private;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	judge(s, result, status, &outcome);
	spare(s, &outcome);
	if (!s->full) {
		outcome.reply = s->reply;
		outcome.reply_size = s->reply_size;
	}
	metric_add_at(METER_ANSWERS, (int)outcome.result, 1);
	metric_took(METER_ANSWER, (stamp_steady_ms() - s->since_ms) * 1000);
	s->on_done(s->arg, &outcome);
	destroy(s);
}
