#include "base/pool.h"

#include "tests/unit/check.h"

static void equal_texts_have_one_address(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);
	char text[] = "shop";
	const char *kept = pool_keep(&pool, text);

	(void)state;
	assert_ptr_not_equal(kept, text);
	text[0] = 'S';
	assert_string_equal(kept, "shop");
	assert_ptr_equal(pool_keep(&pool, "shop"), kept);
	assert_ptr_not_equal(pool_keep(&pool, text), kept);
	assert_ptr_equal(pool_keep(&pool, ""), pool_keep(&pool, ""));
}

static void texts_outlive_the_pool(void **state)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	const char *kept;

	(void)state;
	{
		CLEANUP(pool_release) struct pool pool = POOL_INIT(&arena);

		kept = pool_keep(&pool, "shop");
	}
	assert_string_equal(kept, "shop");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_texts_have_one_address),
		cmocka_unit_test(texts_outlive_the_pool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
