#include "source/kube_reader.h"

#include "tests/unit/check.h"

#define ITEMS 1000

static const struct json_shape name_alone[] = { { "name", NULL }, { NULL, NULL } };

/* A megabyte of items: more than a worker is given at once. */
static const char *long_page(struct buf *text, const char *head, const char *tail)
{
	buf_puts(text, head);
	for (int i = 0; i < ITEMS; i++)
		buf_printf(text, "%s{\"name\":\"%d\",\"x\":\"%*d\"}", i ? "," : "", i,
			   i * 7 % 2000, 0);
	buf_puts(text, tail);
	return buf_text(text);
}

static bool feed(struct kube_reader *reader, const struct buf *text, size_t step,
		 struct error *err)
{
	for (size_t at = 0; at < text->length; at += step) {
		size_t piece = text->length - at < step ? text->length - at : step;

		if (!kube_reader_feed(reader, text->data + at, piece, err))
			return false;
	}
	return kube_reader_finish(reader, err);
}

static const struct {
	const char *label, *head, *tail;
	const char *next;  /* the token, or NULL where the page is no page, */
	const char *error; /* with this in its text */
} cases[] = {
	{ "token first", "{\"metadata\":{\"continue\":\"more\"},\"items\":[", "]}",
	  "more", NULL },
	{ "the last page", "{\"metadata\":{},\"items\":[", "]}", "", NULL },
	{ "token at the end", "{\"items\":[", "],\"metadata\":{\"continue\":\"more\"}}",
	  "more", NULL },
	{ "another token at the end", "{\"metadata\":{\"continue\":\"more\"},\"items\":[",
	  "],\"metadata\":{\"continue\":\"other\"}}", "other", NULL },
	{ "cut off", "{\"metadata\":{\"continue\":\"more\"},\"items\":[", "", NULL,
	  "breaks off" },
	{ "cut off in an item", "{\"metadata\":{\"continue\":\"more\"},\"items\":[",
	  ",{\"na", NULL, "breaks off" },
	{ "broken at the end", "{\"metadata\":{\"continue\":\"more\"},\"items\":[", ",}",
	  NULL, "brackets do not match" },
	{ "broken at the begin", "{\"metadata\":{\"continue\":\"more\"},\"items\":[1,",
	  "]}", NULL, "an item is no object" },
};

static void check_page(const char *label, const struct kube_reader *reader,
		       const char *next)
{
	const struct kube_page *page = &reader->page;

	CHECK_TEXT(label, page->next, next);
	CHECK(label, page->item_count == ITEMS);
	for (size_t i = 0; i < page->item_count; i++)
		CHECK(label, strtoul(node_text(page->items[i], "name"), NULL, 10) == i);
}

/* The same reader for all of them, since one page follows another. */
static void check_cases(struct worker *worker)
{
	static const size_t steps[] = { 1000, 16384, 400000, SIZE_MAX };
	CLEANUP(kube_reader_release) struct kube_reader reader;

	kube_reader_init(&reader, name_alone, worker);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(SIZE_MAX);

		long_page(&text, cases[i].head, cases[i].tail);
		for (size_t j = 0; j < ARRAY_LENGTH(steps); j++) {
			struct error err = ERROR_INIT;
			size_t step = steps[j] < text.length ? steps[j] : text.length;
			bool whole = feed(&reader, &text, step, &err);

			CHECK(cases[i].label, whole == (cases[i].next != NULL));
			if (whole)
				check_page(cases[i].label, &reader, cases[i].next);
			else
				CHECK(cases[i].label, strstr(err.text, cases[i].error));
			kube_reader_clear(&reader);
		}
	}
}

static void pages_are_the_same_with_and_without_a_worker(void **state)
{
	CLEANUP(worker_free) struct worker *worker = worker_new();

	(void)state;
	check_cases(worker);
	check_cases(NULL);
}

/* Two pages are under way at once, and their pieces come in turn. */
static void one_worker_reads_several_pages(void **state)
{
	CLEANUP(worker_free) struct worker *worker = worker_new();
	CLEANUP(buf_release) struct buf text = BUF_INIT(SIZE_MAX);
	CLEANUP(kube_reader_release) struct kube_reader one, other;
	struct error err = ERROR_INIT;

	(void)state;
	long_page(&text, cases[0].head, cases[0].tail);
	kube_reader_init(&one, name_alone, worker);
	kube_reader_init(&other, name_alone, worker);
	for (size_t at = 0; at < text.length; at += 1000) {
		size_t piece = text.length - at < 1000 ? text.length - at : 1000;

		assert_true(kube_reader_feed(&one, text.data + at, piece, &err));
		assert_true(kube_reader_feed(&other, text.data + at, piece, &err));
	}
	assert_true(kube_reader_finish(&other, &err));
	assert_true(kube_reader_finish(&one, &err));
	check_page("the one", &one, "more");
	check_page("the other", &other, "more");
}

/* As when the transfer breaks: whatever the worker is doing with it. */
static void a_page_can_be_given_up_anywhere(void **state)
{
	CLEANUP(worker_free) struct worker *worker = worker_new();
	CLEANUP(buf_release) struct buf text = BUF_INIT(SIZE_MAX);

	(void)state;
	long_page(&text, cases[0].head, cases[0].tail);
	for (size_t length = 1; length < text.length; length += 40009) {
		CLEANUP(kube_reader_release) struct kube_reader reader;
		struct error err = ERROR_INIT;

		kube_reader_init(&reader, name_alone, worker);
		for (size_t at = 0; at < length; at += 16384)
			assert_true(kube_reader_feed(
				&reader, text.data + at,
				length - at < 16384 ? length - at : 16384, &err));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_the_same_with_and_without_a_worker),
		cmocka_unit_test(one_worker_reads_several_pages),
		cmocka_unit_test(a_page_can_be_given_up_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
