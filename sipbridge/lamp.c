/* lamp.c - what a phone is told of somebody it watches, as XML */
#include "lamp.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

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

char *lamp_pidf(const struct lamp *lamp)
{
	char *entity = lamp_escape(lamp->entity);
	char *text = mem_printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
		" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\""
		" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\""
		" entity=\"%s\">\n"
		"<tuple id=\"tel\"><status><basic>%s</basic></status></tuple>\n"
		"<dm:person id=\"p\"><rpid:activities>%s</rpid:activities>"
		"</dm:person>\n</presence>\n", entity,
		lamp->registered ? "open" : "closed",
		lamp->busy ? "<rpid:on-the-phone/>" : "");

	free(entity);
	return text;
}
