#include "source/token_request.h"

#include "base/log.h"
#include "base/memory.h"
#include "tests/unit/check.h"

static const struct {
	const char *label, *realm, *service, *repository, *url;
} url_cases[] = {
	{ "Docker Hub", "https://auth.docker.io/token", "registry.docker.io",
	  "library/nginx",
	  "https://auth.docker.io/token?service=registry.docker.io&"
	  "scope=repository%3Alibrary%2Fnginx%3Apull" },
	{ "no service", "https://h/t", "", "a",
	  "https://h/t?scope=repository%3Aa%3Apull" },
	{ "a query of its own", "https://h/t?account=x", "s", "a",
	  "https://h/t?account=x&service=s&scope=repository%3Aa%3Apull" },
	{ "a fragment", "https://h/t#part", "s", "a",
	  "https://h/t?service=s&scope=repository%3Aa%3Apull" },
	{ "characters with a meaning", "https://h/t", "a&scope=evil b", "a",
	  "https://h/t?service=a%26scope%3Devil+b&scope=repository%3Aa%3Apull" },
};

/* Escapes in capitals: libcurl's case of hex digits has changed over time. */
static void raise_escapes(char *url)
{
	for (; *url; url++)
		if (*url == '%' && url[1] && url[2])
			for (int i = 1; i <= 2; i++)
				if (url[i] >= 'a' && url[i] <= 'f')
					url[i] = (char)(url[i] - 'a' + 'A');
}

static void the_scope_is_ours_and_every_value_is_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(url_cases); i++) {
		char *url CLEANUP(free_pointer) =
			token_request_url(url_cases[i].realm, url_cases[i].service,
					  url_cases[i].repository);

		CHECK(url_cases[i].label, url != NULL);
		raise_escapes(url);
		CHECK_TEXT(url_cases[i].label, url, url_cases[i].url);
	}
}

static void what_is_no_url_gives_none(void **state)
{
	(void)state;
	assert_null(token_request_url("", "s", "a"));
	assert_null(token_request_url("https://", "s", "a"));
}

static void an_identity_token_goes_into_a_form(void **state)
{
	char *form CLEANUP(free_pointer) =
		token_request_form("s v", "a/b", "secret&token");

	(void)state;
	assert_string_equal(form, "grant_type=refresh_token&refresh_token=secret%26token&"
				  "service=s%20v&client_id=pindrift&"
				  "scope=repository%3Aa%2Fb%3Apull");
}

static void headers_carry_secrets_that_are_never_shown(void **state)
{
	char *bearer CLEANUP(free_pointer) = authorization_bearer("token-of-jane");
	char *basic CLEANUP(free_pointer) = authorization_basic("jane", "open:sesame");

	(void)state;
	assert_string_equal(bearer, "Authorization: Bearer token-of-jane");
	assert_string_equal(basic, "Authorization: Basic amFuZTpvcGVuOnNlc2FtZQ==");
	log_redact(bearer);
	log_redact(basic);
	assert_string_equal(bearer, "Authorization: Bearer *************");
	assert_string_equal(basic, "Authorization: Basic ************************");
	log_forget_secrets();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_scope_is_ours_and_every_value_is_escaped),
		cmocka_unit_test(what_is_no_url_gives_none),
		cmocka_unit_test(an_identity_token_goes_into_a_form),
		cmocka_unit_test(headers_carry_secrets_that_are_never_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
