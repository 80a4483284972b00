/* worker.c - one process that answers requests, one after the other */
#include "worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <fcgiapp.h>

#include "dispatch.h"
#include "log.h"
#include "me.h"
#include "mem.h"
#include "meter.h"
#include "session.h"
#include "stamp.h"

enum { PAUSE_MS = 100, HALF_S = 5 };

static volatile sig_atomic_t stopping;

static void on_term(int signal)
{
	stopping = 1;
}

/* libfcgi leaves a handler of ours alone when it is there first. */
static void catch_signals(void)
{
	struct sigaction term = { .sa_handler = on_term };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &term, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/* SIGTERM comes in only here: libfcgi takes it for a reason to drop a
 * connection whose request it has not read yet. One that comes right before
 * the accept is lost, but the parent repeats it. */
static int accept_one(int listener, const sigset_t *unblocked)
{
	sigset_t blocked;
	int fd = -1;

	sigprocmask(SIG_SETMASK, unblocked, &blocked);
	if (!stopping)
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0 && !stopping && errno != EINTR) {
		log_error("worker accepts nothing why=%s", strerror(errno));
		poll(NULL, 0, PAUSE_MS);
	}
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	return fd;
}

/* With no listening socket libfcgi cannot fall into an accept of its own. It
 * reads what nginx sends in one go; who sends half a request is cut. */
static int read_request(FCGX_Request *fcgi, int fd)
{
	struct timeval patience = { HALF_S, 0 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	fcgi->ipcFd = fd;
	fcgi->keepConnection = 1;
	fcgi->listen_sock = -1;
	return FCGX_Accept_r(fcgi);
}

/* Read to the end even when it is too much: what is left unread would break
 * the connection before nginx has read our answer. */
static char *read_body(FCGX_Stream *in, size_t *size)
{
	size_t room = BODY_MAX + 1;
	char *body = mem_zalloc(room), rest[4096];
	int n;

	*size = 0;
	while (*size <= FOREIGN_MAX) {
		if (*size == room)
			body = mem_realloc(body, room *= 2);
		n = FCGX_GetStr(body + *size, (int)(room - *size), in);
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
	size_t n = reply->size;
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
	int fd;

	catch_signals();
	if (FCGX_Init() || FCGX_InitRequest(&fcgi, -1, 0)) {
		log_error("worker cannot start");
		exit(1);
	}
	meter_open(number);
	me_open();
	while (!stopping) {
		fd = accept_one(listener, unblocked);
		if (fd >= 0 && read_request(&fcgi, fd) >= 0) {
			answer(&fcgi);
			FCGX_Finish_r(&fcgi);
		}
	}
	FCGX_Free(&fcgi, 1);
}
