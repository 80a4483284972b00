/* pwhash.h - passwords as they are stored */
#ifndef PWHASH_H
#define PWHASH_H

/** Hash for storage: Argon2id; new. */
char *pwhash_make(const char *password);

/**
 * Compare with a hash of pwhash_make(), or an old one of crypt(5). Takes as
 * long for an unknown user (hash NULL, or empty) as for a known one.
 *
 * @return whether they match
 */
int pwhash_check(const char *password, const char *hash);

/** Whether pwhash_make() would make it in another way today. */
int pwhash_is_old(const char *hash);

#endif
