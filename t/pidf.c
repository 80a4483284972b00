/* pidf.c - tests of sipbridge/pidf.c: what phones and other domains say */
#include "pidf.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

#define HEAD "<presence xmlns='urn:ietf:params:xml:ns:pidf'" \
	" xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'>"
#define DOES(what) HEAD "<r:activities>" what "</r:activities></presence>"
#define SAYS(what) HEAD "<note>" what "</note></presence>"
#define EIGHT(x) x x x x x x x x

static const struct {
	const char *body, *activity, *note;	/* activity NULL: it is none */
} cases[] = {
	{ HEAD "</presence>", "", "" },
	{ DOES("<r:lunch/>"), "lunch", "" },
	{ DOES("<r:lunch/><r:busy/>"), "lunch", "" },
	{ DOES("<r:unknown/>"), "", "" },
	{ DOES("<r:other>gone <b>x</b>fishing</r:other>"), "gone fishing", "" },
	{ DOES("<r:note>n</r:note><r:meeting/>"), "meeting", "n" },
	{ DOES("<lunch/>"), "", "" },
	{ DOES("<r:other>a&#10;b</r:other>"), "", "" },
	{ DOES("<r:other>" EIGHT(EIGHT("x")) "</r:other>"),
	  EIGHT(EIGHT("x")), "" },
	{ DOES("<r:other>" EIGHT(EIGHT("x")) "y</r:other>"), "", "" },
	{ DOES("<r:other>one<r:note> x\n</r:note> two</r:other>"), "one two",
	  "" },
	{ SAYS("one<r:activities><r:busy/></r:activities>"), "", "one" },
	{ SAYS(" back &lt;at&gt;\n"), "", "back <at>" },
	{ SAYS("<![CDATA[<b>]]>"), "", "<b>" },
	{ SAYS("one</note><note>two"), "", "one" },
	{ SAYS(EIGHT(EIGHT("xxxx")) "y"), "", "" },
	{ SAYS("\xff"), NULL, NULL },
	{ SAYS("&nbsp;"), NULL, NULL },
	{ "", NULL, NULL },
	{ "<presence/>", NULL, NULL },
	{ "<!DOCTYPE p>" SAYS("x"), NULL, NULL },
	{ HEAD, NULL, NULL },
	{ SAYS("x") "<y/>", NULL, NULL },
	{ HEAD EIGHT("<a><a>") EIGHT("</a></a>") "</presence>", NULL, NULL },
};

#define IS(what) "<tuple><status><basic>" what "</basic></status></tuple>"

static const struct {
	const char *body, *basic;
} basics[] = {
	{ HEAD "</presence>", "" },
	{ HEAD IS("open") "</presence>", "open" },
	{ HEAD IS(" closed\n") "</presence>", "closed" },
	{ HEAD IS("closed") IS("open") IS("closed") "</presence>", "open" },
	{ HEAD IS("perhaps") IS("closed") "</presence>", "closed" },
	{ HEAD IS("openclosed") "</presence>", "" },
	{ HEAD IS("o<b>x</b>pen") "</presence>", "open" },
	{ HEAD "<r:basic>open</r:basic></presence>", "" },
};

int main(void)
{
	static char big[20000] = SAYS("x");
	struct pidf pidf;
	size_t i;
	int none;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		none = pidf_read(cases[i].body, strlen(cases[i].body), &pidf);
		is_str(none ? NULL : pidf.activity, cases[i].activity, "%s",
			cases[i].body);
		is_str(none ? NULL : pidf.note, cases[i].note, "its note");
	}
	for (i = 0; i < sizeof(basics) / sizeof(*basics); i++) {
		pidf_read(basics[i].body, strlen(basics[i].body), &pidf);
		is_str(pidf.basic, basics[i].basic, "%s", basics[i].body);
	}
	memset(big + strlen(big), ' ', sizeof(big) - strlen(big) - 1);
	is_int(pidf_read(big, strlen(big), &pidf), -1, "too big");
	return done();
}
