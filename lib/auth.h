/* auth.h - digests */
#ifndef AUTH_H
#define AUTH_H

enum { DIGEST_SIZE = 65, HA1_SIZE = 33, DIGEST_BYTES = 32 };

/** SHA-256 in hex. @return buf */
char *auth_sha256(const char *text, char buf[DIGEST_SIZE]);

/** SHA-256. */
void auth_digest(const char *text, unsigned char bytes[DIGEST_BYTES]);

/** A digest in hex as its bytes; zeros, that nothing has as digest, when it is
 * none. */
void auth_from_hex(const char *hex, unsigned char bytes[DIGEST_BYTES]);

/** HMAC-SHA-256 in hex, RFC 2104. @return buf */
char *auth_hmac(const char *key, const char *text, char buf[DIGEST_SIZE]);

/** Digest HA1 in hex, RFC 7616 3.4.2 with MD5. @return buf */
char *auth_ha1(const char *user, const char *realm, const char *secret,
	       char buf[HA1_SIZE]);

/** Compare two texts in a time that does not tell where they differ. */
int auth_equal(const char *a, const char *b);

/** Compare two digests, in the same way. */
int auth_same_digest(const unsigned char a[DIGEST_BYTES],
		     const unsigned char b[DIGEST_BYTES]);

#endif
