#include "base/addr.h"

#include <sys/endian.h>

#include <arpa/inet.h>
#include <stdio.h>

void
addr_text(const struct addr *a, char out[ADDR_TEXT])
{
	static const uint8_t zero[12];

	if (!a->v6)
		inet_ntop(AF_INET, a->b, out, ADDR_TEXT);
	/* inet_ntop() takes ::1:2 for an IPv4 address: ::0.1.0.2. */
	else if (memcmp(a->b, zero, sizeof(zero)) == 0 && be16dec(a->b + 12) != 0)
		snprintf(out, ADDR_TEXT, "::%x:%x", be16dec(a->b + 12), be16dec(a->b + 14));
	else
		inet_ntop(AF_INET6, a->b, out, ADDR_TEXT);
}
