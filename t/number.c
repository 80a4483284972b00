/* number.c - tests of lib/number.c: what a dialled text means */
#include "number.h"

#include <stdio.h>
#include <string.h>

#include "tap.h"

static const struct {
	const char *text;
	const char *digits;	/* NULL: no number */
} clean[] = {
	{ "22", "22" },
	{ " 2 2 ", "22" },
	{ "+49 73009-0", "+49730090" },
	{ "07031/73009(0)", "07031730090" },
	{ "+49 (7031) 73009 (0)", "+497031730090" },
	{ "+49 (0)30 / 123.456", "+4930123456" },
	{ "+49(0)30123456", "+4930123456" },
	{ "0049 (0) 30 123456", "004930123456" },
	{ "+49 (0)", "+490" },
	{ "+49 (0);x=1", "+490" },
	{ "(030) 123-456", "030123456" },
	{ "(0)30 123456", "030123456" },
	{ "tel:+493012;phone-context=x", "+493012" },
	{ "tel:+49-30-12;isub=1;phone-context=+1", "+493012" },
	{ "tel:7042;phone-context=+49-30", "+49307042" },
	{ "tel:7042;Phone-Context=+49;isub=12", "+497042" },
	{ "tel:7042;phone-context=example.com", "7042" },
	{ "tel:7042;x=y", "7042" },
	{ "tel:7042;phone-context=+x", NULL },
	{ "7042;phone-context=+49", "7042" },
	{ "TEL:110", "110" },
	{ " tel:110", "110" },
	{ "tel:", NULL },
	{ "tel:;phone-context=+49", "+49" },
	{ "0049 30 12", "00493012" },
	{ "+49\xc2\xa0" "30\xe2\x80\x93" "12", "+493012" },
	{ "\xe2\x80\xad+49 30 12\xe2\x80\xac", "+493012" },
	{ "030\xe2\x80\x91" "12", "03012" },
	{ "", NULL },
	{ "+", NULL },
	{ "++49", NULL },
	{ "   ", NULL },
	{ "()", NULL },
	{ ";22", NULL },
	{ "bob", NULL },
	{ "1+2", NULL },
	{ "22a", NULL },
	{ "22\t", NULL },
	{ "*21#", NULL },
	{ "0x22", NULL },
	{ "1234567890123456789012345678901", "1234567890123456789012345678901" },
	{ "12345678901234567890123456789012", NULL },
	{ "sip:22@example.com", NULL },
	{ "\xc2\xb2", NULL },				/* superscript */
	{ "\xd9\xa2\xd9\xa2", NULL },			/* Arabic */
	{ "\xef\xbc\x92\xef\xbc\x92", NULL },		/* full width */
	{ "\xe0\xa5\xa8", NULL },			/* Devanagari */
	{ "22\xff", NULL },
};

/* country, area, international, national, subscriber */
static const struct dial_plan
	berlin = { "49", "30", "00", "0", "" },
	line = { "49", "30", "000", "00", "0" },
	vienna = { "43", "1", "000", "00", "0" },
	nine = { "1", "212", "9011", "91", "9" },
	rome = { "39", "06", "000", "0", "" },	/* its zero belongs to it */
	madrid = { "34", "", "000", "", "0" },	/* no areas, no trunk prefix */
	copenhagen = { "45", "", "00", "", "" },
	bare = { "", "", "", "", "" };

static const struct {
	const struct dial_plan *plan;
	const char *digits;
	const char *canonical;	/* NULL: no number */
} canonical[] = {
	{ &berlin, "22", "22" },
	{ &berlin, "03012345", "+493012345" },
	{ &berlin, "00431234", "+431234" },
	{ &berlin, "+493012345", "+493012345" },
	{ &berlin, "110", "110" },
	{ &berlin, "123456", "123456" },
	{ &berlin, "0", "0" },
	{ &berlin, "00", "00" },
	{ &berlin, "0110", "110" },
	{ &berlin, "0001234567", NULL },
	{ &berlin, "+0123456", NULL },
	{ &berlin, "+123456789012345", "+123456789012345" },
	{ &berlin, "+1234567890123456", NULL },
	{ &berlin, "00123456789012345", "+123456789012345" },
	{ &berlin, "001234567890123456", NULL },
	{ &berlin, "01234567890123", "+491234567890123" },
	{ &berlin, "012345678901234", NULL },
	{ &berlin, "123456789012345", "123456789012345" },
	{ &berlin, "1234567890123456", NULL },
	{ &line, "22", "22" },
	{ &line, "0", "0" },
	{ &line, "0730090", "+4930730090" },
	{ &line, "007031730090", "+497031730090" },
	{ &line, "000431234567", "+431234567" },
	{ &line, "+497031730090", "+497031730090" },
	{ &line, "0112", "112" },
	{ &line, "00", "00" },
	{ &line, "00001234567", NULL },
	{ &vienna, "000497031730090", "+497031730090" },
	{ &vienna, "05861234", "+4315861234" },
	{ &nine, "95551234", "+12125551234" },
	{ &nine, "914155551234", "+14155551234" },
	{ &nine, "901149301234567", "+49301234567" },
	{ &nine, "9911", "911" },
	{ &nine, "911", "911" },		/* no area code 1 */
	{ &rome, "0061234567", "+39061234567" },
	{ &rome, "03331234567", "+393331234567" },
	{ &madrid, "0911234567", "+34911234567" },
	{ &copenhagen, "32123456", "32123456" },
	{ &bare, "0030", "0030" },
	{ &bare, "+4930", "+4930" },
};

static const struct {
	const struct dial_plan *plan;
	const char *canonical;
	const char *dialled;
} dial[] = {
	/* innovaphone's number, seen from another area and another country */
	{ &line, "+497031730090", "007031730090" },
	{ &vienna, "+497031730090", "000497031730090" },
	{ &line, "+4930730090", "0730090" },
	{ &line, "+4930112", "0030112" },	/* "0112" is the fire brigade */
	{ &line, "22", "22" },
	{ &line, "112", "112" },
	{ &line, "", "" },
	{ &line, "+", "+" },
	{ &line, "+49", "00049" },
	{ &berlin, "+4930730090", "030730090" },
	{ &berlin, "+431234567", "00431234567" },
	{ &berlin, "+12125551234", "0012125551234" },
	{ &vienna, "+4315861234", "05861234" },
	{ &nine, "+12125551234", "95551234" },
	{ &nine, "+14155551234", "914155551234" },
	{ &nine, "+49301234567", "901149301234567" },
	{ &nine, "+12121555123", "912121555123" },	/* not "91555123" */
	{ &rome, "+39061234567", "0061234567" },
	{ &rome, "+393331234567", "03331234567" },
	{ &madrid, "+34911234567", "0911234567" },
	{ &copenhagen, "+4532123456", "004532123456" },
	{ &bare, "+4930123", "+4930123" },
};

enum {
	CLEAN = sizeof(clean) / sizeof(*clean),
	CANONICAL = sizeof(canonical) / sizeof(*canonical),
	DIAL = sizeof(dial) / sizeof(*dial),
};

/* What a node dials for a number is that number there. */
static int comes_back(const struct dial_plan *node, const char *number)
{
	char dialled[NUMBER_SIZE], again[NUMBER_SIZE];

	number_dial(node, number, dialled);
	return !number_canonical(node, dialled, again) &&
		!strcmp(again, number);
}

static void test_round_trip(void)
{
	static const struct dial_plan *const plans[] = { &berlin, &line,
		&vienna, &nine, &rome, &madrid, &copenhagen, &bare };
	static const char *const heads[] = { "4930", "4930110", "497031",
		"431", "1212", "14", "3906", "34", "45", "999" };
	char number[NUMBER_SIZE];
	size_t p, h;
	int n, failed = 0;

	for (p = 0; p < sizeof(plans) / sizeof(*plans); p++)
		for (h = 0; h < sizeof(heads) / sizeof(*heads); h++)
			for (n = 0; n < 1000; n++) {
				snprintf(number, sizeof(number), "+%s%d",
					heads[h], n * 97);
				if (!comes_back(plans[p], number) && !failed++)
					note("plan %zu %s", p, number);
			}
	is_int(failed, 0, "what is dialled for a number means that number");
}

/* For test_number.py: "country|area|international|national|subscriber|text"
 * comes in, the canonical form goes out, or "-". */
static int answer_lines(void)
{
	char line_text[512], text[256], digits[NUMBER_SIZE], got[NUMBER_SIZE];
	struct dial_plan node;
	char *field[6], *s;
	int i;

	while (fgets(line_text, sizeof(line_text), stdin)) {
		line_text[strcspn(line_text, "\n")] = '\0';
		for (i = 0, s = line_text; i < 6 && s; i++)
			field[i] = i < 5 ? strsep(&s, "|") : s;
		if (i < 6)
			return 1;
		snprintf(node.country, sizeof(node.country), "%s", field[0]);
		snprintf(node.area, sizeof(node.area), "%s", field[1]);
		snprintf(node.international, sizeof(node.international), "%s",
			field[2]);
		snprintf(node.national, sizeof(node.national), "%s", field[3]);
		snprintf(node.subscriber, sizeof(node.subscriber), "%s",
			field[4]);
		snprintf(text, sizeof(text), "%s", field[5]);
		puts(number_clean(text, digits) ||
			number_canonical(&node, digits, got) ? "-" : got);
	}
	return 0;
}

int main(int argc, char **argv)
{
	char got[NUMBER_SIZE];
	int i, err;

	if (argc > 1 && !strcmp(argv[1], "--lines"))
		return answer_lines();
	plan(CLEAN + CANONICAL + DIAL + 1);
	for (i = 0; i < CLEAN; i++) {
		err = number_clean(clean[i].text, got);
		is_str(err ? NULL : got, clean[i].digits, "clean \"%s\"",
			clean[i].text);
	}
	for (i = 0; i < CANONICAL; i++) {
		err = number_canonical(canonical[i].plan, canonical[i].digits,
			got);
		is_str(err ? NULL : got, canonical[i].canonical,
			"canonical %s in %s", canonical[i].digits,
			canonical[i].plan->country);
	}
	for (i = 0; i < DIAL; i++) {
		number_dial(dial[i].plan, dial[i].canonical, got);
		is_str(got, dial[i].dialled, "dial %s in %s",
			dial[i].canonical, dial[i].plan->country);
	}
	test_round_trip();
	return done();
}
