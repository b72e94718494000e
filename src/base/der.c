#include "base/der.h"

#define MULTI_BYTE	0x1f	/* 8.1.2.4: the tag's number follows */
#define CONSTRUCTED	0x20
#define LONG_FORM	0x80	/* 8.1.3.5; alone: 8.1.3.6, indefinite */
#define MAX_LENGTH	4	/* bytes of a length; DER needs no more below 4 GiB */

static size_t
length(struct reader *r)
{
	uint8_t n = rd_u8(r);
	size_t len = 0;

	if (n < LONG_FORM)
		return n;
	n &= LONG_FORM - 1;
	if (n == 0 || n > MAX_LENGTH)
		rd_fail(r, FAULT_BAD);
	for (; rd_ok(r) && n > 0; n--)
		len = len << 8 | rd_u8(r);
	return len;
}

struct view
der_next(struct reader *r, uint8_t *tag)
{
	size_t len;

	*tag = rd_u8(r);
	if ((*tag & MULTI_BYTE) == MULTI_BYTE)
		rd_fail(r, FAULT_BAD);
	len = length(r);
	if (rd_ok(r) && len > r->left && ((*tag & CONSTRUCTED) != 0 || *tag == DER_OCTETS))
		len = r->left;
	return rd_view(r, len);
}

size_t
der_size(struct view v)
{
	struct reader r = rd_open(v);
	size_t len;

	rd_skip(&r, 1);
	len = length(&r);
	return rd_ok(&r) ? r.off + len : 0;
}

struct view
der_want(struct reader *r, uint8_t tag)
{
	uint8_t got;
	struct view v = der_next(r, &got);

	if (got != tag)
		rd_fail(r, FAULT_BAD);
	return rd_ok(r) ? v : (struct view){ NULL, 0 };
}

struct view
der_find(struct view v, uint8_t tag)
{
	struct reader r = rd_open(v);
	struct view at;
	uint8_t got;

	while (r.left > 0) {
		at = der_next(&r, &got);
		if (!rd_ok(&r))
			break;
		if (got == tag)
			return at;
	}
	return (struct view){ NULL, 0 };
}
