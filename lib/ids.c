/* ids.c - names that nobody can guess */
#include "ids.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/rand.h>

#include "log.h"

void id_random(void *buf, size_t size)
{
	if (RAND_bytes(buf, (int)size) != 1) {
		log_error("random failed");
		abort();
	}
}

char *id_make(char letter, char buf[ID_SIZE])
{
	uint64_t r;

	id_random(&r, sizeof(r));
	snprintf(buf, ID_SIZE, "%c%016llx", letter, (unsigned long long)r);
	return buf;
}

char *id_secret(char buf[SECRET_SIZE])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char r[SECRET_SIZE - 1];
	size_t i;

	id_random(r, sizeof(r));
	for (i = 0; i < sizeof(r); i++)
		buf[i] = digits[r[i] & 63];
	buf[i] = '\0';
	return buf;
}
