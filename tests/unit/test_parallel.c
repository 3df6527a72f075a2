#include "base/parallel.h"

#include "tests/unit/check.h"

static void add_one(size_t number, void *user)
{
	unsigned *calls = user;

	calls[number]++;
}

static void each_number_is_met_once(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 7, 1000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++) {
		for (unsigned threads = 0; threads <= 2 * PARALLEL_MOST; threads++) {
			unsigned calls[1001] = { 0 };

			parallel_run(counts[i], threads, add_one, calls);
			for (size_t j = 0; j < ARRAY_LENGTH(calls); j++)
				assert_int_equal(calls[j], j < counts[i]);
		}
	}
}

static void there_is_a_processor_to_run_on(void **state)
{
	(void)state;
	assert_in_range(parallel_processors(), 1, PARALLEL_MOST);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_number_is_met_once),
		cmocka_unit_test(there_is_a_processor_to_run_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
