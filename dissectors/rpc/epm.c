/* epm.c -- learns ports from the endpoint mapper's answers, [C706] O, [MS-RPCE] 2.2.1.2. */
#include "rpc/iface.h"

#include "rpc/ports.h"

/*
 * Reads one floor of a tower: its octets have no alignment and little-endian
 * lengths.  Returns false at the end, or if the floor is malformed.
 */
static bool
floor_next(struct reader *r, struct view *lhs, struct view *rhs)
{
	*lhs = rd_view(r, rd_le16(r));
	*rhs = rd_view(r, rd_le16(r));
	return rd_ok(r) && lhs->len > 0;
}

static void
tower_learn(struct rpc_call *call, struct view octets)
{
	enum { UUID = 0x0d, CONNECTION = 0x0b, TCP = 0x07, IP = 0x09 };
	struct reader r = rd_open(octets);
	struct addr host = { .v6 = false };
	struct view lhs, rhs, iface;
	uint16_t floors = rd_le16(&r), port;

	if (floors < 4 || !floor_next(&r, &iface, &rhs) || iface.p[0] != UUID ||
	    iface.len < 17 || !floor_next(&r, &lhs, &rhs) ||
	    !floor_next(&r, &lhs, &rhs) || lhs.p[0] != CONNECTION ||
	    !floor_next(&r, &lhs, &rhs) || lhs.p[0] != TCP || rhs.len != 2)
		return;
	if ((port = be16dec(rhs.p)) == 0)
		return;
	ports_learn(call->world, &call->peers->client, &call->peers->server, port, iface.p + 1);
	/* The client may then connect to another of the server's addresses. */
	if (!floor_next(&r, &lhs, &rhs) || lhs.p[0] != IP || rhs.len != 4 || be32dec(rhs.p) == 0)
		return;
	memcpy(host.b, rhs.p, 4);
	if (!addr_eq(&host, &call->peers->server))
		ports_learn(call->world, &call->peers->client, &host, port, iface.p + 1);
}

/* Reads count referents, then the towers of those that are not NULL. */
static void
towers_learn(struct ndr *n, struct rpc_call *call, size_t count)
{
	size_t there = 0;

	for (; count > 0 && rd_ok(&n->r); count--)
		there += ndr_present(n);
	for (; there > 0 && rd_ok(&n->r); there--) {
		ndr_size(n);			/* max_count */
		tower_learn(call, ndr_bytes(n, ndr_u32(n)));
	}
}

static void
map_response(struct ndr *n, struct rpc_call *call)
{
	uint64_t count;

	ndr_align(n, 4);
	ndr_bytes(n, 20);			/* entry_handle */
	/* Some servers pad the handle to eight bytes in NDR64. */
	if (ndr_u32(n) == 0 && n->wide)
		ndr_u32(n);
	ndr_size(n);
	ndr_size(n);
	count = ndr_size(n);
	if (count > n->r.left / (n->wide ? 8 : 4))
		rd_fail(&n->r, FAULT_BAD);
	else
		towers_learn(n, call, (size_t)count);
}

/* The towers follow behind all entries. */
static void
lookup_response(struct ndr *n, struct rpc_call *call)
{
	uint64_t count, i;
	size_t there = 0;

	ndr_align(n, 4);
	ndr_bytes(n, 20);
	ndr_u32(n);
	ndr_size(n);
	ndr_size(n);
	count = ndr_size(n);
	for (i = 0; i < count && rd_ok(&n->r); i++) {
		ndr_guid(n);			/* object */
		there += ndr_present(n);
		ndr_size(n);			/* annotation: varying, offset and length */
		ndr_bytes(n, (size_t)ndr_size(n));
		ndr_align(n, n->wide ? 8 : 4);
	}
	for (; there > 0 && rd_ok(&n->r); there--) {
		ndr_size(n);
		tower_learn(call, ndr_bytes(n, ndr_u32(n)));
	}
}

static const struct rpc_op epm_ops[] = {
	{ 2, "ept_lookup", NULL, NULL, lookup_response, NULL },
	{ 3, "ept_map", NULL, NULL, map_response, NULL },
};

const struct rpc_iface epm_iface = {
	.name = "epmapper",
	.uuid = { 0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11,
	    0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa },
	.major = 3, .minor = 0,
	.ops = epm_ops, .nops = nitems(epm_ops),
};
