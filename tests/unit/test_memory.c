#include "base/memory.h"

#include "tests/unit/check.h"

#include <stdalign.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY 1000

static void nothing_asked_for_is_still_a_pointer(void **state)
{
	void *pointers[] = { xmalloc(0), xcalloc(0, 8), xcalloc(8, 0),
			     xrealloc(NULL, 0) };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(pointers); i++) {
		assert_non_null(pointers[i]);
		free(pointers[i]);
	}
}

static void calloc_gives_zeros(void **state)
{
	char *memory = xcalloc(MANY, 3);

	(void)state;
	for (size_t i = 0; i < (size_t)MANY * 3; i++)
		assert_int_equal(memory[i], 0);
	free(memory);
}

static void free_pointer_forgets_what_it_freed(void **state)
{
	char *text = xstrdup("text");

	(void)state;
	assert_string_equal(text, "text");
	free_pointer(&text);
	assert_null(text);
	free_pointer(&text);
}

static void an_array_grows_an_item_at_a_time(void **state)
{
	int *items = NULL;

	(void)state;
	for (size_t count = 0; count < MANY;) {
		items = array_grow(items, count, sizeof(*items));
		items[count] = (int)count;
		count++;
	}
	for (int i = 0; i < MANY; i++)
		assert_int_equal(items[i], i);
	free(items);
}

static void arena_memory_is_zeroed_and_aligned(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t size = 0; size < MANY; size++) {
		char *memory = arena_alloc(&arena, size);

		assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xff, size);
	}
}

static void arena_pieces_do_not_overlap(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	char *texts[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++)
		texts[i] = arena_printf(&arena, "%0*d", i, i);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(strlen(texts[i]), i ? i : 1);
		assert_int_equal(strtol(texts[i], NULL, 10), i);
	}
}

static void a_piece_may_be_larger_than_a_chunk(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	size_t large = (size_t)1024 * 1024;
	char *before = arena_strdup(&arena, "before");
	char *memory = arena_alloc(&arena, large);
	char *after = arena_strdup(&arena, "after");

	(void)state;
	memset(memory, 'x', large);
	assert_string_equal(before, "before");
	assert_string_equal(after, "after");
	assert_true(arena.total >= large);
}

static void strndup_copies_exactly_and_ends_the_text(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char bytes[] = { 'a', '\0', 'b', 'c' };
	const char *copy = arena_strndup(&arena, bytes, 3);

	(void)state;
	assert_memory_equal(copy, "a\0b", 4);
	assert_string_equal(arena_strndup(&arena, "", 0), "");
}

static void an_arena_array_grows_and_keeps_its_items(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	int *items = NULL;

	(void)state;
	for (size_t count = 0; count < MANY;) {
		items = arena_grow(&arena, items, count, sizeof(*items));
		items[count] = (int)count;
		count++;
	}
	for (int i = 0; i < MANY; i++)
		assert_int_equal(items[i], i);
}

static void a_cleared_arena_is_used_again_without_growing(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	size_t total;

	(void)state;
	arena_clear(&arena); /* of nothing */
	arena_alloc(&arena, 100);
	total = arena.total;
	for (int i = 0; i < MANY; i++) {
		char *memory;

		arena_clear(&arena);
		memory = arena_alloc(&arena, 100);
		assert_int_equal(memory[0], 0);
		memset(memory, 0xff, 100);
	}
	assert_int_equal(arena.total, total);
}

static void an_emptied_arena_is_used_again_without_more_memory(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(arena_release) struct arena owner = ARENA_INIT;
	size_t total = 0;

	(void)state;
	arena_empty(&arena); /* of nothing */
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < MANY; i++) {
			char *memory = arena_alloc(&arena, 10000);

			assert_int_equal(memory[9999], 0);
			memset(memory, 0xff, 10000);
		}
		assert_true(round == 0 || arena.total == total);
		assert_null(arena.spare);
		total = arena.total;
		arena_empty(&arena);
		assert_int_equal(arena.total, 0);
	}
	arena_alloc(&arena, 2 * total); /* more than any that is spare */
	arena_adopt(&owner, &arena);
	assert_null(arena.spare);
}

static void a_released_arena_is_empty_and_usable(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;

	(void)state;
	arena_strdup(&arena, "gone");
	arena_release(&arena);
	assert_null(arena.chunk);
	assert_int_equal(arena.total, 0);
	assert_string_equal(arena_strdup(&arena, "again"), "again");
}

static void ask_for_more_than_there_are_addresses(void)
{
	struct arena arena = ARENA_INIT;

	arena_alloc(&arena, SIZE_MAX);
}

static void ask_for_so_much_that_the_head_of_a_chunk_wraps_it(void)
{
	struct arena arena = ARENA_INIT;

	arena_alloc(&arena, SIZE_MAX - 16);
}

static void grow_an_array_beyond_all_memory(void)
{
	array_grow(NULL, (size_t)1 << 62, 64);
}

static void grow_by_pieces_of_half_the_memory(void)
{
	array_grow(NULL, 0, SIZE_MAX / 2);
}

static void (*const greedy[])(void) = {
	ask_for_more_than_there_are_addresses,
	ask_for_so_much_that_the_head_of_a_chunk_wraps_it,
	grow_an_array_beyond_all_memory,
	grow_by_pieces_of_half_the_memory,
};

/* The exit status of a child that does it. */
static int status_of(void (*act)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(99);
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void sizes_that_cannot_be_end_the_program_with_4(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(greedy); i++)
		assert_int_equal(status_of(greedy[i]), 4);
}

static void an_adopted_arena_lives_with_its_new_owner(void **state)
{
	CLEANUP(arena_release) struct arena owner = ARENA_INIT;
	struct arena part = ARENA_INIT, none = ARENA_INIT;
	const char *texts[6];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		arena_alloc(&part, 100000 * (i % 3));
		texts[i] = arena_printf(&part, "text %zu", i);
		arena_adopt(&owner, &part);
		assert_null(part.chunk);
		assert_int_equal(part.total, 0);
		arena_strdup(&owner, "own");
	}
	arena_adopt(&owner, &none);
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		char expected[20];

		snprintf(expected, sizeof(expected), "text %zu", i);
		assert_string_equal(texts[i], expected);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked_for_is_still_a_pointer),
		cmocka_unit_test(calloc_gives_zeros),
		cmocka_unit_test(free_pointer_forgets_what_it_freed),
		cmocka_unit_test(an_array_grows_an_item_at_a_time),
		cmocka_unit_test(arena_memory_is_zeroed_and_aligned),
		cmocka_unit_test(arena_pieces_do_not_overlap),
		cmocka_unit_test(a_piece_may_be_larger_than_a_chunk),
		cmocka_unit_test(strndup_copies_exactly_and_ends_the_text),
		cmocka_unit_test(an_arena_array_grows_and_keeps_its_items),
		cmocka_unit_test(a_cleared_arena_is_used_again_without_growing),
		cmocka_unit_test(an_emptied_arena_is_used_again_without_more_memory),
		cmocka_unit_test(a_released_arena_is_empty_and_usable),
		cmocka_unit_test(an_adopted_arena_lives_with_its_new_owner),
		cmocka_unit_test(sizes_that_cannot_be_end_the_program_with_4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
