#include "drift/object_key.h"

#include "tests/unit/check.h"

/* Two objects that are kept by one key, or by two. */
static const struct {
	const char *label;
	const char *places[2];
	struct object_id objects[2];
	bool same;
} key_cases[] = {
	{ "the same object",
	  { "shop", "shop" },
	  { { "apps", "Deployment", "web" }, { "apps", "Deployment", "web" } },
	  true },
	{ "an old group",
	  { "shop", "shop" },
	  { { "extensions", "Deployment", "web" }, { "apps", "Deployment", "web" } },
	  true },
	{ "another namespace",
	  { "shop", "bank" },
	  { { "apps", "Deployment", "web" }, { "apps", "Deployment", "web" } },
	  false },
	{ "another kind",
	  { "shop", "shop" },
	  { { "apps", "Deployment", "web" }, { "apps", "DaemonSet", "web" } },
	  false },
	{ "a kind of another group",
	  { "shop", "shop" },
	  { { "example.com", "Deployment", "web" }, { "apps", "Deployment", "web" } },
	  false },
	{ "parts that touch",
	  { "shop", "sho" },
	  { { "", "Pod", "web" }, { "p", "Pod", "web" } },
	  false },
};

static void an_object_is_found_by_place_group_kind_and_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(key_cases); i++) {
		CLEANUP(arena_release) struct arena arena = ARENA_INIT;
		CLEANUP(table_release) struct table table = TABLE_INIT;
		CLEANUP(buf_release)
		struct buf key =
			object_key(key_cases[i].places[0], &key_cases[i].objects[0]);

		*object_slot(&table, &arena, &key) = &table;
		buf_clear(&key);
		CHECK(key_cases[i].label, (object_find(&table, key_cases[i].places[1],
						       &key_cases[i].objects[1]) ==
					   &table) == key_cases[i].same);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_found_by_place_group_kind_and_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
