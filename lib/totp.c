/* totp.c - codes that change with the time, RFC 6238 */
#include "totp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth.h"
#include "ids.h"
#include "log.h"

enum { STEP_S = 30, KEY_SIZE = 20, CODE_SIZE = 16 };

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

char *totp_make_secret(char buf[TOTP_SECRET_SIZE])
{
	unsigned char r[TOTP_SECRET_SIZE - 1];
	size_t i;

	id_random(r, sizeof(r));
	for (i = 0; i < sizeof(r); i++)
		buf[i] = letters[r[i] & 31];
	buf[i] = '\0';
	return buf;
}

/* 32 letters are 20 bytes, without a rest. */
static void decode(const char *secret, unsigned char key[KEY_SIZE])
{
	const char *letter;
	unsigned int bits = 0, n = 0, i = 0;

	memset(key, 0, KEY_SIZE);
	for (; *secret && i < KEY_SIZE; secret++) {
		letter = strchr(letters, *secret);
		bits = bits << 5 | (letter ? (unsigned int)(letter - letters) : 0);
		n += 5;
		if (n >= 8) {
			n -= 8;
			key[i++] = (unsigned char)(bits >> n);
		}
	}
}

/* RFC 4226, section 5.3 */
static void make_code(const unsigned char key[KEY_SIZE], int64_t step,
		      char code[CODE_SIZE])
{
	unsigned char text[8], sum[EVP_MAX_MD_SIZE], *p;
	unsigned int n, number;
	int i;

	for (i = 0; i < 8; i++)
		text[i] = (unsigned char)(step >> (56 - 8 * i));
	if (!HMAC(EVP_sha1(), key, KEY_SIZE, text, sizeof(text), sum, &n)) {
		log_error("digest failed");
		abort();
	}
	p = sum + (sum[n - 1] & 15);
	number = (unsigned int)(p[0] & 127) << 24 | (unsigned int)p[1] << 16 |
		(unsigned int)p[2] << 8 | p[3];
	snprintf(code, CODE_SIZE, "%06u", number % 1000000);
}

int64_t totp_find_step(const char *secret, const char *code, int64_t now_s,
		       int64_t after)
{
	unsigned char key[KEY_SIZE];
	char expected[CODE_SIZE];
	int64_t step, now = now_s / STEP_S, found = 0;

	decode(secret, key);
	for (step = now - 1; step <= now + 1; step++) {
		make_code(key, step, expected);
		if (auth_equal(code, expected) && step > after && !found)
			found = step;
	}
	return found;
}
