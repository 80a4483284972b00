/* message.c - texts of SIP messages */
#include "message.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>

#include "mem.h"
#include "people.h"
#include "text.h"
#include "ua.h"

/* The message's body as text, when it is of the wanted type; new or NULL. */
char *message_body(sip_t const *sip, const char *type)
{
	if (!sip || !sip->sip_payload || !sip->sip_payload->pl_len)
		return NULL;
	if (type && sip->sip_content_type &&
	    strcasecmp(sip->sip_content_type->c_type, type))
		return NULL;
	return strndup(sip->sip_payload->pl_data, sip->sip_payload->pl_len);
}

char *message_reason(sip_t const *sip)
{
	sip_reason_t const *reason = sip ? sip_reason(sip) : NULL;
	char text[256];

	if (!reason)
		return NULL;
	if (sip_header_field_e(text, sizeof(text), (sip_header_t *)reason, 0)
	    < 0)
		return NULL;
	text[sizeof(text) - 1] = '\0';
	return mem_strdup(text);
}

/* Where a 3xx leads, RFC 3261 8.1.3.4: one of ours; new or NULL. */
char *message_contact(sip_t const *sip, int status)
{
	sip_contact_t const *m = sip ? sip->sip_contact : NULL;

	if (status < 300 || status > 399 || !m || !m->m_url->url_user ||
	    !text_clean(m->m_url->url_user, strlen(m->m_url->url_user)))
		return NULL;
	return mem_strdup(m->m_url->url_user);
}

int message_takes_info(sip_t const *sip)
{
	return sip->sip_allow && sip_is_allowed(sip->sip_allow,
		sip_method_info, "INFO");
}

static int has_talk(msg_list_t const *events)
{
	msg_param_t const *item = events ? events->k_items : NULL;

	for (; item && *item; item++)
		if (!strcasecmp(*item, "talk"))
			return 1;
	return 0;
}

static const char *header_text(char *buf, size_t size, void const *header)
{
	if (!header || sip_header_field_e(buf, size, header, 0) < 0)
		return NULL;
	buf[size - 1] = '\0';
	return text_clean(buf, strlen(buf)) ? buf : NULL;
}

/* @return NULL when it does not tell */
const struct learnt *message_learnt(struct telling *t, sip_t const *sip)
{
	if (!sip || (!sip->sip_allow && !sip_allow_events(sip)))
		return NULL;
	t->learnt.agent = header_text(t->agent, sizeof(t->agent),
		sip->sip_user_agent ? (void const *)sip->sip_user_agent :
		(void const *)sip->sip_server);
	t->learnt.allow = header_text(t->allow, sizeof(t->allow),
		sip->sip_allow);
	t->learnt.allow_events = header_text(t->events, sizeof(t->events),
		sip_allow_events(sip));
	return &t->learnt;
}

void message_set_learnt(struct ua_news *news, struct telling *telling,
		       sip_t const *sip)
{
	news->learnt = message_learnt(telling, sip);
	if (!news->learnt)
		return;
	news->takes_info = message_takes_info(sip);
	news->talks = has_talk((msg_list_t const *)sip_allow_events(sip));
}

const char *message_private(sip_t const *sip, const char *name)
{
	sip_unknown_t const *un;

	for (un = sip->sip_unknown; un; un = un->un_next)
		if (!strcasecmp(un->un_name, name))
			return un->un_value;
	return NULL;
}

/* Text from outside is checked where it enters: what is not clean UTF-8 is
 * not shown to anybody. */
const char *message_clean(const char *text)
{
	return text && text_clean(text, strlen(text)) ? text : "";
}

/* A display name comes with its quotes. */
char *message_name(const char *text)
{
	char *out, *o;

	text = message_clean(text);
	if (!*text)
		return NULL;
	if (*text != '"')
		return mem_strdup(text);
	out = o = mem_zalloc(strlen(text) + 1);
	for (text++; *text && *text != '"'; text++) {
		if (*text == '\\' && text[1])
			text++;
		*o++ = *text;
	}
	return out;
}

/* RFC 3323 4.2, RFC 3325 9.3 */
int message_wants_privacy(sip_privacy_t const *privacy)
{
	msg_param_t const *value = privacy->priv_values;

	for (; value && *value; value++)
		if (!strcasecmp(*value, "id") || !strcasecmp(*value, "user") ||
		    !strcasecmp(*value, "header"))
			return 1;
	return 0;
}

/* A quoted string of RFC 3261 25.1: what a name may contain, escaped. */
static char *quoted(const char *text)
{
	char *out = mem_zalloc(2 * strlen(text) + 3), *o = out;

	*o++ = '"';
	for (; *text; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			continue;
		if (*text == '"' || *text == '\\')
			*o++ = '\\';
		*o++ = *text;
	}
	*o = '"';
	return out;
}

char *message_address(const char *name, const char *number)
{
	char *text = quoted(name ? name : number), *address;

	address = mem_printf("%s <sip:%s@%s>", text, number,
		people_node.domain);
	free(text);
	return address;
}

char *ua_identity(const char *name, const char *number)
{
	char *address = message_address(name, number), *identity;

	identity = mem_printf("P-Asserted-Identity: %s", address);
	free(address);
	return identity;
}

char *ua_diversion(const char *number, const char *reason)
{
	return mem_printf("Diversion: <sip:%s@%s>;reason=%s", number,
		people_node.domain, reason);
}
