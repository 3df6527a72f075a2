#include "base/table.h"

#include "base/memory.h"
#include "tests/unit/check.h"

#define MANY 5000

static void an_empty_table_finds_nothing(void **state)
{
	CLEANUP(table_release) struct table table = TABLE_INIT;

	(void)state;
	assert_null(table_find(&table, "", 0));
	assert_null(table_find(&table, "key", 3));
}

static void a_new_slot_is_null_and_an_old_one_keeps_its_value(void **state)
{
	CLEANUP(table_release) struct table table = TABLE_INIT;
	char key[] = "key";
	int value;
	void **slot = table_slot(&table, key, 3, NULL);

	(void)state;
	assert_null(*slot);
	*slot = &value;
	assert_ptr_equal(*table_slot(&table, "key", 3, NULL), &value);
	assert_ptr_equal(table_find(&table, "key", 3), &value);
	assert_int_equal(table.count, 1);
}

static void keys_are_bytes_of_a_length(void **state)
{
	CLEANUP(table_release) struct table table = TABLE_INIT;
	int one, two, three, none;

	(void)state;
	*table_slot(&table, "a", 1, NULL) = &one;
	*table_slot(&table, "a\0", 2, NULL) = &two;
	*table_slot(&table, "a\0b", 3, NULL) = &three;
	*table_slot(&table, "", 0, NULL) = &none;
	assert_int_equal(table.count, 4);
	assert_ptr_equal(table_find(&table, "abc", 1), &one);
	assert_ptr_equal(table_find(&table, "a\0c", 2), &two);
	assert_ptr_equal(table_find(&table, "a\0b", 3), &three);
	assert_null(table_find(&table, "a\0c", 3));
	assert_ptr_equal(table_find(&table, "z", 0), &none);
}

static void the_caller_can_keep_the_key_where_it_lives_longer(void **state)
{
	CLEANUP(table_release) struct table table = TABLE_INIT;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char passing[] = "key";
	const char **kept;
	int value;

	(void)state;
	*table_slot(&table, passing, 3, &kept) = &value;
	*kept = arena_strdup(&arena, passing);
	memset(passing, 'x', 3);
	assert_ptr_equal(table_find(&table, "key", 3), &value);
	assert_null(table_find(&table, "xxx", 3));
}

static void it_grows_and_iterates_in_the_order_of_insertion(void **state)
{
	CLEANUP(table_release) struct table table = TABLE_INIT;
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	static int values[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		const char *key = arena_printf(&arena, "key-%d", i);

		*table_slot(&table, key, strlen(key), NULL) = &values[i];
	}
	assert_int_equal(table.count, MANY);
	for (int i = 0; i < MANY; i++) {
		const struct table_entry *entry = &table.entries[i];

		assert_ptr_equal(entry->value, &values[i]);
		assert_ptr_equal(table_find(&table, entry->key, entry->length),
				 &values[i]);
	}
	assert_null(table_find(&table, "key-5000", 8));
}

static void a_released_table_is_empty_and_usable(void **state)
{
	CLEANUP(table_release) struct table table = TABLE_INIT;
	int value;

	(void)state;
	*table_slot(&table, "key", 3, NULL) = &value;
	table_release(&table);
	assert_null(table_find(&table, "key", 3));
	assert_null(*table_slot(&table, "key", 3, NULL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_finds_nothing),
		cmocka_unit_test(a_new_slot_is_null_and_an_old_one_keeps_its_value),
		cmocka_unit_test(keys_are_bytes_of_a_length),
		cmocka_unit_test(the_caller_can_keep_the_key_where_it_lives_longer),
		cmocka_unit_test(it_grows_and_iterates_in_the_order_of_insertion),
		cmocka_unit_test(a_released_table_is_empty_and_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
