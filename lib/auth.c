/* auth.c - passwords and digests */
#include "auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "log.h"
#include "mem.h"

/* Same method and cost as auth_hash() makes; of a password nobody has. */
static const char nobody[] = "$y$j9T$Yx1Y2ktB0Gq3KqYs4CTuC.$"
			     "Y3AbcCaPQn6w1Xo1pS3AfyJaFTgqI1ZPmk5hH1hPU2C";

char *auth_hash(const char *password)
{
	struct crypt_data *data = mem_zalloc(sizeof(*data));
	char salt[CRYPT_GENSALT_OUTPUT_SIZE];
	char *hash;

	if (!crypt_gensalt_rn("$y$", 0, NULL, 0, salt, sizeof(salt)) ||
	    !(hash = crypt_r(password, salt, data)) || *hash == '*') {
		log_error("password hashing failed");
		abort();
	}
	hash = mem_strdup(hash);
	OPENSSL_cleanse(data, sizeof(*data));
	free(data);
	return hash;
}

int auth_check(const char *password, const char *hash)
{
	struct crypt_data *data = mem_zalloc(sizeof(*data));
	int known = hash && *hash;
	const char *expected = known ? hash : nobody;
	const char *got = crypt_r(password, expected, data);
	int same = got && *got != '*' && auth_equal(got, expected);

	OPENSSL_cleanse(data, sizeof(*data));
	free(data);
	return same && known;
}

static char *to_hex(const unsigned char *sum, unsigned int n, char *buf)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		sprintf(buf + 2 * i, "%02x", sum[i]);
	return buf;
}

static char *digest(const EVP_MD *md, const char *text, char *buf)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int n;

	if (!EVP_Digest(text, strlen(text), sum, &n, md, NULL)) {
		log_error("digest failed");
		abort();
	}
	return to_hex(sum, n, buf);
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
