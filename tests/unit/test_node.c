#include "base/node.h"

#include "tests/unit/check.h"

#define STRING(content)                                                                  \
	{                                                                                \
		.kind = NODE_STRING, .length = sizeof(content) - 1, .text = (content)    \
	}
#define MAPPING(list)                                                                    \
	{                                                                                \
		.kind = NODE_MAPPING, .length = ARRAY_LENGTH(list), .members = (list)    \
	}
#define SEQUENCE(list)                                                                   \
	{                                                                                \
		.kind = NODE_SEQUENCE, .length = ARRAY_LENGTH(list), .items = (list)     \
	}

static struct node one = STRING("one"), two = STRING("two"), three = STRING("three");
static struct node null = { .kind = NODE_NULL, .text = "null" };
static struct node number = { .kind = NODE_NUMBER, .length = 4, .text = "1.20" };

static void get_returns_the_last_of_equal_keys(void **state)
{
	struct node_member members[] = {
		{ .key = "a", .value = &one },
		{ .key = "b", .value = &two },
		{ .key = "a", .value = &three },
	};
	struct node mapping = MAPPING(members);

	(void)state;
	assert_ptr_equal(node_get(&mapping, "a"), &three);
	assert_ptr_equal(node_get(&mapping, "b"), &two);
	assert_null(node_get(&mapping, "c"));
	assert_null(node_get(&one, "a"));
	assert_null(node_get(NULL, "a"));
}

static void get_follows_merge_keys_behind_a_mappings_own(void **state)
{
	struct node_member base_members[] = { { .key = "a", .value = &one },
					      { .key = "b", .value = &one } };
	struct node base = MAPPING(base_members);
	struct node_member middle_members[] = { { .key = "<<", .value = &base },
						{ .key = "b", .value = &two } };
	struct node middle = MAPPING(middle_members);
	struct node_member top_members[] = { { .key = "c", .value = &three },
					     { .key = "<<", .value = &middle } };
	struct node top = MAPPING(top_members);

	(void)state;
	assert_ptr_equal(node_get(&top, "a"), &one);
	assert_ptr_equal(node_get(&top, "b"), &two);
	assert_ptr_equal(node_get(&top, "c"), &three);
	assert_null(node_get(&top, "d"));
	assert_ptr_equal(node_get(&top, "<<"), &middle);
}

static void an_index_has_what_get_has(void **state)
{
	struct node_member low_members[] = { { .key = "a", .value = &one },
					     { .key = "d", .value = &one },
					     { .key = "d", .value = &two } };
	struct node low = MAPPING(low_members);
	struct node_member high_members[] = { { .key = "b", .value = &three },
					      { .key = "a", .value = &three } };
	struct node high = MAPPING(high_members);
	struct node *sources[] = { &high, &one, &low };
	struct node list = SEQUENCE(sources);
	struct node_member members[] = { { .key = "c", .value = &one },
					 { .key = "<<", .value = &list },
					 { .key = "b", .value = &one },
					 { .key = "c", .value = &two } };
	struct node mapping = MAPPING(members);
	CLEANUP(table_release) struct table index = node_index(&mapping);

	(void)state;
	assert_int_equal(index.count, 4);
	for (size_t i = 0; i < index.count; i++)
		assert_ptr_equal(index.entries[i].value,
				 node_get(&mapping, index.entries[i].key));
	assert_ptr_equal(table_find(&index, "c", 1), &two);
	assert_ptr_equal(table_find(&index, "a", 1), &three);
	assert_ptr_equal(table_find(&index, "d", 1), &two);
}

static void get_prefers_earlier_mappings_of_a_merged_sequence(void **state)
{
	struct node_member first_members[] = { { .key = "a", .value = &one } };
	struct node_member second_members[] = { { .key = "a", .value = &two },
						{ .key = "b", .value = &two } };
	struct node first = MAPPING(first_members), second = MAPPING(second_members);
	struct node *sources[] = { &three, &first, &second };
	struct node list = SEQUENCE(sources);
	struct node_member members[] = { { .key = "<<", .value = &list } };
	struct node mapping = MAPPING(members);

	(void)state;
	assert_ptr_equal(node_get(&mapping, "a"), &one);
	assert_ptr_equal(node_get(&mapping, "b"), &two);
	assert_null(node_get(&mapping, "c"));
}

static void merging_what_is_no_mapping_gives_nothing(void **state)
{
	struct node_member members[] = { { .key = "<<", .value = &one } };
	struct node mapping = MAPPING(members);

	(void)state;
	assert_null(node_get(&mapping, "a"));
}

static void text_is_of_scalars_only(void **state)
{
	struct node *items[] = { &one };
	struct node list = SEQUENCE(items);
	struct node_member members[] = {
		{ .key = "string", .value = &one },
		{ .key = "number", .value = &number },
		{ .key = "null", .value = &null },
		{ .key = "list", .value = &list },
	};
	struct node mapping = MAPPING(members);
	size_t count;

	(void)state;
	assert_string_equal(node_text(&mapping, "string"), "one");
	assert_string_equal(node_text(&mapping, "number"), "1.20");
	assert_string_equal(node_text(&mapping, "null"), "");
	assert_string_equal(node_text(&mapping, "list"), "");
	assert_string_equal(node_text(&mapping, "absent"), "");
	assert_ptr_equal(node_items(&mapping, "list", &count), items);
	assert_int_equal(count, 1);
	assert_null(node_items(&mapping, "string", &count));
	assert_int_equal(count, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(get_returns_the_last_of_equal_keys),
		cmocka_unit_test(get_follows_merge_keys_behind_a_mappings_own),
		cmocka_unit_test(an_index_has_what_get_has),
		cmocka_unit_test(get_prefers_earlier_mappings_of_a_merged_sequence),
		cmocka_unit_test(merging_what_is_no_mapping_gives_nothing),
		cmocka_unit_test(text_is_of_scalars_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
