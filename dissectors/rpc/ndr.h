/*
 * ndr.h -- reads one stub in the transfer syntax that its presentation context
 * negotiated: NDR ([C706] 14) or NDR64 ([MS-RPCE] 2.2.5).  Each reader aligns
 * itself, as counted from the stub's first byte, and then reads.  The first
 * fault sticks in n->r (see base/reader.h): after it, integers are 0 and views
 * empty.  Views point into the stub and live as long as its bytes.
 */
#ifndef NDR_H
#define NDR_H

#include "base/reader.h"

struct ndr {
	struct reader	r;	/* r.big: integers are big-endian */
	bool		wide;	/* NDR64: counts and referents take eight bytes */
};

/*
 * Returns a reader at the stub's beginning.  big is the byte order of the
 * PDU's data representation; NDR64 is little-endian whatever that says.
 */
struct ndr	ndr_open(struct view stub, bool wide, bool big);

/* Skips the padding before an item that is aligned to so many bytes, a power
 * of two. */
void		ndr_align(struct ndr *, size_t);

uint16_t	ndr_u16(struct ndr *);
uint32_t	ndr_u32(struct ndr *);

/* Reads what is as wide as a pointer: a count, an offset, a referent or an
 * __int3264.  It has four bytes in NDR and eight in NDR64. */
uint64_t	ndr_size(struct ndr *);

/* Reads the referent of a [unique] pointer.  Returns whether what it points
 * to is there, at its place further on. */
bool		ndr_present(struct ndr *);

/* Reads len bytes without aligning. */
struct view	ndr_bytes(struct ndr *, size_t len);

/* Reads a GUID: its 16 bytes as they stand, fields in the stub's byte order. */
struct view	ndr_guid(struct ndr *);

/*
 * Read a [string] of wide or of 8-bit characters, a conformant varying array
 * ([C706] 14.3.4.2).  Return its characters before the first NUL: UTF-16 in
 * n->r.big order, or bytes of the client's code page.  The counts need not
 * include a NUL.
 */
struct view	ndr_wstr(struct ndr *);
struct view	ndr_str(struct ndr *);

/* As ndr_wstr().  Of a string that the stub's end cuts it returns what is
 * there, with the fault set. */
struct view	ndr_wstr_upto(struct ndr *);

/*
 * Reads an RPC_UNICODE_STRING, [MS-DTYP] 2.3.10.  Returns whether characters
 * follow: where the fixed part of its parameter ends, ndr_wstr() reads them.
 */
bool		ndr_unicode_string(struct ndr *);

/* Reads max_count of a conformant array whose elements take at least min
 * bytes each.  Faults if the stub cannot hold that many. */
uint32_t	ndr_count(struct ndr *, size_t min);

/*
 * A context handle, [C706] 6.1.6: attributes and a UUID.  They are kept as
 * little-endian wire bytes, whatever the byte order of the PDU, so that client
 * and server mean the same handle by the same bytes.
 */
struct ndr_handle {
	uint8_t		bytes[20];
};

/* Reads a context handle.  After a fault it is the NULL handle. */
struct ndr_handle ndr_handle(struct ndr *);

/* Returns whether it is the NULL handle: all bytes are zero. */
bool		ndr_handle_is_null(const struct ndr_handle *);

/* Reads a UUID in r's byte order into out, as little-endian wire bytes. */
void		ndr_uuid(struct reader *r, uint8_t out[16]);

#endif
