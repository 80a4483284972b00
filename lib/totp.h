/* totp.h - codes that change with the time, RFC 6238 */
#ifndef TOTP_H
#define TOTP_H

#include <stdint.h>

enum { TOTP_SECRET_SIZE = 33 };

/** Make a secret of 160 bits, in base32 (RFC 4648). @return buf */
char *totp_make_secret(char buf[TOTP_SECRET_SIZE]);

/**
 * Find the step of 30 s whose code it is: this one, the one before or the one
 * after, since clocks differ.
 *
 * @param secret  of totp_make_secret()
 * @param after   an earlier step is not looked at, nor this one
 * @return the step; 0 when it is none
 */
int64_t totp_find_step(const char *secret, const char *code, int64_t now_s,
		       int64_t after);

#endif
