/* check.c - whether what an administrator wrote can be taken */
#include "check.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "ctl.h"
#include "text.h"
#include "userdb.h"

static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
static const char digits[] = "0123456789";

static int only(const char *text, const char *first, const char *also)
{
	for (; *text; text++)
		if (!strchr(first, *text) && !strchr(digits, *text) &&
		    !strchr(also, *text))
			return 0;
	return 1;
}

enum err check_name(const char *what, const char *name)
{
	if (text_is_name(name))
		return OK;
	return refused(ERR_VALUE, "%s \"%s\" must be 1 to 64 of a-z 0-9 . _ - "
		"and begin with a letter or digit", what, name);
}

enum err check_number(const char *number)
{
	return check_digits("number", number, 1, 15);
}

enum err check_digits(const char *what, const char *text, size_t min,
		      size_t max)
{
	if (text_is_digits(text, min, max))
		return OK;
	return refused(ERR_VALUE, "%s \"%s\" must be %zu to %zu digits", what,
		text, min, max);
}

int is_domain(const char *domain)
{
	return strlen(domain) >= 1 && strlen(domain) <= 253 &&
		only(domain, lower, ".-") && !strchr(".-", *domain) &&
		!strstr(domain, "..");
}

enum err check_domain(const char *domain)
{
	if (is_domain(domain))
		return OK;
	return refused(ERR_VALUE,
		"domain \"%s\" must be a host name in small letters", domain);
}

/* NULL: not given */
enum err check_role(const char *role)
{
	if (!role || text_among(USERDB_ROLES, role))
		return OK;
	return refused(ERR_VALUE, "--role \"%s\" must be user, operator or "
		"admin", role);
}

enum err check_text(const char *what, const char *text)
{
	if (text_is_title(text))
		return OK;
	return refused(ERR_VALUE, "%s must be 1 to 128 characters of UTF-8 "
		"without control characters", what);
}

enum err check_secret(const char *what, const char *secret)
{
	if (!text_clean(secret, strlen(secret)))
		return refused(ERR_VALUE, "the %s must be UTF-8 without "
			"control characters", what);
	if (text_length(secret) < PASSWORD_MIN)
		return refused(ERR_VALUE,
			"the %s must have at least %d characters", what,
			PASSWORD_MIN);
	return OK;
}

static int hide_input(const char *prompt, struct termios *old)
{
	struct termios silent;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, old))
		return 0;
	fprintf(stderr, "%s: ", prompt);
	silent = *old;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	return !tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
}

enum err check_read_secret(const char *prompt, char line[SECRET_LINE_SIZE],
			   int *given)
{
	char buf[SECRET_LINE_SIZE + 2];	/* one too many shows, and the end */
	struct termios old;
	int hidden = hide_input(prompt, &old);
	int got = fgets(buf, sizeof(buf), stdin) != NULL;
	size_t n;

	if (hidden) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		fputc('\n', stderr);
	}
	n = got ? strcspn(buf, "\r\n") : 0;
	if (n >= SECRET_LINE_SIZE)
		return refused(ERR_VALUE, "the line is longer than %d bytes",
			SECRET_LINE_SIZE - 1);
	memcpy(line, buf, n);
	line[n] = '\0';
	if (given)
		*given = got;
	return OK;
}
