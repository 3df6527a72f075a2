#include "source/kube_impersonation.h"

#include "tests/unit/check.h"
#include "tests/unit/yaml_text.h"

/* Read the body of a user; its headers, one a line. */
static bool read_user(const char *text, struct buf *headers, struct error *err)
{
	CLEANUP(arena_release) struct arena arena = ARENA_INIT;
	struct kube_impersonation impersonation;
	const struct node *user = yaml_text_read(&arena, text);

	if (!kube_impersonation_read(&impersonation, user, &arena, err))
		return false;
	for (size_t i = 0; i < impersonation.header_count; i++)
		buf_printf(headers, "%s\n", impersonation.headers[i]);
	return true;
}

static const struct {
	const char *label, *user, *headers;
} header_cases[] = {
	{ "nobody", "token: abc", "" },
	{ "nothing said", "{ as: '', as-uid: '', as-groups: [], as-user-extra: {} }",
	  "" },
	{ "nulls", "{ as: null, as-groups: null, as-user-extra: null }", "" },
	{ "a user", "as: jane", "Impersonate-User: jane\n" },
	{ "a service account", "as: system:serviceaccount:shop:auditor",
	  "Impersonate-User: system:serviceaccount:shop:auditor\n" },
	{ "a uid", "{ as: jane, as-uid: 1f2e }",
	  "Impersonate-User: jane\nImpersonate-Uid: 1f2e\n" },
	{ "groups", "{ as: jane, as-groups: [readers, 'system:masters'] }",
	  "Impersonate-User: jane\nImpersonate-Group: readers\n"
	  "Impersonate-Group: system:masters\n" },
	{ "extra",
	  "{ as: jane, as-user-extra: { reason: [audit, drift], scope: [all] } }",
	  "Impersonate-User: jane\nImpersonate-Extra-reason: audit\n"
	  "Impersonate-Extra-reason: drift\nImpersonate-Extra-scope: all\n" },
	{ "extra keys are escaped",
	  "{ as: jane, as-user-extra: { 'example.com/a b%:\xc3\xa9': [x] } }",
	  "Impersonate-User: jane\n"
	  "Impersonate-Extra-example.com%2Fa%20b%25%3A%C3%A9: x\n" },
};

static void headers_are_those_of_client_go(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(header_cases); i++) {
		const char *label = header_cases[i].label;
		CLEANUP(buf_release) struct buf headers = BUF_INIT(4096);
		struct error err = ERROR_INIT;

		CHECK(label, read_user(header_cases[i].user, &headers, &err));
		CHECK_TEXT(label, buf_text(&headers), header_cases[i].headers);
	}
}

static const struct {
	const char *label, *user, *says;
} refused_cases[] = {
	{ "uid alone", "as-uid: 1f2e", "without `as`" },
	{ "groups alone", "as-groups: [readers]", "without `as`" },
	{ "extra alone", "as-user-extra: { a: [b] }", "without `as`" },
	{ "user is a list", "as: [jane]", "as holds something else than text" },
	{ "user with a line end", "as: \"jane\\r\\nImpersonate-Group: system:masters\"",
	  "as holds an empty text, or one with a control character" },
	{ "groups are a text", "{ as: jane, as-groups: readers }",
	  "as-groups is no list" },
	{ "a group is a list", "{ as: jane, as-groups: [[a]] }", "as-groups holds" },
	{ "a group with a line end", "{ as: jane, as-groups: [\"a\\nb\"] }",
	  "as-groups holds" },
	{ "an empty group", "{ as: jane, as-groups: [''] }", "as-groups holds" },
	{ "extra is a list", "{ as: jane, as-user-extra: [a] }",
	  "as-user-extra is no mapping" },
	{ "extra of texts", "{ as: jane, as-user-extra: { a: b } }",
	  "as-user-extra is no list" },
	{ "extra without a key", "{ as: jane, as-user-extra: { '': [b] } }",
	  "can be no header" },
};

static void what_can_be_no_header_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(refused_cases); i++) {
		const char *label = refused_cases[i].label;
		CLEANUP(buf_release) struct buf headers = BUF_INIT(4096);
		struct error err = ERROR_INIT;

		CHECK(label, !read_user(refused_cases[i].user, &headers, &err));
		CHECK(label, err.code == ERROR_USAGE);
		if (!strstr(err.text, refused_cases[i].says))
			fail_msg("%s: %s", label, err.text);
	}
}

static void too_many_headers_are_refused(void **state)
{
	CLEANUP(buf_release) struct buf headers = BUF_INIT(4096);
	CLEANUP(buf_release) struct buf user = BUF_INIT(8192);
	struct error err = ERROR_INIT;

	(void)state;
	buf_puts(&user, "{ as: jane, as-groups: [a");
	for (int i = 1; i < KUBE_IMPERSONATION_HEADERS; i++)
		buf_puts(&user, ", a");
	buf_puts(&user, "] }");
	assert_false(read_user(buf_text(&user), &headers, &err));
	assert_non_null(strstr(err.text, "as-groups is too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_those_of_client_go),
		cmocka_unit_test(what_can_be_no_header_is_refused),
		cmocka_unit_test(too_many_headers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
