/* worker.c - one process that answers requests, one after the other */
#include "worker.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <fcgiapp.h>

#include "dispatch.h"
#include "log.h"
#include "me.h"
#include "mem.h"
#include "meter.h"
#include "session.h"
#include "stamp.h"

static volatile sig_atomic_t stopping;

/* libfcgi looks at its own flag between two accepts. A signal in between is
 * lost, but the parent repeats it. */
static void on_term(int signal)
{
	stopping = 1;
	FCGX_ShutdownPending();
}

/* libfcgi leaves a handler of ours alone when it is there first. */
static void catch_signals(const sigset_t *unblocked)
{
	struct sigaction term = { .sa_handler = on_term };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigprocmask(SIG_SETMASK, unblocked, NULL);
}

/* Read to the end even when it is too much: what is left unread would break
 * the connection before nginx has read our answer. */
static char *read_body(FCGX_Stream *in, size_t *size)
{
	char *body = mem_zalloc(BODY_MAX + 1), rest[4096];
	int n;

	*size = 0;
	while (*size <= BODY_MAX) {
		n = FCGX_GetStr(body + *size, (int)(BODY_MAX + 1 - *size), in);
		if (n <= 0)
			return body;
		*size += (size_t)n;
	}
	while (FCGX_GetStr(rest, sizeof(rest), in) > 0)
		;
	return body;
}

static void write_answer(FCGX_Stream *out, struct request *req)
{
	const struct reply *reply = request_answer(req);
	size_t n = reply->body ? strlen(reply->body) : 0;
	int i;

	FCGX_FPrintF(out, "Status: %d\r\n", reply->status);
	for (i = 0; i < reply->headers; i++) {
		FCGX_PutS(reply->header[i], out);
		FCGX_PutS("\r\n", out);
	}
	if (reply->body)
		FCGX_FPrintF(out, "Content-Type: %s\r\nContent-Length: %d\r\n",
			reply->type, (int)n);
	FCGX_PutS("\r\n", out);
	if (n && !request_is_head(req))
		FCGX_PutStr(reply->body, (int)n, out);
}

static void log_request(struct request *req, int64_t since_ms)
{
	const struct session *session = request_session(req);
	int status = request_answer(req)->status;
	int quiet = request_method(req) == GET && status < 500;

	log_write(quiet ? LOG_DEBUG : LOG_INFO,
		"request %s %s %s status=%d ms=%d user=%s", request_id(req),
		request_header(req, "REQUEST_METHOD"), request_target(req),
		status, (int)(stamp_steady_ms() - since_ms),
		session ? session->user : "-");
}

static void answer(FCGX_Request *fcgi)
{
	int64_t since_us = stamp_steady_us();
	struct request *req;
	enum err wrong;
	size_t size;
	char *body;

	body = read_body(fcgi->in, &size);
	req = request_create(fcgi->envp, body, size, &wrong);
	dispatch(req, wrong);
	write_answer(fcgi->out, req);
	metric_took(METER_REQUEST, stamp_steady_us() - since_us);
	metric_beat();
	log_request(req, since_us / 1000);
	request_destroy(req);
	free(body);
}

void worker_run(int number, int listener, const sigset_t *unblocked)
{
	FCGX_Request fcgi;

	catch_signals(unblocked);
	if (FCGX_Init() ||
	    FCGX_InitRequest(&fcgi, listener, FCGI_FAIL_ACCEPT_ON_INTR)) {
		log_error("worker cannot start");
		exit(1);
	}
	meter_open(number);
	me_open();
	while (!stopping)
		if (FCGX_Accept_r(&fcgi) >= 0) {
			answer(&fcgi);
			FCGX_Finish_r(&fcgi);
		}
	FCGX_Free(&fcgi, 1);
}
