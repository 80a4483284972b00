/* metric_file.h - the file in which a process counts */
#ifndef METRIC_FILE_H
#define METRIC_FILE_H

#include <stddef.h>
#include <stdint.h>

enum { METRIC_CELLS_MAX = 1024, METRIC_PATH_SIZE = 512 };

#define METRIC_MAGIC "mypbxm1"

enum metric_kind {
	CELL_COUNTER,
	CELL_GAUGE,
	CELL_LARGEST,
	CELL_BUCKET,		/* its word is the upper bound, in seconds */
	CELL_SUM,		/* in us, behind the buckets */
	CELL_KINDS
};

/** One number and all that is said about it. */
struct metric_cell {
	char name[56];
	char label[16];		/* "": it has none */
	char word[40];
	char help[128];
	uint32_t kind;
	uint32_t unused;
	int64_t value;
};

struct metric_head {
	char magic[8];
	uint32_t size;		/* of a cell */
	uint32_t cells;
	int64_t beat_ms;	/* last sign of life, steady clock */
	int64_t unused;
};

/** A file that was read; it may be of another version of its program. */
struct metric_file {
	struct metric_head head;
	struct metric_cell *cells;	/* that can be trusted */
	size_t count;
	int alive;		/* its process is there */
};

/** Path of a file; the name is not checked. @return buf */
char *metric_path(char buf[METRIC_PATH_SIZE], const char *name);

/** Whether this is the name of such a file, "api-login-3". */
int metric_name_fits(const char *name);

/**
 * Read a file. It is not trusted: what is odd in it is left out.
 *
 * @return 0, or -1 when it is not there, or not one of ours
 */
int metric_file_read(struct metric_file *file, const char *path);
void metric_file_clear(struct metric_file *file);

#endif
