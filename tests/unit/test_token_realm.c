#include "source/token_realm.h"

#include "tests/unit/check.h"

/*
 * The four directions: credentials sent, asked without them, refused, and asked at an
 * address that has to be public.
 */
enum outcome {
	TRUSTED,        /* credentials go there, whatever its address */
	TRUSTED_PUBLIC, /* credentials go there, if its address is public */
	ANONYMOUS,      /* asked without credentials, if its address is public */
	REFUSED,        /* not asked */
};

static const struct {
	const char *label, *registry, *url, *realm;
	enum outcome outcome;
} cases[] = {
	/* The registry's own host and port. */
	{ "the registry itself", "ghcr.io", "https://ghcr.io", "https://ghcr.io/token",
	  TRUSTED },
	{ "by its port said aloud", "ghcr.io", "https://ghcr.io",
	  "https://ghcr.io:443/token", TRUSTED },
	{ "in capitals", "ghcr.io", "https://ghcr.io", "https://GHCR.IO/token", TRUSTED },
	{ "with the final dot", "ghcr.io", "https://ghcr.io", "https://ghcr.io./token",
	  TRUSTED },
	{ "on loopback", "127.0.0.1:5000", "http://127.0.0.1:5000",
	  "http://127.0.0.1:5000/auth", TRUSTED },
	{ "on a private address", "10.0.0.1:5000", "https://10.0.0.1:5000",
	  "https://10.0.0.1:5000/auth", TRUSTED },
	{ "by IPv6", "[::1]:5000", "http://[::1]:5000", "http://[0:0:0:0:0:0:0:1]:5000/a",
	  TRUSTED },

	/* Another port is another server. */
	{ "another port", "127.0.0.1:5000", "http://127.0.0.1:5000",
	  "http://127.0.0.1:5001/auth", ANONYMOUS },
	{ "another port of a private address", "10.0.0.1:5000", "https://10.0.0.1:5000",
	  "https://10.0.0.1/auth", ANONYMOUS },

	/* One registrable domain, under a suffix that the list names. */
	{ "GitLab", "registry.gitlab.com", "https://registry.gitlab.com",
	  "https://gitlab.com/jwt/auth", TRUSTED_PUBLIC },
	{ "two labels of suffix", "registry.example.co.uk",
	  "https://registry.example.co.uk", "https://auth.example.co.uk/token",
	  TRUSTED_PUBLIC },
	{ "only the suffix in common", "a.co.uk", "https://a.co.uk",
	  "https://b.co.uk/token", ANONYMOUS },
	{ "a suffix of the private section", "a.github.io", "https://a.github.io",
	  "https://b.github.io/token", ANONYMOUS },
	{ "a domain that ends alike", "registry.gitlab.com",
	  "https://registry.gitlab.com", "https://evilgitlab.com/token", ANONYMOUS },
	{ "addresses have no domain", "10.0.0.1", "https://10.0.0.1",
	  "https://192.168.0.1/token", ANONYMOUS },
	{ "nor have IPv6 addresses", "[fd00::1]", "https://[fd00::1]",
	  "https://[fd00::2]/t", ANONYMOUS },
	{ "a suffix that is not listed", "a.corp.internal9", "https://a.corp.internal9",
	  "https://b.corp.internal9/token", ANONYMOUS },
	{ "localhost is none", "a.localhost:5000", "http://a.localhost:5000",
	  "http://b.localhost:5000/token", ANONYMOUS },

	/* Docker Hub. */
	{ "Docker Hub", "docker.io", "https://registry-1.docker.io",
	  "https://auth.docker.io/token", TRUSTED_PUBLIC },
	{ "somebody who claims Docker Hub's", "evil.example.com",
	  "https://evil.example.com", "https://auth.docker.io/token", ANONYMOUS },
	{ "somebody whom Docker Hub would name", "docker.io",
	  "https://registry-1.docker.io", "https://auth.docker.io.evil.com/token",
	  ANONYMOUS },

	/* Named by configuration. */
	{ "listed by name", "r.example.com", "https://r.example.com",
	  "https://tokens.example.org/t", TRUSTED },
	{ "listed by name, on any port", "r.example.com", "https://r.example.com",
	  "https://tokens.example.org:8443/t", TRUSTED },
	{ "listed with its port", "r.example.com", "https://r.example.com",
	  "https://127.0.0.1:7000/t", TRUSTED },
	{ "listed with another port", "r.example.com", "https://r.example.com",
	  "https://127.0.0.1:7001/t", ANONYMOUS },

	/* Without TLS. */
	{ "no TLS behind a registry with TLS", "r.example.com", "https://r.example.com",
	  "http://r.example.com/t", REFUSED },
	{ "not even where it is listed", "r.example.com", "https://r.example.com",
	  "http://tokens.example.org/t", REFUSED },
	{ "no TLS at all, another host of the domain", "r.example.com",
	  "http://r.example.com", "http://auth.example.com/t", ANONYMOUS },
	{ "no TLS at all, a host that is listed as plain", "r.example.com",
	  "http://r.example.com", "http://plain.example.com/t", TRUSTED_PUBLIC },
	{ "TLS behind a registry without", "r.example.com", "http://r.example.com",
	  "https://auth.example.com/t", TRUSTED_PUBLIC },

	/* What is no place to go. */
	{ "a user name", "r.example.com", "https://r.example.com",
	  "https://r.example.com@evil.com/t", REFUSED },
	{ "a user name and password", "r.example.com", "https://r.example.com",
	  "https://a:b@r.example.com/t", REFUSED },
	{ "a file", "r.example.com", "https://r.example.com", "file:///etc/passwd",
	  REFUSED },
	{ "another scheme", "r.example.com", "https://r.example.com",
	  "gopher://r.example.com/", REFUSED },
	{ "a path", "r.example.com", "https://r.example.com", "/token", REFUSED },
	{ "a line end", "r.example.com", "https://r.example.com",
	  "https://r.example.com/\r\nX: y", REFUSED },
	{ "nothing", "r.example.com", "https://r.example.com", "", REFUSED },
};

static enum outcome decide(const struct realm_rules *rules, const char *realm)
{
	struct realm_decision decision;
	struct error err = ERROR_INIT;

	if (!realm_decide(&decision, rules, realm, &err)) {
		assert_true(err.code == ERROR_SYNTAX || err.code == ERROR_DENIED);
		return REFUSED;
	}
	if (!decision.credentials)
		return ANONYMOUS;
	return decision.refuse_private ? TRUSTED_PUBLIC : TRUSTED;
}

static void list_release(psl_ctx_t **list)
{
	psl_free(*list);
}

static void realms_get_credentials_only_where_they_belong(void **state)
{
	static const char *const token_hosts[] = { "tokens.example.org",
						   "127.0.0.1:7000" };
	static const char *const plain[] = { "plain.example.com" };
	CLEANUP(list_release) psl_ctx_t *suffixes = psl_latest(NULL);

	(void)state;
	assert_non_null(suffixes);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct realm_rules rules = {
			.registry = cases[i].registry,
			.token_hosts = token_hosts,
			.token_host_count = ARRAY_LENGTH(token_hosts),
			.plain_http = plain,
			.plain_http_count = ARRAY_LENGTH(plain),
			.suffixes = suffixes,
		};
		struct error err = ERROR_INIT;

		CHECK(cases[i].label, url_parse(&rules.url, cases[i].url, &err));
		CHECK(cases[i].label, decide(&rules, cases[i].realm) == cases[i].outcome);
	}
}

static void without_a_list_of_suffixes_no_domain_is_shared(void **state)
{
	struct realm_rules rules = { .registry = "registry.gitlab.com" };
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(url_parse(&rules.url, "https://registry.gitlab.com", &err));
	assert_int_equal(decide(&rules, "https://gitlab.com/jwt/auth"), ANONYMOUS);
	assert_int_equal(decide(&rules, "https://registry.gitlab.com/jwt"), TRUSTED);
}

static void whoever_is_asked_without_trust_must_be_public(void **state)
{
	struct realm_rules rules = { .registry = "r.example.com" };
	struct realm_decision decision;
	struct error err = ERROR_INIT;

	(void)state;
	assert_true(url_parse(&rules.url, "https://r.example.com", &err));
	assert_true(realm_decide(&decision, &rules, "https://127.0.0.1/t", &err));
	assert_true(decision.refuse_private);
	assert_false(decision.credentials);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(realms_get_credentials_only_where_they_belong),
		cmocka_unit_test(without_a_list_of_suffixes_no_domain_is_shared),
		cmocka_unit_test(whoever_is_asked_without_trust_must_be_public),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
