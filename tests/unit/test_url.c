#include "source/url.h"

#include "tests/unit/check.h"

static const struct {
	const char *text, *host, *shown;
	unsigned port;
	bool https, userinfo;
} good[] = {
	{ "https://ghcr.io", "ghcr.io", "ghcr.io", 443, true, false },
	{ "http://ghcr.io/v2/?x=y", "ghcr.io", "ghcr.io", 80, false, false },
	{ "HTTPS://GHCR.IO:443/", "ghcr.io", "ghcr.io", 443, true, false },
	{ "https://ghcr.io./", "ghcr.io", "ghcr.io", 443, true, false },
	{ "http://h:443", "h", "h:443", 443, false, false },
	{ "https://[::1]:5000/", "::1", "[::1]:5000", 5000, true, false },
	{ "https://[2001:DB8::1]", "2001:db8::1", "[2001:db8::1]", 443, true, false },
	{ "https://jane@host/", "host", "host", 443, true, true },
	{ "https://jane:secret@host:1/", "host", "host:1", 1, true, true },
	{ "https://safe.example@evil.example/", "evil.example", "evil.example", 443, true,
	  true },
	/* One address in the ways that inet_aton() reads it. */
	{ "http://127.1/", "127.0.0.1", "127.0.0.1", 80, false, false },
	{ "http://0x7f000001/", "127.0.0.1", "127.0.0.1", 80, false, false },
	{ "http://2130706433/", "127.0.0.1", "127.0.0.1", 80, false, false },
};

static void the_host_is_the_one_that_is_connected_to(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
		char shown[URL_HOST_TEXT_SIZE];
		struct error err = ERROR_INIT;
		struct url url;

		if (!url_parse(&url, good[i].text, &err))
			fail_msg("%s: %s", good[i].text, err.text);
		CHECK_TEXT(good[i].text, url.host, good[i].host);
		CHECK_TEXT(good[i].text, url_host_text(shown, &url), good[i].shown);
		CHECK(good[i].text, url.port == good[i].port);
		CHECK(good[i].text, url.https == good[i].https);
		CHECK(good[i].text, url.userinfo == good[i].userinfo);
	}
}

static const char *const bad[] = {
	"",
	"ghcr.io",
	"/v2/",
	"file:///etc/passwd",
	"ftp://h/",
	"gopher://h/",
	"https://",

	"https://:80",
	"https://h:0/",
	"https://h:65536/",
	"https://h:x/",
	"https://a b/",
	"https://a/\r\nHost: b",
	"https://a/\x7f",
	"\thttps://a/",
};

static void what_is_no_web_address_is_refused_without_repeating_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		struct error err = ERROR_INIT;
		struct url url;

		CHECK(bad[i], !url_parse(&url, bad[i], &err));
		CHECK(bad[i], err.code == ERROR_SYNTAX);
		CHECK(bad[i], !strstr(err.text, "passwd"));
	}
}

static void a_host_longer_than_any_name_is_refused(void **state)
{
	char text[1024] = "https://";
	struct error err = ERROR_INIT;
	struct url url;

	(void)state;
	memset(text + strlen(text), 'a', 500);
	assert_false(url_parse(&url, text, &err));
}

static const struct {
	const char *a, *b;
	bool same;
} origins[] = {
	{ "https://h/a", "https://H:443/b", true },
	{ "https://h/", "http://h/", false },
	{ "https://h/", "http://h:443/", false },
	{ "https://h/", "https://h:444/", false },
	{ "https://h/", "https://h.example/", false },
};

static void an_origin_is_scheme_host_and_port(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(origins); i++) {
		struct error err = ERROR_INIT;
		struct url a, b;

		CHECK(origins[i].a, url_parse(&a, origins[i].a, &err));
		CHECK(origins[i].b, url_parse(&b, origins[i].b, &err));
		CHECK(origins[i].b, url_same_origin(&a, &b) == origins[i].same);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_is_the_one_that_is_connected_to),
		cmocka_unit_test(what_is_no_web_address_is_refused_without_repeating_it),
		cmocka_unit_test(a_host_longer_than_any_name_is_refused),
		cmocka_unit_test(an_origin_is_scheme_host_and_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
