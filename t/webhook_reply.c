/* webhook_reply.c - tests of webhooks/reply.c: what receivers answer */
#include "reply.h"

#include <string.h>

#include "tap.h"

static const struct {
	const char *what;
	const char *text;
	enum reply_wish wish;
	const char *to, *on_answer, *on_hangup, *ignored;
} cases[] = {
	{ "nothing", "", REPLY_NOTHING, "", "", "", "" },
	{ "empty", "<Response/>", REPLY_NOTHING, "", "", "", "" },
	{ "both URLs", "<?xml version='1.0'?><!-- x -->\n"
	  "<Response onAnswer=\"http://a/?x=1&amp;y=&#x41;\""
	  " onHangup = 'https://b/' />", REPLY_NOTHING, "",
	  "http://a/?x=1&y=A", "https://b/", "" },
	{ "no URLs", "<Response onAnswer='file:///x' onHangup='http://a b'/>",
	  REPLY_NOTHING, "", "", "", "" },
	{ "reject", "<Response><Reject/></Response>", REPLY_REJECT, "", "",
	  "", "" },
	{ "hang up", "<Response> <Hangup></Hangup> </Response>",
	  REPLY_HANGUP, "", "", "", "" },
	{ "dial", "<Response><Dial><Number> +4930 </Number></Dial>"
	  "</Response>", REPLY_DIAL, "+4930", "", "", "" },
	{ "dial a name", "<Response><Dial><Number>bob</Number></Dial>"
	  "</Response>", REPLY_NOTHING, "", "", "", "" },
	{ "number outside of dial", "<Response><Number>22</Number></Response>",
	  REPLY_NOTHING, "", "", "", "Number" },
	{ "voice mail", "<Response><Dial><Voicemail/></Dial></Response>",
	  REPLY_NOTHING, "", "", "", "Voicemail" },
	{ "the first counts", "<Response><Reject/><Hangup/></Response>",
	  REPLY_REJECT, "", "", "", "Hangup" },
	{ "play", "<Response><Play><Url>http://a/</Url></Play></Response>",
	  REPLY_NOTHING, "", "", "", "Play" },
	{ "half", "<Response><Reject/>", REPLY_NOTHING, "", "", "", "" },
	{ "crossed", "<Response><Reject></Response></Reject>", REPLY_NOTHING,
	  "", "", "", "" },
	{ "document type", "<!DOCTYPE x [<!ENTITY a 'b'>]><Response>"
	  "<Reject/></Response>", REPLY_NOTHING, "", "", "", "" },
	{ "unknown entity", "<Response onAnswer='http://a/&a;'>"
	  "<Reject/></Response>", REPLY_REJECT, "", "", "", "" },
	{ "too deep", "<Response><a><a><a><a><a><a><a><a>", REPLY_NOTHING, "",
	  "", "", "" },
	{ "HTML", "<html><body>Hello</body></html>", REPLY_NOTHING, "", "",
	  "", "" },
};

enum { CASES = sizeof(cases) / sizeof(*cases) };

static void test_json(void)
{
	static const struct {
		const char *text;
		enum reply_wish wish;
		int busy;
	} docs[] = {
		{ "{}", REPLY_NOTHING, 0 },
		{ "{\"action\": \"reject\"}", REPLY_REJECT, 0 },
		{ "{\"action\": \"reject\", \"reason\": \"busy\"}",
		  REPLY_REJECT, 1 },
		{ "{\"action\": \"dial\", \"number\": \"22\"}", REPLY_NOTHING,
		  0 },
		{ "[\"action\"]", REPLY_NOTHING, 0 },
		{ "{\"action\": 7}", REPLY_NOTHING, 0 },
		{ "{\"action\": \"reject\"", REPLY_NOTHING, 0 },
	};
	struct reply reply;
	size_t i;

	for (i = 0; i < sizeof(docs) / sizeof(*docs); i++) {
		reply_read_json(&reply, docs[i].text, strlen(docs[i].text));
		ok(reply.wish == docs[i].wish && reply.busy == docs[i].busy,
			"%s", docs[i].text);
	}
}

int main(void)
{
	struct reply reply;
	int i;

	plan(CASES * 5 + 7);
	for (i = 0; i < CASES; i++) {
		reply_read_xml(&reply, cases[i].text, strlen(cases[i].text));
		is_int(reply.wish, cases[i].wish, "%s", cases[i].what);
		is_str(reply.to, cases[i].to, "%s",
			cases[i].what);
		is_str(reply.on_answer, cases[i].on_answer, "%s",
			cases[i].what);
		is_str(reply.on_hangup, cases[i].on_hangup, "%s",
			cases[i].what);
		is_str(reply.ignored, cases[i].ignored, "%s",
			cases[i].what);
	}
	test_json();
	return done();
}
