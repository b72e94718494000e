#include "unit/facts.h"

#include "task/content.h"

#define NAMESPACE "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\""

enum { NO, MAYBE, IS_TASK, IS_GPO };

static int
sniff(const void *p, size_t len)
{
	uint8_t *copy = test_malloc(len > 0 ? len : 1);
	enum content kind;
	bool maybe, is;

	memcpy(copy, p, len);
	is = content_sniff((struct view){ copy, len }, &kind, &maybe);
	test_free(copy);
	assert_false(is && maybe);
	return is ? (kind == CONTENT_GPO ? IS_GPO : IS_TASK) : maybe ? MAYBE : NO;
}

static const struct {
	const char	*text;
	int		 want;
} rows[] = {
	{ "", MAYBE },
	{ " \r\n", MAYBE },
	{ "<", MAYBE },
	{ "<?xml version=\"1.0\"?>", MAYBE },
	{ "<?xml version=\"1.0\" encoding=\"UTF-16\"?><!-- a > b -->\n<Task " NAMESPACE ">", IS_TASK },
	{ "<t:Task xmlns:t=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">", IS_TASK },
	{ "<t:Task " NAMESPACE ">", MAYBE },
	{ "<Task version=\"1.2\">", IS_TASK },
	{ "<Task version=\"1.2\" xmlns=\"http://example.com/\">", NO },
	{ "<Task>", MAYBE },
	{ "<Task><!-- -->", MAYBE },
	{ "<Task><Actions", MAYBE },
	{ "<Task><Actions>", IS_TASK },
	{ "<Task> <RegistrationInfo/>", IS_TASK },
	{ "<Task><Target/>", NO },
	{ "<Task/>", NO },
	{ "<Task", MAYBE },
	{ "<ScheduledTasks clsid=\"x\">", IS_GPO },
	{ "<Project ToolsVersion=\"4.0\"><Task version=\"1\"/></Project>", NO },
	{ "<task version=\"1.2\">", NO },
	{ "<!DOCTYPE Task><Task version=\"1.2\">", NO },
	{ "Task", NO },
	{ "MZ\x90", NO },
};

static void
content_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		if (sniff(rows[i].text, strlen(rows[i].text)) != rows[i].want)
			fail_msg("%s", rows[i].text);
}

static void
encodings_make_no_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		for (unsigned int k = 0; k < 4; k++) {
			bool big = (k & 1) != 0, bom = (k & 2) != 0;
			uint8_t p[512];
			size_t n = 0;

			if (bom) {
				p[big] = 0xff;
				p[!big] = 0xfe;
				n = 2;
			}
			for (const char *s = rows[i].text; *s != '\0'; s++, n += 2) {
				p[n + big] = (uint8_t)*s;
				p[n + !big] = 0;
			}
			if (sniff(p, n) != rows[i].want)
				fail_msg("%s", rows[i].text);
		}
}

/* More bytes never take back an answer. */
static void
an_answer_once_given_stays(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(rows); i++)
		for (size_t n = 0; n < strlen(rows[i].text); n++) {
			int early = sniff(rows[i].text, n);

			if (early != MAYBE && early != rows[i].want)
				fail_msg("%zu of %s", n, rows[i].text);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(content_decides),
		cmocka_unit_test(encodings_make_no_difference),
		cmocka_unit_test(an_answer_once_given_stays),
	};

	return cmocka_run_group_tests_name("content", tests, NULL, NULL);
}
