/* The table of formats, and what holds for each of them. */
#include "reports/report.h"

#include "tests/unit/check.h"
#include "tests/unit/sample_report.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

static const struct report_style plain = { .columns = 80 };

static void formats_are_found_by_their_whole_name(void **state)
{
	(void)state;
	assert_ptr_equal(report_format_find("text"), &report_formats[0]);
	assert_non_null(report_format_find("html"));
	assert_non_null(report_format_find("sarif"));
	assert_null(report_format_find("htm"));
	assert_null(report_format_find("HTML"));
	assert_null(report_format_find(""));
}

static void (*const samples[])(struct report *report) = { sample_scan, sample_clean,
							  sample_check, sample_hostile };

static void the_same_report_gives_the_same_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
		CLEANUP(report_release) struct report first, second;

		samples[i](&first);
		samples[i](&second);
		for (const struct report_format *f = report_formats; f->name; f++) {
			CLEANUP(free_pointer)
			char *one = sample_render(f->name, &first, &plain, NULL);
			CLEANUP(free_pointer)
			char *other = sample_render(f->name, &second, &plain, NULL);

			assert_string_equal(one, other);
		}
	}
}

static void every_format_says_the_verdict(void **state)
{
	static const struct {
		void (*sample)(struct report *report);
		const char *word;
	} verdicts[] = { { sample_scan, "DRIFT" },
			 { sample_clean, "CLEAN" },
			 { sample_check, "NOT PINNED" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++) {
		CLEANUP(report_release) struct report report;

		verdicts[i].sample(&report);
		for (const struct report_format *f = report_formats; f->name; f++) {
			CLEANUP(free_pointer)
			char *text = sample_render(f->name, &report, &plain, NULL);

			/* Code Quality has no place for good news. */
			CHECK(f->name, strstr(text, verdicts[i].word) != NULL ||
					       strcmp(text, "[]\n") == 0);
		}
	}
}

static void no_format_calls_a_report_with_a_gap_clean(void **state)
{
	CLEANUP(report_release) struct report report;
	struct gap gap = { GAP_FORBIDDEN, "namespace bank", "HTTP 403", "", false, NULL };

	(void)state;
	sample_clean(&report);
	report.gaps = &gap;
	report.gap_count = 1;
	for (const struct report_format *f = report_formats; f->name; f++) {
		CLEANUP(free_pointer)
		char *text = sample_render(f->name, &report, &plain, NULL);

		CHECK(f->name, strstr(text, "INCOMPLETE") != NULL);
		CHECK(f->name, strstr(text, "namespace bank") != NULL);
		CHECK(f->name, strstr(text, "CLEAN") == NULL);
	}
}

static void an_empty_report_is_rendered_too(void **state)
{
	CLEANUP(report_release) struct report report;

	(void)state;
	report_init(&report);
	for (const struct report_format *f = report_formats; f->name; f++) {
		CLEANUP(free_pointer)
		char *text = sample_render(f->name, &report, &plain, NULL);

		CHECK(f->name, text[0] != '\0');
	}
}

static void names_of_ten_thousand_bytes_come_out_whole(void **state)
{
	CLEANUP(report_release) struct report report;
	const char *name;

	(void)state;
	report_init(&report);
	name = sample_add_long(&report);
	for (const struct report_format *f = report_formats; f->name; f++) {
		CLEANUP(free_pointer)
		char *text = sample_render(f->name, &report, &plain, NULL);

		CHECK(f->name, strstr(text, name) != NULL);
	}
}

/* A stream that refuses what is written to it. */
static bool write_to(const char *path, struct error *err)
{
	CLEANUP(report_release) struct report report;
	FILE *out = fopen(path, "w");
	bool written;

	assert_non_null(out);
	sample_scan(&report);
	written = report_write(out, report_format_find("html"), &report, &plain, err);
	fclose(out);
	return written;
}

static void a_full_disk_is_an_error(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_false(write_to("/dev/full", &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
	assert_string_equal(err.text, "write the html report: No space left on device");
}

static void a_reader_who_has_seen_enough_is_none(void **state)
{
	CLEANUP(report_release) struct report report;
	struct error err = ERROR_INIT;
	int ends[2];
	FILE *out;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	out = fdopen(ends[1], "w");
	sample_scan(&report);
	assert_true(report_write(out, report_format_find("text"), &report, &plain, &err));
	fclose(out);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_are_found_by_their_whole_name),
		cmocka_unit_test(the_same_report_gives_the_same_bytes),
		cmocka_unit_test(every_format_says_the_verdict),
		cmocka_unit_test(no_format_calls_a_report_with_a_gap_clean),
		cmocka_unit_test(an_empty_report_is_rendered_too),
		cmocka_unit_test(names_of_ten_thousand_bytes_come_out_whole),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(a_reader_who_has_seen_enough_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
