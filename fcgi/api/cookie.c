/* cookie.c - the cookie that carries a login */
#include "cookie.h"

#include "conf.h"

static const char name[] = "mypbx";

int cookie_get(const struct request *req, char value[COOKIE_SIZE])
{
	return uri_cookie(request_header(req, "HTTP_COOKIE"), name, value,
		COOKIE_SIZE);
}

static void send_cookie(struct request *req, const char *value, int age_s)
{
	reply_header(request_answer(req), "Set-Cookie: %s=%s; Path=/; HttpOnly;"
		" SameSite=Strict; Max-Age=%d%s", name, value, age_s,
		conf.secure_cookie ? "; Secure" : "");
}

void cookie_set(struct request *req, const char *value)
{
	send_cookie(req, value, conf.session_s);
}

void cookie_expire(struct request *req)
{
	send_cookie(req, "", 0);
}
