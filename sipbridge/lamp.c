/* lamp.c - what a phone is told of somebody it watches, as XML */
#include "lamp.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "text.h"

enum { LONGEST = 6 };	/* "&quot;" */

static const char *entity_of(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&apos;";
	default: return NULL;
	}
}

char *lamp_escape(const char *text)
{
	char *escaped = mem_zalloc(strlen(text) * LONGEST + 1), *at = escaped;
	const char *entity;

	for (; *text; text++) {
		entity = entity_of(*text);
		if (entity)
			at = stpcpy(at, entity);
		else if ((unsigned char)*text >= ' ')
			*at++ = *text;
	}
	return escaped;
}

/* As phones know it from other systems: free is a dialog that is over. */
static const char *dialog_state(const struct lamp *lamp)
{
	if (lamp->busy)
		return "confirmed";
	return lamp->alerting ? "early" : "terminated";
}

char *lamp_dialog_info(const struct lamp *lamp)
{
	char *entity = lamp_escape(lamp->entity);
	char *text = mem_printf("<?xml version=\"1.0\"?>\n"
		"<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\""
		" version=\"%u\" state=\"full\" entity=\"%s\">\n"
		"<dialog id=\"calls\"%s><state>%s</state></dialog>\n"
		"</dialog-info>\n", lamp->version, entity,
		lamp->alerting && !lamp->busy ? " direction=\"recipient\"" : "",
		dialog_state(lamp));

	free(entity);
	return text;
}

/* RFC 4480 3.2; what is not among them goes as text. */
static const char rpid_words[] = "appointment away breakfast busy dinner "
	"holiday in-transit looking-for-work lunch meal meeting on-the-phone "
	"performance permanent-absence playing presentation shopping sleeping "
	"spectator steering travel tv vacation working worship";

/* "<rpid:lunch/>"; new */
static char *activity_of(const struct lamp *lamp)
{
	char *escaped, *text;

	if (!lamp->activity || !strcmp(lamp->activity, "available"))
		return mem_strdup("");
	if (text_among(rpid_words, lamp->activity))
		return mem_printf("<rpid:%s/>", lamp->activity);
	escaped = lamp_escape(lamp->activity);
	text = mem_printf("<rpid:other>%s</rpid:other>", escaped);
	free(escaped);
	return text;
}

/* "<note>back at one</note>"; new */
static char *note_of(const struct lamp *lamp)
{
	char *escaped, *text;

	if (!lamp->note)
		return mem_strdup("");
	escaped = lamp_escape(lamp->note);
	text = mem_printf("<note>%s</note>", escaped);
	free(escaped);
	return text;
}

/* "<basic>open</basic>"; new */
static char *basic_of(const struct lamp *lamp)
{
	return lamp->basic ? mem_printf("<basic>%s</basic>", lamp->basic) :
		mem_strdup("");
}

char *lamp_pidf(const struct lamp *lamp)
{
	char *entity = lamp_escape(lamp->entity), *basic = basic_of(lamp);
	char *activity = activity_of(lamp), *note = note_of(lamp);
	char *text = mem_printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
		" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\""
		" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\""
		" entity=\"%s\">\n"
		"<tuple id=\"tel\"><status>%s</status>%s</tuple>\n"
		"<dm:person id=\"p\"><rpid:activities>%s</rpid:activities>"
		"</dm:person>\n</presence>\n", entity,
		basic, note, activity);

	free(note);
	free(activity);
	free(basic);
	free(entity);
	return text;
}
