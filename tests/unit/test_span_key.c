#include "tests/unit/store_world.h"

static void key(struct buf *buf, const char *first, const char *second)
{
	buf_clear(buf);
	span_key_add(buf, first);
	span_key_add(buf, second);
}

static void texts_do_not_run_into_each_other(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(1024);
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(table_release) struct table table = TABLE_INIT;
	int one, two;

	(void)state;
	key(&buf, "ab", "c");
	*span_slot(&table, &buf, &arena) = &one;
	key(&buf, "a", "bc");
	assert_null(span_find(&table, &buf));
	assert_null(*span_slot(&table, &buf, &arena));
	*span_slot(&table, &buf, &arena) = &two;
	key(&buf, "ab", "c");
	assert_ptr_equal(*span_slot(&table, &buf, &arena), &one);
	assert_ptr_equal(span_find(&table, &buf), &one);
	key(&buf, "a", "bc");
	assert_ptr_equal(*span_slot(&table, &buf, &arena), &two);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_do_not_run_into_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
