/*
 * ndr.h -- one stub, read in the transfer syntax that its context negotiated:
 * NDR ([C706] 14) or NDR64 ([MS-RPCE] 2.2.5).
 */
#ifndef NDR_H
#define NDR_H

#include "base/reader.h"

struct ndr {
	struct reader	r;	/* r.big: the PDU's drep; NDR64 is always little-endian */
	bool		wide;	/* NDR64: counts and referents take eight bytes */
};

struct ndr	ndr_open(struct view stub, bool wide, bool big);
void		ndr_align(struct ndr *, size_t);
uint16_t	ndr_u16(struct ndr *);
uint32_t	ndr_u32(struct ndr *);
uint64_t	ndr_size(struct ndr *);		/* a count, offset, referent or __int3264 */
bool		ndr_present(struct ndr *);	/* a [unique] referent: what follows is there */
struct view	ndr_bytes(struct ndr *, size_t);	/* unaligned */
struct view	ndr_guid(struct ndr *);		/* 16 bytes as they stand */
/* A [string] wchar_t *: UTF-16 in r.big order, cut at its first NUL.  The
 * count may lack the NUL. */
struct view	ndr_wstr(struct ndr *);
/* The same; of a string that the stub's end cuts, what there is, with the fault set. */
struct view	ndr_wstr_upto(struct ndr *);
/* max_count of a conformant array whose elements take at least min bytes. */
uint32_t	ndr_count(struct ndr *, size_t min);

#endif
