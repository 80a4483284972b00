/* stamp.c - tests of lib/stamp.c: times as others write them */
#include "stamp.h"

#include "tap.h"

static const struct {
	const char *text;
	const char *want;	/* as we write it; NULL: it is none */
} cases[] = {
	{ "2026-11-22T12:00:00Z", "2026-11-22T12:00:00.000Z" },
	{ "2026-11-22T12:00:00.25Z", "2026-11-22T12:00:00.250Z" },
	{ "2026-11-22T12:00:00.123456789Z", "2026-11-22T12:00:00.123Z" },
	{ "2026-11-22T12:00:00+01:00", "2026-11-22T11:00:00.000Z" },
	{ "2026-11-22T00:30:00.5-02:30", "2026-11-22T03:00:00.500Z" },
	{ "2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z" },
	{ "2026-02-29T00:00:00Z", NULL },
	{ "2026-11-31T00:00:00Z", NULL },
	{ "2026-13-01T00:00:00Z", NULL },
	{ "2026-11-22T24:00:00Z", NULL },
	{ "2026-11-22T12:00:00", NULL },
	{ "2026-11-22T12:00:00z", NULL },
	{ "2026-11-22T12:00:00.Z", NULL },
	{ "2026-11-22T12:00:00+0100", NULL },
	{ "2026-11-22T12:00:00+24:00", NULL },
	{ "2026-11-22T12:00:00+01:60", NULL },
	{ "2026-11-22 12:00:00Z", NULL },
	{ " 2026-11-22T12:00:00Z", NULL },
	{ "2026-11-22T12:00:00Z ", NULL },
	{ "26-11-22T12:00:00Z", NULL },
	{ "2026-1-022T12:00:00Z", NULL },
	{ "+026-11-22T12:00:00Z", NULL },
	{ "tomorrow", NULL },
	{ "", NULL },
};

int main(void)
{
	char text[STAMP_SIZE];
	int64_t ms;
	size_t i;
	int none;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		none = stamp_read(cases[i].text, &ms);
		is_str(none ? NULL : stamp_format(ms, text), cases[i].want,
			"%s", cases[i].text);
	}
	return done();
}
