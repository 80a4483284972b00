/* listen.c - the FastCGI socket of a program */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "conf.h"
#include "log.h"

enum {
	HANDED_OVER = 3,
	/* With ten, a burst of 5 000 polls got 1 973 refusals. */
	BACKLOG = 4096
};

static int handed_over(void)
{
	const char *fds = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");

	return fds && atoi(fds) == 1 && (!pid || atoi(pid) == getpid()) &&
		fcntl(HANDED_OVER, F_SETFD, FD_CLOEXEC) == 0;
}

/* A socket file of a dead predecessor stands in the way. */
static int bind_path(int fd, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int err;

	if (!*path || strlen(path) >= sizeof(addr.sun_path)) {
		errno = EINVAL;
		return -1;
	}
	strcpy(addr.sun_path, path);
	unlink(path);
	mask = umask(0117);
	err = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	umask(mask);
	return err;
}

int listen_open(void)
{
	int fd;

	if (handed_over())
		return HANDED_OVER;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind_path(fd, conf.listen) || listen(fd, BACKLOG)) {
		log_error("listen failed path=%s why=%s", conf.listen,
			strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}
