/* pidf.c - what a phone or another domain says of somebody: RFC 3863, 4480 */
#include "pidf.h"

#include <string.h>

#include <expat.h>

#include "text.h"

enum { BODY_MAX = 16384, DEPTH_MAX = 16 };

#define PIDF "urn:ietf:params:xml:ns:pidf "
#define RPID "urn:ietf:params:xml:ns:pidf:rpid "

/** Where the parser is. */
struct reading {
	XML_Parser parser;
	struct pidf *pidf;
	int depth;
	int activities;		/* depth of the element, 0: outside */
	int seen;		/* the first activity counts */
	char basic[32];		/* of a tuple */
	char *text;		/* where text goes now, or NULL */
	size_t size;
	int text_depth;
	int too_long;
};

static void begin_text(struct reading *r, char *text, size_t size)
{
	*text = '\0';
	r->text = text;
	r->size = size;
	r->text_depth = r->depth;
	r->too_long = 0;
}

/* An element of activities is the word itself; "other" has it as text. */
static void take_activity(struct reading *r, const char *word)
{
	r->seen = 1;
	if (!strcmp(word, "other"))
		begin_text(r, r->pidf->activity, sizeof(r->pidf->activity));
	else if (strcmp(word, "unknown") && strlen(word) <= 64)
		strcpy(r->pidf->activity, word);
}

static void XMLCALL on_start(void *arg, const char *name,
			     const char **attributes)
{
	struct reading *r = arg;
	size_t rpid = strlen(RPID);

	if (++r->depth > DEPTH_MAX ||
	    (r->depth == 1 && strcmp(name, PIDF "presence"))) {
		XML_StopParser(r->parser, XML_FALSE);
		return;
	}
	if (r->text)	/* what stands within a text is none of ours */
		return;
	if (r->activities && r->depth == r->activities + 1 && !r->seen &&
	    !strncmp(name, RPID, rpid) && strcmp(name + rpid, "note"))
		take_activity(r, name + rpid);
	else if (!r->activities && !strcmp(name, RPID "activities"))
		r->activities = r->depth;
	else if (!*r->pidf->note && (!strcmp(name, PIDF "note") ||
			!strcmp(name, RPID "note")))
		begin_text(r, r->pidf->note, sizeof(r->pidf->note));
	else if (!strcmp(name, PIDF "basic"))
		begin_text(r, r->basic, sizeof(r->basic));
}

static void XMLCALL on_text(void *arg, const char *text, int len)
{
	struct reading *r = arg;
	size_t had = r->text ? strlen(r->text) : 0;

	if (!r->text || r->depth != r->text_depth)
		return;
	if (had + (size_t)len >= r->size) {
		r->too_long = 1;
		return;
	}
	memcpy(r->text + had, text, (size_t)len);
	r->text[had + (size_t)len] = '\0';
}

/* White space around it is the writer's. */
static void end_text(struct reading *r, size_t max)
{
	char *text = r->text;
	size_t skip = strspn(text, " \t\r\n"), n = strlen(text);

	while (n > skip && strchr(" \t\r\n", text[n - 1]))
		n--;
	memmove(text, text + skip, n - skip);
	text[n - skip] = '\0';
	if (r->too_long || !text_clean(text, n - skip) ||
	    text_length(text) > max)
		*text = '\0';
	r->text = NULL;
}

static void take_basic(struct reading *r)
{
	if (!strcmp(r->basic, "open") ||
	    (!strcmp(r->basic, "closed") && !*r->pidf->basic))
		strcpy(r->pidf->basic, r->basic);
}

static void XMLCALL on_end(void *arg, const char *name)
{
	struct reading *r = arg;

	if (r->text && r->depth == r->text_depth) {
		int is_basic = r->text == r->basic;

		end_text(r, r->text == r->pidf->note ? 256 : 64);
		if (is_basic)
			take_basic(r);
	}
	if (r->activities == r->depth)
		r->activities = 0;
	r->depth--;
}

/* No entities, no files: who declares some is refused. */
static void XMLCALL on_doctype(void *arg, const char *name,
			       const char *system, const char *public, int sub)
{
	struct reading *r = arg;

	XML_StopParser(r->parser, XML_FALSE);
}

int pidf_read(const char *body, size_t len, struct pidf *pidf)
{
	struct reading r = { .pidf = pidf };
	int ok;

	memset(pidf, 0, sizeof(*pidf));
	if (len > BODY_MAX)
		return -1;
	r.parser = XML_ParserCreateNS("UTF-8", ' ');
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	ok = XML_Parse(r.parser, body, (int)len, XML_TRUE) == XML_STATUS_OK;
	XML_ParserFree(r.parser);
	if (!ok)
		memset(pidf, 0, sizeof(*pidf));
	return ok ? 0 : -1;
}
