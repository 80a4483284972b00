/* text.c - text from outside: is it fit to be kept and shown? */
#include "text.h"

#include <stdint.h>
#include <string.h>

/* Unicode 15, table 3-7: the range of the second byte tells it all. */
static const struct {
	unsigned char from, to;
	unsigned char second_from, second_to;
	int length;
} forms[] = {
	{ 0x01, 0x7f, 0x00, 0x00, 1 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* @return bytes of the character at s, 0 when there is none */
static int form_length(const unsigned char *s, size_t n)
{
	size_t i;
	int k;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (*s >= forms[i].from && *s <= forms[i].to)
			break;
	if (i == sizeof(forms) / sizeof(*forms) ||
	    n < (size_t)forms[i].length)
		return 0;
	if (forms[i].length > 1 && (s[1] < forms[i].second_from ||
				    s[1] > forms[i].second_to))
		return 0;
	for (k = 2; k < forms[i].length; k++)
		if (s[k] < 0x80 || s[k] > 0xbf)
			return 0;
	return forms[i].length;
}

static int is_control(const unsigned char *s, int length)
{
	if (length == 1)
		return *s < ' ' || *s == 0x7f;
	if (length == 2)
		return s[0] == 0xc2 && s[1] < 0xa0;
	return length == 3 && s[0] == 0xe2 && s[1] == 0x80 &&
		(s[2] == 0xa8 || s[2] == 0xa9);
}

static int check(const char *text, size_t n, int controls)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + n;
	int length;

	for (; s < end; s += length) {
		length = form_length(s, (size_t)(end - s));
		if (!length || (!controls && is_control(s, length)))
			return 0;
	}
	return 1;
}

int text_utf8(const char *text, size_t n)
{
	return check(text, n, 1);
}

int text_clean(const char *text, size_t n)
{
	return check(text, n, 0);
}

int text_among(const char *words, const char *word)
{
	size_t len = strlen(word), n;

	for (; *words; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		if (n && n == len && !memcmp(words, word, n))
			return 1;
	}
	return 0;
}

size_t text_length(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

int text_is_name(const char *text)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t n = strlen(text);

	return n >= 1 && n <= 64 && strchr(first, *text) &&
		text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-")]
		== '\0';
}

int text_is_digits(const char *text, size_t min, size_t max)
{
	size_t n = strlen(text);

	return n >= min && n <= max && strspn(text, "0123456789") == n;
}

int text_is_title(const char *text)
{
	size_t n = text_length(text);

	return text_clean(text, strlen(text)) && n >= 1 && n <= 128;
}
