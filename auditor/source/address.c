#include "source/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>

/* A network: its first bytes, and how many bits of them count. */
struct network {
	unsigned char bytes[16];
	unsigned bits;
	enum address_kind kind;
};

static const struct network ipv4_networks[] = {
	{ { 0 }, 8, ADDRESS_UNSPECIFIED },        { { 10 }, 8, ADDRESS_PRIVATE },
	{ { 100, 64 }, 10, ADDRESS_PRIVATE },     { { 127 }, 8, ADDRESS_LOOPBACK },
	{ { 169, 254 }, 16, ADDRESS_LINK_LOCAL }, { { 172, 16 }, 12, ADDRESS_PRIVATE },
	{ { 192, 168 }, 16, ADDRESS_PRIVATE },
};

static const struct network ipv6_networks[] = {
	{ { [15] = 0 }, 128, ADDRESS_UNSPECIFIED },
	{ { [15] = 1 }, 128, ADDRESS_LOOPBACK },
	{ { 0xfc }, 7, ADDRESS_PRIVATE },
	{ { 0xfe, 0x80 }, 10, ADDRESS_LINK_LOCAL },
	{ { 0xfe, 0xc0 }, 10, ADDRESS_PRIVATE },
};

/* IPv6 networks that carry an IPv4 address, and the byte where that begins. */
static const struct {
	struct network network;
	size_t offset;
} embedding_networks[] = {
	{ { { [10] = 0xff, 0xff }, 96, ADDRESS_PUBLIC }, 12 },   /* mapped */
	{ { { 0, 0x64, 0xff, 0x9b }, 96, ADDRESS_PUBLIC }, 12 }, /* NAT64 */
	{ { { 0x20, 0x02 }, 16, ADDRESS_PUBLIC }, 2 },           /* 6to4 */
	{ { { [0] = 0 }, 96, ADDRESS_PUBLIC }, 12 },             /* compatible */
};

static bool network_holds(const struct network *network, const unsigned char *bytes)
{
	size_t whole = network->bits / 8;
	unsigned char mask = (unsigned char)(0xff00u >> (network->bits % 8));

	if (memcmp(network->bytes, bytes, whole) != 0)
		return false;
	return network->bits % 8 == 0 ||
	       (bytes[whole] & mask) == (network->bytes[whole] & mask);
}

static enum address_kind kind_among(const struct network *networks, size_t count,
				    const unsigned char *bytes)
{
	for (size_t i = 0; i < count; i++)
		if (network_holds(&networks[i], bytes))
			return networks[i].kind;
	return ADDRESS_PUBLIC;
}

static enum address_kind kind_of_ipv4(const unsigned char *bytes)
{
	return kind_among(ipv4_networks, ARRAY_LENGTH(ipv4_networks), bytes);
}

static enum address_kind kind_of_ipv6(const unsigned char *bytes)
{
	enum address_kind kind =
		kind_among(ipv6_networks, ARRAY_LENGTH(ipv6_networks), bytes);

	if (kind != ADDRESS_PUBLIC)
		return kind;
	for (size_t i = 0; i < ARRAY_LENGTH(embedding_networks); i++)
		if (network_holds(&embedding_networks[i].network, bytes))
			return kind_of_ipv4(bytes + embedding_networks[i].offset);
	return ADDRESS_PUBLIC;
}

const char *address_kind_name(enum address_kind kind)
{
	static const char *const names[] = {
		[ADDRESS_PUBLIC] = "a public",
		[ADDRESS_LOOPBACK] = "a loopback",
		[ADDRESS_UNSPECIFIED] = "an unspecified",
		[ADDRESS_LINK_LOCAL] = "a link-local",
		[ADDRESS_PRIVATE] = "a private",
	};

	return names[kind];
}

enum address_kind address_kind_of(const struct sockaddr *address)
{
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;

	switch (address->sa_family) {
	case AF_INET:
		memcpy(&ipv4, address, sizeof(ipv4));
		return kind_of_ipv4((const unsigned char *)&ipv4.sin_addr);
	case AF_INET6:
		memcpy(&ipv6, address, sizeof(ipv6));
		return kind_of_ipv6((const unsigned char *)&ipv6.sin6_addr);
	default:
		return ADDRESS_LOOPBACK; /* a Unix socket never leaves the machine */
	}
}

static bool is_localhost_name(const char *host)
{
	static const char name[] = "localhost";
	size_t length = strlen(host);

	if (length < strlen(name) || strcasecmp(host + length - strlen(name), name) != 0)
		return false;
	return length == strlen(name) || host[length - strlen(name) - 1] == '.';
}

enum address_kind address_kind_of_host(const char *host)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	char literal[INET6_ADDRSTRLEN];

	if (is_localhost_name(host))
		return ADDRESS_LOOPBACK;
	if (inet_pton(AF_INET, host, bytes) == 1)
		return kind_of_ipv4(bytes);
	/* The zone of fe80::1%eth0 is no part of the address. */
	snprintf(literal, sizeof(literal), "%.*s", (int)strcspn(host, "%"), host);
	if (inet_pton(AF_INET6, literal, bytes) == 1)
		return kind_of_ipv6(bytes);
	return ADDRESS_PUBLIC;
}
