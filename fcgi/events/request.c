/* request.c - a FastCGI request, read by libfcgi */
#include "request.h"

#include <errno.h>
#include <sys/socket.h>

#include <fcgiapp.h>

#include "record.h"

/* nginx sends 64 kB of body at most, behind its own 4 to 32 kB of headers */
enum { REQUEST_MAX = 128 * 1024 };

static FCGX_Request fcgx;

void request_open(void)
{
	FCGX_Init();
}

int request_look(int fd)
{
	static unsigned char bytes[REQUEST_MAX];
	ssize_t n;

	n = recv(fd, bytes, sizeof(bytes), MSG_PEEK | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ?
			RECORD_PART : RECORD_BAD;
	if (!n || n == REQUEST_MAX)
		return RECORD_BAD;
	return record_look(bytes, (size_t)n);
}

static const char *param(const char *name)
{
	const char *value = FCGX_GetParam(name, fcgx.envp);

	return value ? value : "";
}

/* Closing a socket with unread input would be a reset for nginx. */
static void skip_input(void)
{
	char rest[4096];

	while (FCGX_GetStr(rest, sizeof(rest), fcgx.in) > 0)
		;
}

int request_take(int fd, struct request *req)
{
	FCGX_InitRequest(&fcgx, -1, 0);
	/* libfcgi closes the descriptor of a malformed request: `detached`
	 * keeps it from waiting for the peer then; with no listening socket
	 * it cannot fall into accept(). */
	fcgx.ipcFd = fd;
	fcgx.keepConnection = 1;
	fcgx.detached = 1;
	if (FCGX_Accept_r(&fcgx) < 0)
		return -1;
	skip_input();
	req->id = (uint16_t)fcgx.requestId;
	req->keep = fcgx.keepConnection;
	req->method = param("REQUEST_METHOD");
	req->path = param("DOCUMENT_URI");
	req->query = param("QUERY_STRING");
	req->authorization = param("HTTP_AUTHORIZATION");
	req->cookie = param("HTTP_COOKIE");
	req->accept = param("HTTP_ACCEPT");
	req->last_event_id = param("HTTP_LAST_EVENT_ID");
	req->request_id = param("REQUEST_ID");
	return 0;
}

void request_release(void)
{
	fcgx.ipcFd = -1;
	FCGX_Free(&fcgx, 0);
}
