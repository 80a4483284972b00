/*
 * full.c - loaded before a program: its files grow no more when $FULL exists
 *
 * As on a full disk: the first write that would grow a file is cut short, the
 * next ones fail with ENOSPC. What overwrites goes through.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

typedef ssize_t write_fn(int, const void *, size_t);
typedef ssize_t pwrite_fn(int, const void *, size_t, off_t);
typedef ssize_t writev_fn(int, const struct iovec *, int);
typedef ssize_t pwritev_fn(int, const struct iovec *, int, off_t);
typedef int fallocate_fn(int, off_t, off_t);

#define NEXT(type, name) ((type *)dlsym(RTLD_NEXT, name))

static int cut;			/* one was */

/* The size of a file that may not grow; -1: it may. */
static off_t limit(int fd)
{
	const char *flag = getenv("FULL");
	struct stat st;

	if (fd <= STDERR_FILENO || !flag || access(flag, F_OK)) {
		cut = 0;
		return -1;
	}
	return fstat(fd, &st) || !S_ISREG(st.st_mode) ? -1 : st.st_size;
}

static off_t place(int fd)
{
	int append = fcntl(fd, F_GETFL) & O_APPEND;

	return lseek(fd, 0, append ? SEEK_END : SEEK_CUR);
}

/* @return bytes that may be written; -1 with errno */
static ssize_t room(int fd, size_t len, off_t at)
{
	off_t size = limit(fd);

	if (size < 0 || at + (off_t)len <= size)
		return (ssize_t)len;
	if (!cut++ && len > 1)
		return (ssize_t)len / 2;
	errno = ENOSPC;
	return -1;
}

ssize_t write(int fd, const void *data, size_t len)
{
	ssize_t n = fd > STDERR_FILENO ? room(fd, len, place(fd)) :
		(ssize_t)len;

	return n < 0 ? -1 : NEXT(write_fn, "write")(fd, data, (size_t)n);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	ssize_t n = room(fd, len, at);

	return n < 0 ? -1 : NEXT(pwrite_fn, "pwrite")(fd, data, (size_t)n, at);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t at)
{
	return pwrite(fd, data, len, at);
}

static size_t sum(const struct iovec *iov, int count)
{
	size_t len = 0;

	while (count--)
		len += iov++->iov_len;
	return len;
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	size_t len = sum(iov, count);
	ssize_t n = room(fd, len, place(fd));

	if (n == (ssize_t)len)
		return NEXT(writev_fn, "writev")(fd, iov, count);
	errno = ENOSPC;
	return -1;
}

ssize_t pwritev(int fd, const struct iovec *iov, int count, off_t at)
{
	size_t len = sum(iov, count);
	ssize_t n = room(fd, len, at);

	if (n == (ssize_t)len)
		return NEXT(pwritev_fn, "pwritev")(fd, iov, count, at);
	errno = ENOSPC;
	return -1;
}

ssize_t pwritev64(int fd, const struct iovec *iov, int count, off_t at)
{
	return pwritev(fd, iov, count, at);
}

int posix_fallocate(int fd, off_t at, off_t len)
{
	off_t size = limit(fd);

	if (size >= 0 && at + len > size)
		return ENOSPC;
	return NEXT(fallocate_fn, "posix_fallocate")(fd, at, len);
}

int posix_fallocate64(int fd, off_t at, off_t len)
{
	return posix_fallocate(fd, at, len);
}
