#include "base/buf.h"

#include "tests/unit/check.h"

static void an_empty_buffer_is_an_empty_text(void **state)
{
	struct buf buf = BUF_INIT(10);

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	assert_null(buf.data);
	buf_release(&buf);
}

static void bytes_are_kept_with_their_nuls_and_ended_by_one(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(100);

	(void)state;
	assert_true(buf_add(&buf, "a\0b", 3));
	assert_true(buf_putc(&buf, 'c'));
	assert_true(buf_puts(&buf, "de"));
	assert_true(buf_printf(&buf, "%d-%s", 42, "f"));
	assert_int_equal(buf.length, 10);
	assert_memory_equal(buf.data, "a\0bcde42-f", 11);
	assert_false(buf.overflowed);
}

static void adding_nothing_makes_a_text(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(0);

	(void)state;
	assert_true(buf_add(&buf, NULL, 0));
	assert_non_null(buf.data);
	assert_string_equal(buf.data, "");
	assert_false(buf.overflowed);
}

static void the_limit_counts_bytes_without_the_nul(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(4);

	(void)state;
	assert_true(buf_puts(&buf, "1234"));
	assert_false(buf.overflowed);
	assert_false(buf_putc(&buf, '5'));
	assert_true(buf.overflowed);
	assert_string_equal(buf_text(&buf), "1234");
}

static void what_does_not_fit_is_dropped_whole(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(4);

	(void)state;
	assert_false(buf_puts(&buf, "12345"));
	assert_false(buf_printf(&buf, "%s", "12345"));
	assert_int_equal(buf.length, 0);
	assert_true(buf.overflowed);
}

static void it_grows_over_many_additions(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(100000);

	(void)state;
	for (int i = 0; i < 10000; i++)
		assert_true(buf_printf(&buf, "%04d", i));
	assert_int_equal(buf.length, 40000);
	assert_memory_equal(buf.data + 4 * 9999, "9999", 5);
}

static void detach_gives_the_bytes_away(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(10);
	char *text;

	(void)state;
	assert_true(buf_puts(&buf, "mine"));
	text = buf_detach(&buf);
	assert_string_equal(text, "mine");
	free(text);
	assert_string_equal(buf_text(&buf), "");
	assert_true(buf_puts(&buf, "0123456789")); /* the limit stayed */
	assert_false(buf_putc(&buf, 'x'));
}

static void detach_of_nothing_gives_an_empty_text(void **state)
{
	struct buf buf = BUF_INIT(10);
	char *text = buf_detach(&buf);

	(void)state;
	assert_string_equal(text, "");
	free(text);
}

static void clear_keeps_memory_and_limit_and_forgets_the_overflow(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(4);
	const char *memory;

	(void)state;
	assert_true(buf_puts(&buf, "1234"));
	assert_false(buf_putc(&buf, '5'));
	memory = buf.data;
	buf_clear(&buf);
	assert_false(buf.overflowed);
	assert_string_equal(buf_text(&buf), "");
	assert_true(buf_puts(&buf, "abcd"));
	assert_ptr_equal(buf.data, memory);
	assert_false(buf_putc(&buf, 'e'));
}

static void parts_make_keys_that_differ_where_the_parts_do(void **state)
{
	CLEANUP(buf_release) struct buf one = BUF_KEY_INIT, other = BUF_KEY_INIT;

	(void)state;
	assert_true(buf_add_part(&one, "ab") && buf_add_part(&one, "c"));
	assert_true(buf_add_part(&other, "a") && buf_add_part(&other, "bc"));
	assert_int_equal(one.length, 5);
	assert_int_equal(other.length, 5);
	assert_memory_equal(one.data, "ab\0c", 5);
	assert_memory_equal(other.data, "a\0bc", 5);
}

static void room_is_filled_in_and_taken(void **state)
{
	CLEANUP(buf_release) struct buf buf = BUF_INIT(8);
	char *room;

	(void)state;
	room = buf_room(&buf, 4);
	assert_non_null(room);
	assert_string_equal(buf_text(&buf), "");
	memcpy(room, "abcd", 4);
	buf_take(&buf, 3);
	assert_string_equal(buf_text(&buf), "abc");
	assert_null(buf_room(&buf, 6));
	assert_string_equal(buf_text(&buf), "abc");
	assert_true(buf.overflowed);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_is_an_empty_text),
		cmocka_unit_test(bytes_are_kept_with_their_nuls_and_ended_by_one),
		cmocka_unit_test(adding_nothing_makes_a_text),
		cmocka_unit_test(the_limit_counts_bytes_without_the_nul),
		cmocka_unit_test(what_does_not_fit_is_dropped_whole),
		cmocka_unit_test(it_grows_over_many_additions),
		cmocka_unit_test(parts_make_keys_that_differ_where_the_parts_do),
		cmocka_unit_test(room_is_filled_in_and_taken),
		cmocka_unit_test(detach_gives_the_bytes_away),
		cmocka_unit_test(detach_of_nothing_gives_an_empty_text),
		cmocka_unit_test(clear_keeps_memory_and_limit_and_forgets_the_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
