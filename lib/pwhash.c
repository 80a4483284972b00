/* pwhash.c - passwords as they are stored */
#include "pwhash.h"

#include <stdlib.h>
#include <string.h>

#include <crypt.h>
#include <openssl/crypto.h>
#include <sodium.h>

#include "auth.h"
#include "log.h"
#include "mem.h"

/* What OWASP recommends. A login worker takes that much memory while it hashes,
 * and no longer. */
enum { PASSES = 2, MEMORY = 19 * 1024 * 1024 };

/* As pwhash_make() makes it; of a password nobody has. */
static const char nobody[] =
	"$argon2id$v=19$m=19456,t=2,p=1$rLF4b0ks95Gf8sx9m43lJg$"
	"+bqHa9oYW7aWjDF+gRgfE3KOnMd1orGlcGtXy+93MkU";

static void begin(void)
{
	if (sodium_init() < 0) {
		log_error("password hashing failed");
		abort();
	}
}

char *pwhash_make(const char *password)
{
	char hash[crypto_pwhash_STRBYTES];

	begin();
	if (crypto_pwhash_str(hash, password, strlen(password), PASSES,
			MEMORY)) {
		log_error("password hashing failed");
		abort();
	}
	return mem_strdup(hash);
}

static int is_argon(const char *hash)
{
	return !strncmp(hash, crypto_pwhash_STRPREFIX,
		strlen(crypto_pwhash_STRPREFIX));
}

static int check_crypt(const char *password, const char *hash)
{
	struct crypt_data *data = mem_zalloc(sizeof(*data));
	const char *got = crypt_r(password, hash, data);
	int same = got && *got != '*' && auth_equal(got, hash);

	OPENSSL_cleanse(data, sizeof(*data));
	free(data);
	return same;
}

int pwhash_check(const char *password, const char *hash)
{
	int known = hash && *hash;
	const char *expected = known ? hash : nobody;

	if (!is_argon(expected))
		return check_crypt(password, expected);
	begin();
	return !crypto_pwhash_str_verify(expected, password, strlen(password))
		&& known;
}

int pwhash_is_old(const char *hash)
{
	return crypto_pwhash_str_needs_rehash(hash, PASSES, MEMORY) != 0;
}
