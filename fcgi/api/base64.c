/* base64.c - bytes as text (RFC 4648) */
#include "base64.h"

#include <stdlib.h>

#include <openssl/evp.h>

#include "mem.h"

char *base64_encode(const char *data, size_t size)
{
	char *text = mem_zalloc(size / 3 * 4 + 5);

	EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)data,
		(int)size);
	return text;
}

char *base64_decode(const char *text, size_t n, size_t *size)
{
	char *data = mem_zalloc(n / 4 * 3 + 1);
	int got = n % 4 || !n ? -1 : EVP_DecodeBlock((unsigned char *)data,
		(const unsigned char *)text, (int)n);

	if (got < 0) {
		free(data);
		return NULL;
	}
	*size = (size_t)got - (text[n - 1] == '=') - (text[n - 2] == '=');
	return data;
}
