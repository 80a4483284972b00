/* notify.c - what systemd wants to hear of a service, see sd_notify(3) */
#include "notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void say(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	size_t n = path ? strlen(path) : 0;
	int fd;

	if (!n || n >= sizeof(addr.sun_path))
		return;
	memcpy(addr.sun_path, path, n);
	if (*path == '@')
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL,
		(struct sockaddr *)&addr, (socklen_t)(offsetof(
			struct sockaddr_un, sun_path) + n));
	close(fd);
}

void notify_ready(void)
{
	say("READY=1");
}

void notify_alive(void)
{
	if (getenv("WATCHDOG_USEC"))
		say("WATCHDOG=1");
}

void notify_stopping(void)
{
	say("STOPPING=1");
}
