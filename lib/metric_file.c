/* metric_file.c - the file in which a process counts */
#include "metric_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "mem.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

char *metric_path(char buf[METRIC_PATH_SIZE], const char *name)
{
	snprintf(buf, METRIC_PATH_SIZE, "%s/%s", conf.metrics_dir, name);
	return buf;
}

int metric_name_fits(const char *name)
{
	size_t n = strspn(name, LOWER DIGITS "-_");

	return n > 0 && n < 64 && !name[n] && strchr(LOWER, *name);
}

/* Text of a cell is terminated and needs no escape. */
static int is_text(const char *text, size_t size, const char *chars)
{
	size_t i, n = strnlen(text, size);

	for (i = 0; i < n; i++)
		if (chars ? !strchr(chars, text[i]) : text[i] < ' ' ||
				text[i] > '~' || strchr("\"\\", text[i]))
			return 0;
	return n < size;
}

static int is_sound(const struct metric_cell *cell)
{
	return cell->kind < CELL_KINDS &&
		!strncmp(cell->name, "mypbx_", 6) &&
		is_text(cell->name, sizeof(cell->name), LOWER DIGITS "_") &&
		is_text(cell->label, sizeof(cell->label), LOWER "_") &&
		is_text(cell->word, sizeof(cell->word), NULL) &&
		is_text(cell->help, sizeof(cell->help), NULL);
}

static int head_fits(const struct metric_head *head)
{
	return !memcmp(head->magic, METRIC_MAGIC, sizeof(head->magic)) &&
		head->size == sizeof(struct metric_cell) &&
		head->cells <= METRIC_CELLS_MAX;
}

/* The file may be torn or grow while we read. */
static void read_cells(struct metric_file *file, int fd)
{
	size_t room = file->head.cells * sizeof(*file->cells), i, n;
	ssize_t got;

	file->cells = mem_zalloc(room + 1);
	got = pread(fd, file->cells, room, sizeof(file->head));
	n = got > 0 ? (size_t)got / sizeof(*file->cells) : 0;
	file->count = 0;
	for (i = 0; i < n; i++)
		if (is_sound(&file->cells[i]))
			file->cells[file->count++] = file->cells[i];
}

/* Its process holds a lock as long as it lives, however it ends. */
static int is_held(int fd)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	return !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
}

int metric_file_read(struct metric_file *file, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int fits;

	if (fd < 0)
		return -1;
	fits = pread(fd, &file->head, sizeof(file->head), 0) ==
		sizeof(file->head) && head_fits(&file->head);
	if (fits) {
		read_cells(file, fd);
		file->alive = is_held(fd);
	}
	close(fd);
	return fits ? 0 : -1;
}

void metric_file_clear(struct metric_file *file)
{
	free(file->cells);
	file->cells = NULL;
	file->count = 0;
}
