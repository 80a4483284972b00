/* inside.c - addresses that strangers must not make us call */
#include "inside.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

/* RFC 6890 and its registry, and multicast. */
static const struct {
	uint32_t net;
	int bits;
} nets4[] = {
	{ 0x00000000, 8 },	/* this host */
	{ 0x0a000000, 8 },
	{ 0x64400000, 10 },	/* behind a carrier's NAT */
	{ 0x7f000000, 8 },
	{ 0xa9fe0000, 16 },	/* link-local; the cloud's metadata, too */
	{ 0xac100000, 12 },
	{ 0xc0000000, 24 },
	{ 0xc0000200, 24 },	/* documentation, and two more below */
	{ 0xc0586300, 24 },
	{ 0xc0a80000, 16 },
	{ 0xc6120000, 15 },	/* benchmarks */
	{ 0xc6336400, 24 },
	{ 0xcb007100, 24 },
	{ 0xe0000000, 3 },	/* multicast, reserved, broadcast */
};

static int inside4(uint32_t addr)
{
	size_t i;

	for (i = 0; i < sizeof(nets4) / sizeof(*nets4); i++)
		if ((addr ^ nets4[i].net) >> (32 - nets4[i].bits) == 0)
			return 1;
	return 0;
}

static uint32_t ipv4_at(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
		(uint32_t)b[2] << 8 | b[3];
}

static int begins(const uint8_t *b, const char *prefix, size_t n)
{
	return !memcmp(b, prefix, n);
}

/* Only 2000::/3 is given out; in it, and in NAT64, IPv4 may hide. */
static int inside6(const uint8_t *b)
{
	if (begins(b, "\0\x64\xff\x9b\0\0\0\0\0\0\0\0", 12))
		return inside4(ipv4_at(b + 12));
	if (begins(b, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12))
		return inside4(ipv4_at(b + 12));
	if (begins(b, "\x20\x02", 2))			/* 6to4 */
		return inside4(ipv4_at(b + 2));
	if (begins(b, "\x20\x01\x0d\xb8", 4) ||		/* documentation */
	    (begins(b, "\x20\x01", 2) && b[2] < 2))	/* Teredo and so on */
		return 1;
	return (b[0] & 0xe0) != 0x20;
}

static int same(const struct sockaddr *a, const struct sockaddr *b)
{
	if (!b || a->sa_family != b->sa_family)
		return 0;
	if (a->sa_family == AF_INET)
		return ((const struct sockaddr_in *)(const void *)a)
			->sin_addr.s_addr == ((const struct sockaddr_in *)
			(const void *)b)->sin_addr.s_addr;
	return !memcmp(&((const struct sockaddr_in6 *)(const void *)a)
		->sin6_addr, &((const struct sockaddr_in6 *)(const void *)b)
		->sin6_addr, 16);
}

/* A firewall lets a machine talk to itself, at whatever address. */
static int own(const struct sockaddr *addr)
{
	struct ifaddrs *list, *i;
	int found = 0;

	if (getifaddrs(&list))
		return 1;
	for (i = list; i && !found; i = i->ifa_next)
		found = same(addr, i->ifa_addr);
	freeifaddrs(list);
	return found;
}

int inside(const struct sockaddr *addr)
{
	const struct sockaddr_in *in = (const void *)addr;
	const struct sockaddr_in6 *in6 = (const void *)addr;

	switch (addr->sa_family) {
	case AF_INET:
		return inside4(ntohl(in->sin_addr.s_addr)) || own(addr);
	case AF_INET6:
		return inside6(in6->sin6_addr.s6_addr) || own(addr);
	default:
		return 1;
	}
}
