/* lamp.c - tests of sipbridge/lamp.c: what phones are told, as XML */
#include "lamp.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

static const struct {
	const char *text, *escaped;
} texts[] = {
	{ "", "" },
	{ "sip:bob@example.com", "sip:bob@example.com" },
	{ "<a b=\"c\" d='e'>&amp;", "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;"
	  "&amp;amp;" },
	{ "b\xc3\xb6hm\x01\n\x1f", "b\xc3\xb6hm" },
	{ "]]>", "]]&gt;" },
};

static const struct {
	int alerting, busy;
	const char *dialog;
} states[] = {
	{ 0, 0, "<dialog id=\"calls\"><state>terminated</state></dialog>" },
	{ 1, 0, "<dialog id=\"calls\" direction=\"recipient\">"
	  "<state>early</state></dialog>" },
	{ 0, 1, "<dialog id=\"calls\"><state>confirmed</state></dialog>" },
};

static void test_dialog_info(void)
{
	struct lamp lamp = { .entity = "sip:a&b@example.com", .version = 7 };
	char *text;
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(*states); i++) {
		lamp.alerting = states[i].alerting;
		lamp.busy = states[i].busy;
		text = lamp_dialog_info(&lamp);
		ok(strstr(text, states[i].dialog) != NULL, "%s",
			states[i].dialog);
		ok(strstr(text, " version=\"7\" state=\"full\""
			" entity=\"sip:a&amp;b@example.com\">") != NULL,
			"what it is about");
		free(text);
	}
}

static const struct {
	const char *activity, *note, *want;
} activities[] = {
	{ NULL, NULL, "<status></status></tuple>" },
	{ NULL, NULL, "<rpid:activities></rpid:activities>" },
	{ "available", NULL, "<rpid:activities></rpid:activities>" },
	{ "lunch", NULL, "<rpid:activities><rpid:lunch/></rpid:activities>" },
	{ "on-the-phone", NULL, "<rpid:on-the-phone/>" },
	{ "dnd", NULL, "<rpid:other>dnd</rpid:other>" },
	{ "other", NULL, "<rpid:other>other</rpid:other>" },
	{ "lunch/><x", NULL, "<rpid:other>lunch/&gt;&lt;x</rpid:other>" },
	{ "lunch meal", NULL, "<rpid:other>lunch meal</rpid:other>" },
	{ NULL, "a <b> & c", "</status><note>a &lt;b&gt; &amp; c</note>" },
};

static void test_pidf(void)
{
	struct lamp lamp = { .entity = "sip:bob@example.com" };
	char *text;
	size_t i;

	for (i = 0; i < sizeof(activities) / sizeof(*activities); i++) {
		lamp.activity = activities[i].activity;
		lamp.note = activities[i].note;
		text = lamp_pidf(&lamp);
		ok(strstr(text, activities[i].want) != NULL, "%s",
			activities[i].want);
		free(text);
	}
}

int main(void)
{
	char *text;
	size_t i;

	test_pidf();
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		text = lamp_escape(texts[i].text);
		is_str(text, texts[i].escaped, "escaped");
		free(text);
	}
	test_dialog_info();
	return done();
}
