/* auth.c - digests */
#include "auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "log.h"
#include "mem.h"

static char *to_hex(const unsigned char *sum, unsigned int n, char *buf)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		sprintf(buf + 2 * i, "%02x", sum[i]);
	return buf;
}

/* @return length of the digest */
static unsigned int sum_up(const EVP_MD *md, const char *text,
			   unsigned char *sum)
{
	unsigned int n;

	if (!EVP_Digest(text, strlen(text), sum, &n, md, NULL)) {
		log_error("digest failed");
		abort();
	}
	return n;
}

static char *digest(const EVP_MD *md, const char *text, char *buf)
{
	unsigned char sum[EVP_MAX_MD_SIZE];

	return to_hex(sum, sum_up(md, text, sum), buf);
}

void auth_digest(const char *text, unsigned char bytes[DIGEST_BYTES])
{
	sum_up(EVP_sha256(), text, bytes);
}

char *auth_hmac(const char *key, const char *text, char buf[DIGEST_SIZE])
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int n;

	if (!HMAC(EVP_sha256(), key, (int)strlen(key),
			(const unsigned char *)text, strlen(text), sum, &n)) {
		log_error("digest failed");
		abort();
	}
	return to_hex(sum, n, buf);
}

char *auth_sha256(const char *text, char buf[DIGEST_SIZE])
{
	return digest(EVP_sha256(), text, buf);
}

void auth_from_hex(const char *hex, unsigned char bytes[DIGEST_BYTES])
{
	size_t i;
	int ok = strlen(hex) == 2 * DIGEST_BYTES &&
		strspn(hex, "0123456789abcdef") == 2 * DIGEST_BYTES;

	for (i = 0; i < DIGEST_BYTES; i++)
		if (!ok || sscanf(hex + 2 * i, "%2hhx", bytes + i) != 1)
			bytes[i] = 0;
}

char *auth_ha1(const char *user, const char *realm, const char *secret,
	       char buf[HA1_SIZE])
{
	char *text = mem_printf("%s:%s:%s", user, realm, secret);

	digest(EVP_md5(), text, buf);
	OPENSSL_cleanse(text, strlen(text));
	free(text);
	return buf;
}

int auth_equal(const char *a, const char *b)
{
	size_t n = strlen(a);

	return n == strlen(b) && !CRYPTO_memcmp(a, b, n);
}

int auth_same_digest(const unsigned char a[DIGEST_BYTES],
		     const unsigned char b[DIGEST_BYTES])
{
	return !CRYPTO_memcmp(a, b, DIGEST_BYTES);
}
