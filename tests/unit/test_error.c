#include "base/error.h"

#include "tests/unit/check.h"

static void set_records_the_cause_and_returns_false(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_false(error_set(&err, ERROR_LIMIT, "%s is %d bytes too long", "it", 7));
	assert_int_equal(err.code, ERROR_LIMIT);
	assert_string_equal(err.text, "it is 7 bytes too long");
}

static void wrap_puts_context_before_and_keeps_the_code(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	error_set(&err, ERROR_DENIED, "HTTP 403");
	assert_false(error_wrap(&err, "list pods in %s", "shop"));
	assert_false(error_wrap(&err, "scan"));
	assert_int_equal(err.code, ERROR_DENIED);
	assert_string_equal(err.text, "scan: list pods in shop: HTTP 403");
}

static void long_texts_are_cut_and_stay_texts(void **state)
{
	struct error err = ERROR_INIT;
	char *letters = NULL;

	(void)state;
	assert_true(asprintf(&letters, "%01000d", 0) == 1000);
	error_set(&err, ERROR_SYNTAX, "%s", letters);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	free(letters);
	error_wrap(&err, "context");
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	assert_memory_equal(err.text, "context: 000", 12);
}

/* However much room the context leaves for its cause, the text ends in bounds. */
static void a_context_of_any_length_fits(void **state)
{
	(void)state;
	for (int length = 0; length < 600; length++) {
		struct error err = ERROR_INIT;

		error_set(&err, ERROR_SYNTAX, "cause");
		error_wrap(&err, "%0*d", length, 0);
		assert_true(strlen(err.text) < sizeof(err.text));
		if (length > 1 && length < 400)
			assert_string_equal(err.text + length, ": cause");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_records_the_cause_and_returns_false),
		cmocka_unit_test(wrap_puts_context_before_and_keeps_the_code),
		cmocka_unit_test(long_texts_are_cut_and_stay_texts),
		cmocka_unit_test(a_context_of_any_length_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
