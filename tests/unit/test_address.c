#include "source/address.h"

#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const struct {
	const char *host;
	enum address_kind kind;
} literals[] = {
	{ "127.0.0.1", ADDRESS_LOOPBACK },
	{ "127.255.255.255", ADDRESS_LOOPBACK },
	{ "128.0.0.0", ADDRESS_PUBLIC },
	{ "126.255.255.255", ADDRESS_PUBLIC },
	{ "0.0.0.0", ADDRESS_UNSPECIFIED },
	{ "0.1.2.3", ADDRESS_UNSPECIFIED },
	{ "1.0.0.0", ADDRESS_PUBLIC },
	{ "169.254.169.254", ADDRESS_LINK_LOCAL },
	{ "169.253.0.1", ADDRESS_PUBLIC },
	{ "10.0.0.1", ADDRESS_PRIVATE },
	{ "11.0.0.1", ADDRESS_PUBLIC },
	{ "172.16.0.1", ADDRESS_PRIVATE },
	{ "172.31.255.255", ADDRESS_PRIVATE },
	{ "172.15.255.255", ADDRESS_PUBLIC },
	{ "172.32.0.0", ADDRESS_PUBLIC },
	{ "192.168.1.1", ADDRESS_PRIVATE },
	{ "192.169.0.0", ADDRESS_PUBLIC },
	{ "100.64.0.1", ADDRESS_PRIVATE },
	{ "100.100.100.200", ADDRESS_PRIVATE },
	{ "100.128.0.0", ADDRESS_PUBLIC },
	{ "8.8.8.8", ADDRESS_PUBLIC },
	{ "::1", ADDRESS_LOOPBACK },
	{ "::", ADDRESS_UNSPECIFIED },
	{ "fe80::1", ADDRESS_LINK_LOCAL },
	{ "febf::1", ADDRESS_LINK_LOCAL },
	{ "fec0::1", ADDRESS_PRIVATE },
	{ "fd00:ec2::254", ADDRESS_PRIVATE },
	{ "fc00::1", ADDRESS_PRIVATE },
	{ "fbff::1", ADDRESS_PUBLIC },
	{ "2606:4700::1", ADDRESS_PUBLIC },
	{ "::ffff:127.0.0.1", ADDRESS_LOOPBACK },
	{ "::ffff:10.0.0.1", ADDRESS_PRIVATE },
	{ "::ffff:8.8.8.8", ADDRESS_PUBLIC },
	{ "::127.0.0.1", ADDRESS_LOOPBACK },
	{ "64:ff9b::169.254.169.254", ADDRESS_LINK_LOCAL },
	{ "2002:7f00:1::", ADDRESS_LOOPBACK },
	{ "2002:808:808::", ADDRESS_PUBLIC },
};

/* The address as the kernel has it. */
static enum address_kind kind_of_socket(const char *host)
{
	struct sockaddr_in ipv4 = { .sin_family = AF_INET };
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, host, &ipv4.sin_addr) == 1)
		return address_kind_of((struct sockaddr *)&ipv4);
	assert_int_equal(inet_pton(AF_INET6, host, &ipv6.sin6_addr), 1);
	return address_kind_of((struct sockaddr *)&ipv6);
}

static void addresses_are_of_the_network_that_they_end_up_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(literals); i++) {
		CHECK(literals[i].host,
		      address_kind_of_host(literals[i].host) == literals[i].kind);
		CHECK(literals[i].host,
		      kind_of_socket(literals[i].host) == literals[i].kind);
	}
}

static const struct {
	const char *host;
	enum address_kind kind;
} names[] = {
	{ "localhost", ADDRESS_LOOPBACK },
	{ "LOCALHOST", ADDRESS_LOOPBACK },
	{ "registry.localhost", ADDRESS_LOOPBACK },
	{ "mylocalhost", ADDRESS_PUBLIC },
	{ "localhost.example.com", ADDRESS_PUBLIC },
	{ "127.attacker.example", ADDRESS_PUBLIC },
	{ "127.0.0.1.example.com", ADDRESS_PUBLIC },
	{ "ghcr.io", ADDRESS_PUBLIC },
	{ "", ADDRESS_PUBLIC },
	{ "fe80::1%eth0", ADDRESS_LINK_LOCAL },
};

static void names_are_loopback_by_their_meaning_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		CHECK(names[i].host,
		      address_kind_of_host(names[i].host) == names[i].kind);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_of_the_network_that_they_end_up_in),
		cmocka_unit_test(names_are_loopback_by_their_meaning_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
