/* reader.h -- bounds-checked reads over bytes we do not own. */
#ifndef READER_H
#define READER_H

#include <sys/endian.h>		/* le16dec(3) and friends, from libbsd */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

/* A borrowed run of bytes.  Never freed, never written, never kept past the PDU. */
struct view {
	const uint8_t	*p;
	size_t		 len;
};

enum fault {
	FAULT_NONE,
	FAULT_SHORT,		/* the PDU ends before the field does */
	FAULT_BAD,		/* the bytes are there and they are wrong */
	FAULT_LIMIT		/* valid, but beyond what limits.h lets us keep */
};

/*
 * A reader walks a view once, front to back.  The first fault sticks: every
 * later read returns zero or an empty view and moves nothing, so a decoder
 * may read a whole structure and ask rd_ok() once at the end.
 */
struct reader {
	const uint8_t	*p;
	size_t		 left;
	size_t		 off;	/* bytes consumed, for NDR alignment */
	enum fault	 fault;
	bool		 big;	/* rd_u16() and friends read big-endian */
};

static inline struct reader
rd_open(struct view v)
{
	static const uint8_t empty[1];

	return (struct reader){ .p = v.p != NULL ? v.p : empty,
	    .left = v.p != NULL ? v.len : 0 };
}

static inline bool
rd_ok(const struct reader *r)
{
	return r->fault == FAULT_NONE;
}

static inline void
rd_fail(struct reader *r, enum fault why)
{
	if (r->fault == FAULT_NONE)
		r->fault = why;
}

/* Consume n bytes in place.  Returns NULL, with the fault set, if they are not there. */
static inline const uint8_t *
rd_need(struct reader *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->fault != FAULT_NONE)
		return NULL;
	if (n > r->left) {
		r->fault = FAULT_SHORT;
		return NULL;
	}
	r->p += n;
	r->left -= n;
	r->off += n;
	return p;
}

static inline uint8_t
rd_u8(struct reader *r)
{
	const uint8_t *p = rd_need(r, 1);

	return p != NULL ? *p : 0;
}

static inline uint16_t
rd_le16(struct reader *r)
{
	const uint8_t *p = rd_need(r, 2);

	return p != NULL ? le16dec(p) : 0;
}

static inline uint32_t
rd_le32(struct reader *r)
{
	const uint8_t *p = rd_need(r, 4);

	return p != NULL ? le32dec(p) : 0;
}

static inline uint64_t
rd_le64(struct reader *r)
{
	const uint8_t *p = rd_need(r, 8);

	return p != NULL ? le64dec(p) : 0;
}

static inline uint16_t
rd_be16(struct reader *r)
{
	const uint8_t *p = rd_need(r, 2);

	return p != NULL ? be16dec(p) : 0;
}

static inline uint32_t
rd_be24(struct reader *r)
{
	const uint8_t *p = rd_need(r, 3);

	return p != NULL ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t
rd_be32(struct reader *r)
{
	const uint8_t *p = rd_need(r, 4);

	return p != NULL ? be32dec(p) : 0;
}

/* In the byte order that the sender declared (r->big). */
static inline uint16_t
rd_u16(struct reader *r)
{
	return r->big ? rd_be16(r) : rd_le16(r);
}

static inline uint32_t
rd_u32(struct reader *r)
{
	return r->big ? rd_be32(r) : rd_le32(r);
}

static inline uint64_t
rd_u64(struct reader *r)
{
	const uint8_t *p = rd_need(r, 8);

	if (p == NULL)
		return 0;
	return r->big ? be64dec(p) : le64dec(p);
}

static inline void
rd_skip(struct reader *r, size_t n)
{
	(void)rd_need(r, n);
}

static inline struct view
rd_view(struct reader *r, size_t n)
{
	const uint8_t *p = rd_need(r, n);

	return (struct view){ p, p != NULL ? n : 0 };
}

/* What is left, without consuming it. */
static inline struct view
rd_rest(const struct reader *r)
{
	return (struct view){ r->p, rd_ok(r) ? r->left : 0 };
}

/*
 * Read an element count that claims n elements of at least min bytes each.
 * The claim is checked against what is left, so a loop over it is bounded
 * by the size of the PDU and never by a number the sender chose.
 */
static inline uint32_t
rd_count32(struct reader *r, size_t min)
{
	uint32_t n = rd_u32(r);

	if (n > r->left / min) {
		rd_fail(r, FAULT_BAD);
		return 0;
	}
	return n;
}

/* The len bytes at off of v; an empty view if they are not all there. */
static inline struct view
view_at(struct view v, size_t off, size_t len)
{
	if (v.p == NULL || off > v.len || len > v.len - off)
		return (struct view){ NULL, 0 };
	return (struct view){ v.p + off, len };
}

/* As view_at(), but as many of them as are there. */
static inline struct view
view_upto(struct view v, size_t off, size_t len)
{
	if (v.p == NULL || off >= v.len)
		return (struct view){ NULL, 0 };
	return (struct view){ v.p + off, len < v.len - off ? len : v.len - off };
}

static inline struct view
view_from(struct view v, size_t off)
{
	return view_upto(v, off, v.len);
}

static inline bool
view_starts(struct view v, const void *with, size_t n)
{
	return v.len >= n && memcmp(v.p, with, n) == 0;
}

static inline struct view
view_str(const char *s)
{
	return (struct view){ (const uint8_t *)s, strlen(s) };
}

#endif
