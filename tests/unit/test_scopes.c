#include "drift/scopes.h"

#include "tests/unit/check.h"

static void a_set_is_sorted_and_holds_each_scope_once(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(scope_set_release) struct scope_set set = { TABLE_INIT };

	(void)state;
	assert_string_equal(scope_set_text(&set, &arena), "");
	scope_set_add(&set, "tree/t/path/b");
	scope_set_add(&set, "cluster/k/namespace/a");
	scope_set_add(&set, "tree/t/path/b");
	assert_string_equal(scope_set_text(&set, &arena),
			    "cluster/k/namespace/a\ntree/t/path/b\n");
	scope_set_add_lines(&set, &arena, "tree/t/path/a\ncluster/k/namespace/a\n");
	scope_set_add_lines(&set, &arena, "tree/t/path/c");
	scope_set_add_lines(&set, &arena, "");
	assert_string_equal(scope_set_text(&set, &arena),
			    "cluster/k/namespace/a\ntree/t/path/a\ntree/t/path/b\n"
			    "tree/t/path/c\n");
}

static void a_set_may_be_large(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(scope_set_release) struct scope_set set = { TABLE_INIT };
	const char *text;

	(void)state;
	for (int i = 0; i < 100000; i++)
		scope_set_add(&set, arena_printf(&arena, "tree/t/path/%05d", i % 50000));
	text = scope_set_text(&set, &arena);
	assert_int_equal(strlen(text), 50000 * strlen("tree/t/path/00000\n"));
	assert_int_equal(strncmp(text, "tree/t/path/00000\n", 18), 0);
	assert_string_equal(text + strlen(text) - 18, "tree/t/path/49999\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_is_sorted_and_holds_each_scope_once),
		cmocka_unit_test(a_set_may_be_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
