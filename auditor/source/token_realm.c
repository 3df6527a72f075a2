#include "source/token_realm.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>

/* Token servers that belong to a registry without sharing its name. */
static const struct {
	const char *registry, *host;
} known_pairs[] = {
	{ "docker.io", "auth.docker.io" },
};

bool host_is_listed(const char *const *hosts, size_t count, const struct url *url)
{
	bool literal = strchr(url->host, ':') != NULL;
	char bare[URL_HOST_TEXT_SIZE], with_port[URL_HOST_TEXT_SIZE];

	snprintf(bare, sizeof(bare), literal ? "[%s]" : "%s", url->host);
	snprintf(with_port, sizeof(with_port), "%.*s:%u", URL_HOST_SIZE, bare, url->port);
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(hosts[i], bare) == 0 ||
		    strcasecmp(hosts[i], with_port) == 0)
			return true;
	return false;
}

static bool is_address(const char *host)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, bytes) == 1 || strchr(host, ':') != NULL;
}

/*
 * One registrable domain, under a suffix that the list names.  Without that condition
 * libpsl takes the last label of anything for a suffix: 10.0.0.1 and 192.168.0.1 would
 * share the domain "0.1", and so would all hosts of a private top-level domain.
 */
static bool same_registrable_domain(const psl_ctx_t *suffixes, const char *a,
				    const char *b)
{
	const char *domain_a, *domain_b, *suffix;

	if (!suffixes || is_address(a) || is_address(b))
		return false;
	domain_a = psl_registrable_domain(suffixes, a);
	domain_b = psl_registrable_domain(suffixes, b);
	suffix = psl_unregistrable_domain(suffixes, a);
	return domain_a && domain_b && suffix && strcmp(domain_a, domain_b) == 0 &&
	       psl_is_public_suffix2(suffixes, suffix,
				     PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE);
}

static bool is_known_pair(const char *registry, const struct url *realm)
{
	for (size_t i = 0; i < ARRAY_LENGTH(known_pairs); i++)
		if (strcmp(known_pairs[i].registry, registry) == 0 &&
		    strcmp(known_pairs[i].host, realm->host) == 0 && realm->port == 443)
			return true;
	return false;
}

static bool same_host_and_port(const struct url *a, const struct url *b)
{
	return a->port == b->port && strcmp(a->host, b->host) == 0;
}

/*
 * Without TLS, only where the registry itself is spoken to without it; and then
 * credentials only where such a host was named, or was the registry's own.
 */
static bool plain_is_trusted(const struct realm_rules *rules, const struct url *realm)
{
	return same_host_and_port(&rules->url, realm) ||
	       host_is_listed(rules->token_hosts, rules->token_host_count, realm) ||
	       host_is_listed(rules->plain_http, rules->plain_http_count, realm);
}

static bool may_have_credentials(const struct realm_rules *rules, const struct url *realm)
{
	if (!realm->https && !plain_is_trusted(rules, realm))
		return false;
	return same_host_and_port(&rules->url, realm) ||
	       host_is_listed(rules->token_hosts, rules->token_host_count, realm) ||
	       is_known_pair(rules->registry, realm) ||
	       same_registrable_domain(rules->suffixes, rules->url.host, realm->host);
}

bool realm_decide(struct realm_decision *decision, const struct realm_rules *rules,
		  const char *realm, struct error *err)
{
	struct url *url = &decision->url;
	char host[URL_HOST_TEXT_SIZE];

	*decision = (struct realm_decision){ .credentials = false };
	if (!url_parse(url, realm, err))
		return error_wrap(err, "the token server that %s names", rules->registry);
	url_host_text(host, url);
	if (url->userinfo)
		return error_set(
			err, ERROR_DENIED,
			"%s names the token server %s with a user name in its URL",
			rules->registry, host);
	if (!url->https && rules->url.https)
		return error_set(err, ERROR_DENIED,
				 "%s names the token server %s without TLS",
				 rules->registry, host);
	decision->credentials = may_have_credentials(rules, url);
	decision->refuse_private =
		!same_host_and_port(&rules->url, url) &&
		!host_is_listed(rules->token_hosts, rules->token_host_count, url);
	return true;
}
