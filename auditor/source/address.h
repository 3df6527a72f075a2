/*
 * address.h - which network an IP address belongs to
 *
 * For the rule that a token realm named by a registry must not lead into the
 * machine or the network that pindrift runs in (RFC 6890's special-purpose
 * addresses), and for the rule that loopback alone may do without TLS.
 */
#ifndef SOURCE_ADDRESS_H
#define SOURCE_ADDRESS_H

#include "base/base.h"

#include <sys/socket.h>

enum address_kind {
	ADDRESS_PUBLIC,
	ADDRESS_LOOPBACK,    /* 127.0.0.0/8, ::1 */
	ADDRESS_UNSPECIFIED, /* 0.0.0.0/8, ::, which Linux connects to itself */
	ADDRESS_LINK_LOCAL,  /* 169.254.0.0/16 (cloud metadata), fe80::/10 */
	ADDRESS_PRIVATE,     /* RFC 1918, RFC 6598, fc00::/7, fec0::/10 */
};

/* "a loopback", "a private", … as in "a loopback address". */
const char *address_kind_name(enum address_kind kind);

/* An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4) counts as itself.
 */
enum address_kind address_kind_of(const struct sockaddr *address);

/*
 * The kind of a host as in struct url: a literal address, or a name that is loopback by
 * its meaning (`localhost`, `*.localhost`; RFC 6761, 6.3).  ADDRESS_PUBLIC for other
 * names.
 */
enum address_kind address_kind_of_host(const char *host);

#endif
