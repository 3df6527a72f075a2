#include "source/kube_page.h"

#include "tests/unit/check.h"

static const struct json_shape name_alone[] = { { "name", NULL }, { NULL, NULL } };

/* Give the page its bytes, `step` at a time. */
static bool feed(struct kube_page *page, const char *text, size_t step, struct error *err)
{
	size_t length = strlen(text);

	for (size_t at = 0; at < length; at += step) {
		size_t piece = length - at < step ? length - at : step;

		if (!kube_page_feed(page, text + at, piece, err))
			return false;
	}
	return kube_page_finish(page, err);
}

static const struct {
	const char *label, *text, *next, *names; /* of the items, each behind a "/" */
} page_cases[] = {
	{ "a built-in kind",
	  "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":"
	  "\"1\",\"continue\":\"token\",\"remainingItemCount\":2},\"items\":[{\"name\":"
	  "\"a\",\"x\":{\"items\":[\"]}\"]}},{\"name\":\"b\\\"}\"}]}\n",
	  "token", "/a/b\"}" },
	{ "a custom resource",
	  "{\"apiVersion\":\"v1\",\"items\":[{\"name\":\"a\"}],\"kind\":\"List\","
	  "\"metadata\":{\"continue\":\"\"}}",
	  "", "/a" },
	{ "indented", " {\n  \"metadata\" : { } ,\n  \"items\" : [ { } , { } ]\n }\n", "",
	  "//" },
	{ "an empty page that is not the last",
	  "{\"metadata\":{\"continue\":\"more\"},\"items\":[]}", "more", "" },
	{ "Go's nil slice", "{\"metadata\":{},\"items\":null}", "", "" },
	{ "no metadata", "{\"items\":[]}", "", "" },
	{ "other members of every kind",
	  "{\"a\":1,\"b\":true,\"c\":null,\"d\":\"\",\"e\":[{}],\"items\":[],\"f\":-1}",
	  "", "" },
};

/* Cuts fall on every place of the text. */
static void page_is_the_same_however_its_bytes_arrive(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(page_cases); i++) {
		for (size_t step = 1; step <= strlen(page_cases[i].text); step++) {
			CLEANUP(kube_page_release) struct kube_page page;
			CLEANUP(buf_release) struct buf names = BUF_INIT(64);
			struct error err = ERROR_INIT;

			kube_page_init(&page, name_alone);
			CHECK(page_cases[i].label,
			      feed(&page, page_cases[i].text, step, &err));
			CHECK_TEXT(page_cases[i].label, page.next, page_cases[i].next);
			for (size_t item = 0; item < page.item_count; item++)
				buf_printf(&names, "/%s",
					   node_text(page.items[item], "name"));
			CHECK_TEXT(page_cases[i].label, buf_text(&names),
				   page_cases[i].names);
		}
	}
}

static void token_is_known_before_the_items_come(void **state)
{
	CLEANUP(kube_page_release) struct kube_page page;
	struct error err = ERROR_INIT;
	const char *head = "{\"metadata\":{\"continue\":\"token\"},\"items\":[{\"na";

	(void)state;
	kube_page_init(&page, NULL);
	assert_true(kube_page_feed(&page, head, strlen(head), &err));
	assert_string_equal(page.next, "token");
}

/* More than one batch, so that items are cut between them. */
static void long_page_keeps_every_item(void **state)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)4 * 1024 * 1024);
	static const size_t steps[] = { 1000, 16384, 400000 };
	const size_t count = 1000;

	(void)state;
	buf_puts(&text, "{\"items\":[");
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s{\"name\":\"%zu\",\"x\":\"%*d\"}", i ? "," : "", i,
			   (int)(i * 7 % 2000), 0);
	buf_puts(&text, "]}");
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
		CLEANUP(kube_page_release) struct kube_page page;
		struct error err = ERROR_INIT;

		kube_page_init(&page, name_alone);
		assert_true(feed(&page, buf_text(&text), steps[i], &err));
		assert_int_equal(page.item_count, count);
		for (size_t item = 0; item < count; item++)
			assert_int_equal(
				strtoul(node_text(page.items[item], "name"), NULL, 10),
				item);
	}
}

/* Items that are dropped as they come leave no memory behind. */
static void list_without_end_needs_the_memory_of_its_items_alone(void **state)
{
	static const char item[] = ",{\"name\":\"web\",\"x\":\"y\"}";
	CLEANUP(buf_release) struct buf piece = BUF_INIT((size_t)1024 * 1024);
	CLEANUP(kube_page_release) struct kube_page page;
	struct error err = ERROR_INIT;
	size_t count = 0, per_piece = 0, most = 0;

	(void)state;
	while (piece.length < (size_t)512 * 1024) {
		buf_puts(&piece, item);
		per_piece++;
	}
	kube_page_init(&page, name_alone);
	assert_true(kube_page_feed(&page, "{\"items\":[{}", 12, &err));
	for (int i = 0; i < 64; i++) {
		assert_true(kube_page_feed(&page, piece.data, piece.length, &err));
		count += page.item_count;
		kube_page_drop_items(&page);
		assert_int_equal(page.item_count, 0);
		most = page.arena.total > most && i < 4 ? page.arena.total : most;
		assert_true(page.arena.total <= most);
	}
	assert_true(kube_page_feed(&page, "]}", 2, &err));
	assert_true(kube_page_finish(&page, &err));
	assert_int_equal(count + page.item_count, 64 * per_piece + 1);
}

static void token_of_any_length_is_refused(void **state)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(2 * KUBE_CONTINUE_BYTES);
	CLEANUP(kube_page_release) struct kube_page page;
	struct error err = ERROR_INIT;

	(void)state;
	buf_printf(&text, "{\"metadata\":{\"continue\":\"%0*d\"},\"items\":[]}",
		   (int)KUBE_CONTINUE_BYTES + 1, 0);
	kube_page_init(&page, NULL);
	assert_false(feed(&page, buf_text(&text), 4096, &err));
	assert_int_equal(err.code, ERROR_LIMIT);
}

static const struct {
	const char *label, *text;
} broken_cases[] = {
	{ "nothing", "" },
	{ "a login page", "<html><body>Sign in</body></html>" },
	{ "a sequence", "[]" },
	{ "a Status", "{\"kind\":\"Status\",\"metadata\":{},\"code\":403}" },
	{ "a Table", "{\"kind\":\"Table\",\"metadata\":{},\"rows\":[]}" },
	{ "cut in an item", "{\"items\":[{\"name\":\"a\"},{\"na" },
	{ "cut behind an item", "{\"items\":[{\"name\":\"a\"}" },
	{ "cut behind the items", "{\"items\":[]" },
	{ "cut in the metadata", "{\"metadata\":{\"continue\":\"" },
	{ "items that are no sequence", "{\"items\":{}}" },
	{ "an item that is a number", "{\"items\":[1]}" },
	{ "an item that is a text", "{\"items\":[\"a\"]}" },
	{ "no comma between items", "{\"items\":[{} {}]}" },
	{ "no comma between members", "{\"items\":[] \"kind\":1}" },
	{ "no colon", "{\"items\" []}" },
	{ "brackets that do not match", "{\"items\":[{\"a\":[}]}" },
	{ "an item that is no JSON", "{\"items\":[{\"name\":tru}]}" },
	{ "a key without quotes", "{items:[]}" },
	{ "two lists", "{\"items\":[]}{\"items\":[]}" },
	{ "a NUL character", "{\"items\":[{\"name\":\"\\u0000\"}]}" },
};

static void what_is_no_whole_list_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(broken_cases); i++) {
		for (size_t step = 1; step <= 64; step += 9) {
			CLEANUP(kube_page_release) struct kube_page page;
			struct error err = ERROR_INIT;

			kube_page_init(&page, name_alone);
			CHECK(broken_cases[i].label,
			      !feed(&page, broken_cases[i].text, step, &err));
			CHECK(broken_cases[i].label, err.code == ERROR_SYNTAX);
		}
	}
}

static void reasons_say_what_may_have_answered(void **state)
{
	static const char *const cases[][2] = {
		{ "<html><body>Sign in</body></html>", "a login page or a proxy" },
		{ "{\"kind\":\"Table\",\"rows\":[]}", "it has no items" },
		{ "{\"items\":[]}{}", "something stands behind its end" },
		{ "{\"items\":[{}", "the list breaks off" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(kube_page_release) struct kube_page page;
		struct error err = ERROR_INIT;

		kube_page_init(&page, name_alone);
		CHECK(cases[i][0], !feed(&page, cases[i][0], 7, &err));
		CHECK(cases[i][0], strstr(err.text, cases[i][1]));
	}
}

/* `length` bytes of one item that does not end. */
static bool feed_endless(struct kube_page *page, const char *head, char fill,
			 size_t length, struct error *err)
{
	char piece[16384];

	memset(piece, fill, sizeof(piece));
	if (!kube_page_feed(page, head, strlen(head), err))
		return false;
	for (size_t sent = 0; sent < length; sent += sizeof(piece)) {
		if (!kube_page_feed(page, piece, sizeof(piece), err))
			return false;
	}
	return true;
}

static void object_of_any_size_and_depth_is_refused(void **state)
{
	static const struct {
		const char *head;
		char fill;
	} cases[] = { { "{\"items\":[{\"a\":\"", 'x' }, { "{\"items\":[{\"a\":", '[' } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(kube_page_release) struct kube_page page;
		struct error err = ERROR_INIT;

		kube_page_init(&page, NULL);
		assert_false(feed_endless(&page, cases[i].head, cases[i].fill,
					  2 * KUBE_ITEM_BYTES, &err));
		assert_int_equal(err.code, ERROR_LIMIT);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(page_is_the_same_however_its_bytes_arrive),
		cmocka_unit_test(token_is_known_before_the_items_come),
		cmocka_unit_test(token_of_any_length_is_refused),
		cmocka_unit_test(long_page_keeps_every_item),
		cmocka_unit_test(list_without_end_needs_the_memory_of_its_items_alone),
		cmocka_unit_test(what_is_no_whole_list_is_refused),
		cmocka_unit_test(reasons_say_what_may_have_answered),
		cmocka_unit_test(object_of_any_size_and_depth_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
