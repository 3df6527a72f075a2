#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

static void a_scan_reads_as_before(void **state)
{
	(void)state;
	sample_golden("report.text", sample_scan,
		      &(struct report_style){ .columns = 80 });
	sample_golden("report-40.text", sample_scan,
		      &(struct report_style){ .columns = 40 });
	sample_golden("report-color.text", sample_scan,
		      &(struct report_style){ .columns = 80, .color = true });
	sample_golden("report-verbose.text", sample_scan,
		      &(struct report_style){ .verbose = true });
	sample_golden("clean.text", sample_clean,
		      &(struct report_style){ .columns = 80 });
}

static void a_check_reads_as_before(void **state)
{
	(void)state;
	sample_golden("check.text", sample_check,
		      &(struct report_style){ .columns = 80 });
}

static void hostile_text_is_shown_and_not_obeyed(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;
	struct report_style style = { .columns = 80, .verbose = true };
	size_t length;

	(void)state;
	sample_golden("hostile.text", sample_hostile, &style);
	sample_hostile(&report);
	text = sample_render("text", &report, &style, &length);
	assert_true(sample_is_visible(text, "\n"));
	assert_null(strstr(text, "##"));
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += strspn(line, "\n ");
		assert_memory_not_equal(line, "::", 2);
	}
}

/* What is longer than the terminal is wide is one word. */
static void forty_columns_are_enough(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_scan(&report);
	text = sample_render("text", &report, &(struct report_style){ .columns = 40 },
			     NULL);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		size_t length = strcspn(line, "\n");
		size_t indent = strspn(line, " ");

		if (length > 40)
			assert_null(memchr(line + indent, ' ', length - indent));
	}
}

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		found++;
	return found;
}

static void a_terminal_shows_the_first_and_says_how_many_more(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_many(&report, 300); /* 100 of each of three rules */
	text = sample_render("text", &report, &(struct report_style){ .columns = 80 },
			     NULL);
	assert_int_equal(count(text, "  shop Deployment/mailer, container"), 10);
	assert_int_equal(count(text, "and 90 more: --verbose shows them all"), 3);
	assert_int_equal(count(text, "(100): "), 3);
}

static void a_file_and_a_verbose_terminal_get_them_all(void **state)
{
	static const struct report_style styles[] = {
		{ .columns = 0 }, { .columns = 80, .verbose = true }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(styles); i++) {
		CLEANUP(report_release) struct report report;
		CLEANUP(free_pointer) char *text = NULL;

		sample_many(&report, 300);
		text = sample_render("text", &report, &styles[i], NULL);
		assert_int_equal(count(text, "  shop Deployment/mailer, container"), 100);
		assert_null(strstr(text, " more:"));
	}
}

static void without_colour_there_is_no_escape_sequence(void **state)
{
	CLEANUP(report_release) struct report report;
	CLEANUP(free_pointer) char *text = NULL;

	(void)state;
	sample_scan(&report);
	text = sample_render("text", &report, &(struct report_style){ .columns = 80 },
			     NULL);
	assert_null(strchr(text, '\033'));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scan_reads_as_before),
		cmocka_unit_test(a_check_reads_as_before),
		cmocka_unit_test(hostile_text_is_shown_and_not_obeyed),
		cmocka_unit_test(forty_columns_are_enough),
		cmocka_unit_test(a_terminal_shows_the_first_and_says_how_many_more),
		cmocka_unit_test(a_file_and_a_verbose_terminal_get_them_all),
		cmocka_unit_test(without_colour_there_is_no_escape_sequence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
