/* run.c - a fuzz target without libFuzzer: its corpus, and mutations of it */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tap.h"

enum { INPUTS = 64, SIZE = 4096, MUTATIONS = 20000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	uint8_t data[SIZE];
	size_t size;
} corpus[INPUTS];

static int inputs;

/* The same mutations each time: a failure can be repeated. */
static uint32_t random_next(void)
{
	static uint32_t x = 2463534242u;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x;
}

static void load(const char *folder)
{
	struct dirent *entry;
	char path[1024];
	DIR *dir = opendir(folder);
	FILE *f;

	while (dir && (entry = readdir(dir)) && inputs < INPUTS) {
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		f = *entry->d_name == '.' ? NULL : fopen(path, "rb");
		if (!f)
			continue;
		corpus[inputs].size = fread(corpus[inputs].data, 1, SIZE, f);
		inputs++;
		fclose(f);
	}
	if (dir)
		closedir(dir);
}

/* Exactly as long as it is: the sanitizer sees a byte too much. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);

	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

static size_t mutate(uint8_t *data, size_t size)
{
	static const char *const tokens[] = { "%", "%00", "%c3", "\"", "\\u",
		"{", "[", "&", "=", "/", "?", "\n", ";", "\xff", "\xe2\x80",
		"1e999", "mypbx=", "\\ud800" };
	size_t at = size ? random_next() % size : 0, n;
	const char *token = tokens[random_next() % 18];

	switch (random_next() % 4) {
	case 0:
		if (size)
			data[at] = (uint8_t)random_next();
		return size;
	case 1:
		return at;
	case 2:
		n = strlen(token);
		if (size + n > SIZE)
			return size;
		memmove(data + at + n, data + at, size - at);
		memcpy(data + at, token, n);
		return size + n;
	default:
		n = size - at;
		if (n > 64)
			n = 64;
		if (size + n > SIZE)
			return size;
		memmove(data + at + n, data + at, size - at);
		return size + n;
	}
}

int main(int argc, char **argv)
{
	uint8_t data[SIZE];
	size_t size;
	int i, k, from;

	plan(2);
	load(argc > 1 ? argv[1] : FUZZ_CORPUS);
	for (i = 0; i < inputs; i++)
		run(corpus[i].data, corpus[i].size);
	ok(inputs > 0, "%d inputs of the corpus", inputs);
	for (i = 0; i < MUTATIONS && inputs; i++) {
		from = (int)(random_next() % (uint32_t)inputs);
		size = corpus[from].size;
		memcpy(data, corpus[from].data, size);
		for (k = 0; k < 1 + i % 5; k++)
			size = mutate(data, size);
		run(data, size);
	}
	ok(1, "%d mutations", MUTATIONS);
	return done();
}
