/* reader.h -- bounds-checked reads over borrowed bytes. */
#ifndef READER_H
#define READER_H

#include <sys/endian.h>		/* le16dec(3) and friends, from libbsd */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

/* A borrowed run of bytes: whoever gets one neither frees nor changes it, and
 * does not keep it longer than the call, unless a header says so. */
struct view {
	const uint8_t	*p;
	size_t		 len;
};

/* The bytes of a variable. */
#define view_bytes(x) ((struct view){ (const uint8_t *)&(x), sizeof(x) })

enum fault {
	FAULT_NONE,
	FAULT_SHORT,		/* the PDU ends before the field does */
	FAULT_BAD,		/* the bytes are there and they are wrong */
	FAULT_LIMIT		/* the bytes may be right but exceed a limit of limits.h */
};

/*
 * A reader reads a view once, from front to back.  The first fault stays: each
 * later read returns zero or an empty view and consumes nothing, so that a
 * decoder may read a whole structure and call rd_ok() once at its end.
 */
struct reader {
	const uint8_t	*p;
	size_t		 left;
	size_t		 off;	/* bytes consumed, for NDR alignment */
	enum fault	 fault;
	bool		 big;	/* rd_u16() and friends read big-endian */
};

/* Returns a reader of the view, in little-endian order. */
static inline struct reader
rd_open(struct view v)
{
	static const uint8_t empty[1];

	return (struct reader){ .p = v.p != NULL ? v.p : empty,
	    .left = v.p != NULL ? v.len : 0 };
}

/* Returns whether there was no fault so far. */
static inline bool
rd_ok(const struct reader *r)
{
	return r->fault == FAULT_NONE;
}

/* Sets a fault, unless there is one. */
static inline void
rd_fail(struct reader *r, enum fault why)
{
	if (r->fault == FAULT_NONE)
		r->fault = why;
}

/* Consumes n bytes.  Returns where they are, or NULL with a fault if fewer are left. */
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

/* These consume an integer of 8 to 64 bits in the named byte order.  They
 * return 0 with a fault if it is cut short. */
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

/* The same in the byte order that the sender declared (r->big). */
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

/* Consumes n bytes unread; fewer are a fault. */
static inline void
rd_skip(struct reader *r, size_t n)
{
	(void)rd_need(r, n);
}

/* Consumes n bytes and returns them; an empty view with a fault if fewer are left. */
static inline struct view
rd_view(struct reader *r, size_t n)
{
	const uint8_t *p = rd_need(r, n);

	return (struct view){ p, p != NULL ? n : 0 };
}

/* Returns what is left without consuming it; an empty view after a fault. */
static inline struct view
rd_rest(const struct reader *r)
{
	return (struct view){ r->p, rd_ok(r) ? r->left : 0 };
}

/*
 * Consumes a 32-bit count of elements that take min bytes or more each, and
 * returns it.  A count that what is left cannot hold is a fault, and 0: loops
 * over elements are bounded by the bytes present, not by what a sender claims.
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

/* Returns the len bytes at off of v; an empty view unless all of them are there. */
static inline struct view
view_at(struct view v, size_t off, size_t len)
{
	if (v.p == NULL || off > v.len || len > v.len - off)
		return (struct view){ NULL, 0 };
	return (struct view){ v.p + off, len };
}

/* Returns as many of the len bytes at off of v as are there. */
static inline struct view
view_upto(struct view v, size_t off, size_t len)
{
	if (off >= v.len)
		return (struct view){ NULL, 0 };
	return (struct view){ v.p + off, len < v.len - off ? len : v.len - off };
}

/* Returns v without its first off bytes. */
static inline struct view
view_from(struct view v, size_t off)
{
	return view_upto(v, off, v.len);
}

/* Returns the first c in v, or NULL if there is none. */
static inline const uint8_t *
view_chr(struct view v, int c)
{
	return v.len > 0 ? memchr(v.p, c, v.len) : NULL;
}

/* Returns whether v begins with those n bytes. */
static inline bool
view_starts(struct view v, const void *with, size_t n)
{
	return v.len >= n && memcmp(v.p, with, n) == 0;
}

/* Returns the bytes of a string without its NUL. */
static inline struct view
view_str(const char *s)
{
	return (struct view){ (const uint8_t *)s, strlen(s) };
}

#endif
