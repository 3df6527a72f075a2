#include "base/log.h"

#include "base/memory.h"
#include "tests/unit/check.h"

#include <unistd.h>

/* What `print` writes to standard error; the caller frees it. */
static char *stderr_of(void (*print)(const void *user), const void *user)
{
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);
	char *text = xcalloc(1, 1 << 16);

	assert_non_null(file);
	fflush(stderr);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	print(user);
	fflush(stderr);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
	rewind(file);
	(void)!fread(text, 1, (1 << 16) - 1, file);
	fclose(file);
	return text;
}

static void print_all_levels(const void *user)
{
	(void)user;
	log_message(LOG_ERROR, "an %s", "error");
	log_message(LOG_WARNING, "a warning");
	log_message(LOG_INFO, "news");
	log_message(LOG_DEBUG, "a detail");
}

static const struct {
	const char *label;
	enum log_level level;
	const char *shown;
} level_cases[] = {
	{ "errors alone", LOG_ERROR, "pindrift: an error\n" },
	{ "warnings too", LOG_WARNING,
	  "pindrift: an error\npindrift: warning: a warning\n" },
	{ "news too", LOG_INFO,
	  "pindrift: an error\npindrift: warning: a warning\npindrift: news\n" },
	{ "all", LOG_DEBUG,
	  "pindrift: an error\npindrift: warning: a warning\npindrift: news\n"
	  "pindrift: a detail\n" },
};

static void messages_beyond_the_level_are_not_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(level_cases); i++) {
		char *text CLEANUP(free_pointer) = NULL;

		log_set_level(level_cases[i].level);
		text = stderr_of(print_all_levels, NULL);
		CHECK_TEXT(level_cases[i].label, text, level_cases[i].shown);
	}
	log_set_level(LOG_WARNING);
}

static void print_text(const void *user)
{
	log_message(LOG_ERROR, "%s", (const char *)user);
}

static const struct {
	const char *label, *text, *shown;
} message_cases[] = {
	{ "plain", "deploy/web.yaml: no YAML", "pindrift: deploy/web.yaml: no YAML\n" },
	{ "empty", "", "pindrift: \n" },
	{ "a terminal's orders", "a\x1b[2Jb", "pindrift: a\\x1b[2Jb\n" },
	{ "two lines", "a\nb\r", "pindrift: a\\x0ab\\x0d\n" },
	{ "no UTF-8", "caf\xe9", "pindrift: caf\\xe9\n" },
	{ "UTF-8", "caf\xc3\xa9", "pindrift: caf\xc3\xa9\n" },
	{ "right to left",
	  "a\xe2\x80\xae"
	  "b",
	  "pindrift: a\\u{202e}b\n" },
	{ "a secret", "token abcd1234, token abcd1234!",
	  "pindrift: token ********, token ********!\n" },
	{ "a secret inside another", "wxabcd1234yz", "pindrift: ************\n" },
	{ "two that overlap", "abcd12345678", "pindrift: ************\n" },
	{ "one that overlaps itself", "zazaza!", "pindrift: ******!\n" },
	{ "a part of one", "abcd123", "pindrift: abcd123\n" },
	{ "too short to be one", "the", "pindrift: the\n" },
};

static void a_message_is_one_line_without_orders_and_secrets(void **state)
{
	(void)state;
	log_add_secret("abcd1234");
	log_add_secret("abcd1234");
	log_add_secret("wxabcd1234yz");
	log_add_secret("12345678");
	log_add_secret("zaza");
	log_add_secret("the");
	log_add_secret("");
	log_add_secret(NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(message_cases); i++) {
		char *text CLEANUP(free_pointer) =
			stderr_of(print_text, message_cases[i].text);

		CHECK_TEXT(message_cases[i].label, text, message_cases[i].shown);
	}
	log_forget_secrets();
}

static void a_long_message_is_cut_without_half_a_secret(void **state)
{
	char *text CLEANUP(free_pointer) = NULL;
	char *shown CLEANUP(free_pointer) = NULL;
	char message[2050 + 16];

	(void)state;
	memset(message, 'x', 2044);
	memcpy(message + 2044, "abcd1234", sizeof("abcd1234"));
	log_add_secret("abcd1234");
	text = stderr_of(print_text, message);
	assert_null(strstr(text, "abcd"));
	assert_int_equal(strlen(text), strlen("pindrift: \n") + 2048);
	log_forget_secrets();
	/* An e with an acute accent lies across the cut. */
	memcpy(message + 2047, "\xc3\xa9", sizeof("\xc3\xa9"));
	shown = stderr_of(print_text, message);
	assert_int_equal(strlen(shown), strlen("pindrift: \n") + 2047);
}

static void print_too_much(const void *user)
{
	log_message(LOG_ERROR, "%s%s", (const char *)user, (const char *)user);
}

static void an_endless_message_is_not_shown(void **state)
{
	char *text CLEANUP(free_pointer) = NULL;
	char *message CLEANUP(free_pointer) = xmalloc((1 << 20) + 1);

	(void)state;
	memset(message, 'x', 1 << 20);
	message[1 << 20] = '\0';
	text = stderr_of(print_too_much, message);
	assert_string_equal(text, "pindrift: (a message of more than 1 MiB)\n");
}

static void no_secret_gives_way_to_later_ones(void **state)
{
	char text[] = "password, token-0 and token-9999";

	(void)state;
	log_add_secret("password");
	for (int i = 0; i < 10000; i++) {
		char secret[32];

		snprintf(secret, sizeof(secret), "token-%d", i);
		log_add_secret(secret);
	}
	log_redact(text);
	assert_string_equal(text, "********, ******* and **********");
	log_forget_secrets();
}

static void forgotten_secrets_are_none(void **state)
{
	char text[] = "password";

	(void)state;
	log_add_secret(text);
	log_forget_secrets();
	log_redact(text);
	assert_string_equal(text, "password");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_beyond_the_level_are_not_shown),
		cmocka_unit_test(a_message_is_one_line_without_orders_and_secrets),
		cmocka_unit_test(a_long_message_is_cut_without_half_a_secret),
		cmocka_unit_test(an_endless_message_is_not_shown),
		cmocka_unit_test(no_secret_gives_way_to_later_ones),
		cmocka_unit_test(forgotten_secrets_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
