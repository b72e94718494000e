/* ndr.c -- NDR, [C706] 14, and NDR64, [MS-RPCE] 2.2.5. */
#include "rpc/ndr.h"

#include "base/limits.h"

struct ndr
ndr_open(struct view stub, bool wide, bool big)
{
	struct ndr n = { .r = rd_open(stub), .wide = wide };

	n.r.big = big && !wide;
	return n;
}

/* Pads may hold anything: they are skipped unseen. */
void
ndr_align(struct ndr *n, size_t to)
{
	rd_skip(&n->r, -n->r.off & (to - 1));
}

uint16_t
ndr_u16(struct ndr *n)
{
	ndr_align(n, 2);
	return rd_u16(&n->r);
}

uint32_t
ndr_u32(struct ndr *n)
{
	ndr_align(n, 4);
	return rd_u32(&n->r);
}

uint64_t
ndr_size(struct ndr *n)
{
	if (!n->wide)
		return ndr_u32(n);
	ndr_align(n, 8);
	return rd_u64(&n->r);
}

/* Only zero means anything: clients repeat the referents of unique pointers. */
bool
ndr_present(struct ndr *n)
{
	return ndr_size(n) != 0;
}

struct view
ndr_bytes(struct ndr *n, size_t len)
{
	return rd_view(&n->r, len);
}

struct view
ndr_guid(struct ndr *n)
{
	ndr_align(n, 4);
	return rd_view(&n->r, 16);
}

/* The three counts of a conformant varying string ([C706] 14.3.4.2).  Returns
 * how many characters follow, with the NUL if there is one. */
static size_t
string_len(struct ndr *n)
{
	uint64_t max = ndr_size(n), first = ndr_size(n), len = ndr_size(n);

	if (first != 0 || len > max)
		rd_fail(&n->r, FAULT_BAD);
	if (len > MAX_NDR_STRING)
		rd_fail(&n->r, FAULT_LIMIT);
	return rd_ok(&n->r) ? (size_t)len : 0;
}

static struct view
cut_at_nul(struct view v)
{
	size_t n = 0;

	while (n + 2 <= v.len && (v.p[n] != 0 || v.p[n + 1] != 0))
		n += 2;
	return (struct view){ v.p, n };
}

struct view
ndr_wstr(struct ndr *n)
{
	size_t len = string_len(n);

	return cut_at_nul(rd_view(&n->r, len * 2));
}

struct view
ndr_str(struct ndr *n)
{
	struct view v = rd_view(&n->r, string_len(n));

	return view_upto(v, 0, v.len > 0 ? strnlen((const char *)v.p, v.len) : 0);
}

struct view
ndr_wstr_upto(struct ndr *n)
{
	size_t len = string_len(n);
	struct view v = view_upto(rd_rest(&n->r), 0, len * 2);

	rd_skip(&n->r, len * 2);
	return cut_at_nul(v);
}

bool
ndr_unicode_string(struct ndr *n)
{
	ndr_align(n, n->wide ? 8 : 4);
	rd_skip(&n->r, 2 + 2);		/* the lengths: the characters bring their own */
	return ndr_present(n);
}

uint32_t
ndr_count(struct ndr *n, size_t min)
{
	uint64_t count = ndr_size(n);

	if (count > n->r.left / min)
		rd_fail(&n->r, FAULT_SHORT);
	return rd_ok(&n->r) ? (uint32_t)count : 0;
}

void
ndr_uuid(struct reader *r, uint8_t out[16])
{
	uint32_t a = rd_u32(r);
	uint16_t b = rd_u16(r), c = rd_u16(r);
	struct view rest = rd_view(r, 8);

	memset(out, 0, 16);
	if (!rd_ok(r))
		return;
	le32enc(out, a);
	le16enc(out + 4, b);
	le16enc(out + 6, c);
	memcpy(out + 8, rest.p, 8);
}

struct ndr_handle
ndr_handle(struct ndr *n)
{
	uint32_t attributes = ndr_u32(n);
	struct ndr_handle h;

	ndr_uuid(&n->r, h.bytes + 4);
	le32enc(h.bytes, rd_ok(&n->r) ? attributes : 0);
	return h;
}

bool
ndr_handle_is_null(const struct ndr_handle *h)
{
	static const struct ndr_handle null;

	return memcmp(h, &null, sizeof(null)) == 0;
}
