/* fake_ids.c - names and chances that are the same in each run of a test */
#include "ids.h"

#include <stdint.h>
#include <stdio.h>

#include "fake_ids.h"

static uint64_t state = 1;

/* xorshift64 */
static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

void fake_ids_seed(uint64_t seed)
{
	state = seed * 2 + 1;
}

int fake_ids_below(int n)
{
	return (int)((next() >> 20) % (uint64_t)n);
}

void id_random(void *buf, size_t size)
{
	unsigned char *at = buf;

	while (size--)
		*at++ = (unsigned char)(next() >> 20);
}

char *id_make(char letter, char buf[ID_SIZE])
{
	snprintf(buf, ID_SIZE, "%c%016llx", letter,
		(unsigned long long)next());
	return buf;
}

char *id_secret(char buf[SECRET_SIZE])
{
	snprintf(buf, SECRET_SIZE, "%016llx", (unsigned long long)next());
	return buf;
}
