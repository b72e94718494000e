/* smb2-compress.c -- compressed messages, [MS-SMB2] 2.2.42, 3.1.5.3. */
#include "smb/smb2-compress.h"

#include "base/decompress.h"

#define CHAINED		1	/* in the flags, which both kinds of header have at 10 */

/* What is still to be filled of the message. */
struct space {
	uint8_t	*p;
	size_t	 left;
};

/* The next n bytes; NULL if there is no room for them. */
static uint8_t *
space_take(struct space *to, size_t n)
{
	uint8_t *p = to->p;

	if (n > to->left)
		return NULL;
	to->p += n;
	to->left -= n;
	return p;
}

static bool
copy(struct view v, struct space *to)
{
	uint8_t *p = space_take(to, v.len);

	if (p == NULL)
		return false;
	if (v.len > 0)
		memcpy(p, v.p, v.len);
	return true;
}

static bool
expand(unsigned int algorithm, struct view in, size_t n, struct space *to)
{
	uint8_t *p = space_take(to, n);

	return p != NULL && decompress(algorithm, in, p, n);
}

/* 2.2.42.2.2: a byte, and how often. */
static bool
pattern(struct view in, struct space *to)
{
	struct reader r = rd_open(in);
	uint8_t byte = rd_u8(&r), *p;
	uint32_t n;

	rd_skip(&r, 3);
	n = rd_le32(&r);
	if (!rd_ok(&r) || (p = space_take(to, n)) == NULL)
		return false;
	memset(p, byte, n);
	return true;
}

/* 2.2.42.1, from its algorithm on: the first bytes as they are, the rest compressed. */
static bool
unchained(struct reader *r, size_t n, struct space *to)
{
	unsigned int algorithm = rd_le16(r);
	uint32_t offset;
	struct view clear;

	rd_skip(r, 2);
	offset = rd_le32(r);
	clear = rd_view(r, offset);
	return rd_ok(r) && copy(clear, to) && expand(algorithm, rd_rest(r), n, to);
}

/* 2.2.42.2, from the first payload's header on.  Of all flags only the first
 * ones have a meaning, and they brought us here. */
static bool
chained(struct reader *r, struct space *to)
{
	while (r->left > 0) {
		unsigned int algorithm = rd_le16(r);
		struct reader in;
		uint32_t n;
		bool ok;

		rd_skip(r, 2);
		n = rd_le32(r);
		in = rd_open(rd_view(r, n));
		if (!rd_ok(r))
			return false;
		if (algorithm == COMPRESS_NONE) {
			ok = copy(rd_rest(&in), to);
		} else if (algorithm == COMPRESS_PATTERN_V1) {
			ok = pattern(rd_rest(&in), to);
		} else {
			n = rd_le32(&in);
			ok = rd_ok(&in) && expand(algorithm, rd_rest(&in), n, to);
		}
		if (!ok)
			return false;
	}
	return true;
}

bool
smb2_decompress(struct view message, struct buf *out)
{
	struct reader r = rd_open(message), head;
	struct space to;
	uint64_t total;
	uint16_t flags;
	uint32_t offset;
	uint8_t *p;

	rd_skip(&r, 4);
	total = rd_le32(&r);
	head = r;
	rd_skip(&head, 2);
	flags = rd_le16(&head);
	offset = rd_le32(&head);
	if (!rd_ok(&head) || flags > CHAINED)
		return false;
	/* Chained, the size is that of all; else of what was compressed. */
	if (flags != CHAINED)
		total += offset;
	if (total > out->max || (p = budget_alloc(out->b, (size_t)total)) == NULL)
		return false;
	to = (struct space){ p, (size_t)total };
	if (!(flags == CHAINED ? chained(&r, &to) : unchained(&r, (size_t)total - offset, &to)) ||
	    to.left != 0 || !view_starts((struct view){ p, (size_t)total }, "\xfeSMB", 4)) {
		budget_free(p);
		return false;
	}
	out->p = p;
	out->len = out->cap = (size_t)total;
	return true;
}
