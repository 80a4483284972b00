/* cookie.h - the cookie that carries a login */
#ifndef COOKIE_H
#define COOKIE_H

#include "request.h"
#include "session.h"

/** The cookie's value. @return 0, or -1 when the request has none */
int cookie_get(const struct request *req, char value[COOKIE_SIZE]);

/** Let the browser keep it as long as the login. */
void cookie_set(struct request *req, const char *value);

/** Let the browser forget it. */
void cookie_expire(struct request *req);

#endif
