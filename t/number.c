/* number.c - tests of lib/number.c: what a dialled text means */
#include "number.h"

#include "tap.h"

static const struct {
	const char *text;
	const char *digits;	/* NULL: no number */
} clean[] = {
	{ "22", "22" },
	{ " 2 2 ", "22" },
	{ "+49 73009-0", "+49730090" },
	{ "07031/73009(0)", "07031730090" },
	{ "+49 (0)30 / 123.456", "+4930123456" },
	{ "(030) 123-456", "030123456" },
	{ "tel:+493012;phone-context=x", "+493012" },
	{ "TEL:110", "110" },
	{ "0049 30 12", "00493012" },
	{ "", NULL },
	{ "+", NULL },
	{ "   ", NULL },
	{ "bob", NULL },
	{ "1+2", NULL },
	{ "22a", NULL },
	{ "1234567890123456789012345678901", "1234567890123456789012345678901" },
	{ "12345678901234567890123456789012", NULL },
	{ "sip:22@example.com", NULL },
	{ "\xc2\xb2", NULL },
};

static const struct {
	const char *digits;
	const char *canonical;
} canonical[] = {
	{ "22", "22" },
	{ "03012345", "+493012345" },
	{ "00431234", "+431234" },
	{ "+493012345", "+493012345" },
	{ "110", "110" },
};

enum {
	CLEAN = sizeof(clean) / sizeof(*clean),
	CANONICAL = sizeof(canonical) / sizeof(*canonical)
};

int main(void)
{
	static const struct dial_plan berlin = { "49", "30", "00", "0", "" };
	char got[NUMBER_SIZE];
	int i, err;

	plan(CLEAN + CANONICAL);
	for (i = 0; i < CLEAN; i++) {
		err = number_clean(clean[i].text, got);
		is_str(err ? NULL : got, clean[i].digits, "clean \"%s\"",
			clean[i].text);
	}
	for (i = 0; i < CANONICAL; i++) {
		number_canonical(&berlin, canonical[i].digits, got);
		is_str(got, canonical[i].canonical, "canonical %s",
			canonical[i].digits);
	}
	return done();
}
