/* manual.c - the page mypbxctl(8), made of the tables */
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "status.h"
#include "verb.h"

static const char head[] =
	".TH MYPBXCTL 8 \"\" \"" PACKAGE_STRING "\" \"Administration of myPBX\"\n"
	".SH NAME\n"
	"mypbxctl \\- users, devices and settings of myPBX\n"
	".SH SYNOPSIS\n"
	".B mypbxctl\n"
	".RI [ SETTINGS ]\n"
	".I VERB\n"
	".RI [ OBJECT ]\n"
	".RI [ OPTIONS ]\n"
	".SH DESCRIPTION\n"
	"It talks to the database of myPBX, so it runs as the user mypbx.\n"
	"What it changes is effective at once, without a restart.\n"
	"Secrets are read from standard input and are never arguments.\n"
	".SH SETTINGS\n"
	".TP\n"
	".BI \\-\\-config \" FILE\"\n"
	"lines\n"
	".IR \"name = value\" ;\n"
	"settings on the command line win over it\n"
	".TP\n"
	".B \\-\\-help\n"
	"names all verbs, and all settings with their presets\n"
	".TP\n"
	".B \\-\\-version\n"
	"says which one it is\n"
	".SH VERBS\n"
	"With\n"
	".B \\-\\-json\n"
	"they print JSON of the shape that is told with each:\n"
	"{a, b} is an object with these members, [ ] a list.\n"
	"New members may come, none goes.\n";

static const char tail[] =
	".SH FILES\n"
	".TP\n"
	".I /etc/mypbx/mypbx.conf\n"
	"settings of all programs of myPBX, for\n"
	".B \\-\\-config\n"
	".SH SEE ALSO\n"
	"docs/operations.md, with more words about each verb\n";

/* As it is: nothing of it is a command, a minus is one. */
static void print_text(const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '\\':
			fputs("\\e", stdout);
			break;
		case '-':
			fputs("\\-", stdout);
			break;
		case '\'':
			fputs("\\(aq", stdout);
			break;
		default:
			putchar(*text);
		}
}

static void print_verb(const struct verb *verb)
{
	char *syntax = verb_syntax(verb);

	fputs(".TP\n\\fB", stdout);
	print_text(syntax);
	fputs("\\fR\n", stdout);
	print_text(verb->help);
	putchar('\n');
	if (verb->json) {
		fputs(".br\nJSON: ", stdout);
		print_text(verb->json);
		putchar('\n');
	}
	free(syntax);
}

void verb_manual(void)
{
	const struct verb *verb;
	int status;

	fputs(head, stdout);
	for (verb = verbs; verb->words; verb++)
		print_verb(verb);
	puts(".SH EXIT STATUS");
	for (status = 0; status < STATUS_COUNT; status++) {
		printf(".TP\n.B %d\n", status);
		print_text(status_text(status));
		putchar('\n');
	}
	fputs(tail, stdout);
}
