/* auth.h - passwords and digests */
#ifndef AUTH_H
#define AUTH_H

#include <stddef.h>

enum { DIGEST_SIZE = 65, HA1_SIZE = 33 };

/** Hash for storage, crypt(5) yescrypt; new. */
char *auth_hash(const char *password);

/**
 * Compare. Takes as long for an unknown user (hash NULL, or empty) as for a
 * known one.
 *
 * @return whether they match
 */
int auth_check(const char *password, const char *hash);

/** SHA-256 in hex. @return buf */
char *auth_sha256(const char *text, char buf[DIGEST_SIZE]);

/** HMAC-SHA-256 in hex, RFC 2104. @return buf */
char *auth_hmac(const char *key, const char *text, char buf[DIGEST_SIZE]);

/** Digest HA1 in hex, RFC 7616 3.4.2 with MD5. @return buf */
char *auth_ha1(const char *user, const char *realm, const char *secret,
	       char buf[HA1_SIZE]);

/** Compare two texts in a time that does not tell where they differ. */
int auth_equal(const char *a, const char *b);

#endif
