/* der.h -- ASN.1 DER ([X.690]) over borrowed bytes: tags, lengths, nothing else. */
#ifndef DER_H
#define DER_H

#include "base/reader.h"

#define DER_OCTETS	0x04
#define DER_OID		0x06
#define DER_SEQUENCE	0x30
#define DER_STRING	0x1b		/* GeneralString */
#define DER_APP(n)	(0x60 | (n))	/* constructed */
#define DER_CTX(n)	(0xa0 | (n))

/*
 * The next element: its one-byte tag into *tag, its content returned.  BER's
 * longer forms of a length are read too.  Where the length runs past the end,
 * a constructed element or an octet string, which may hold further ones,
 * gives what is there, so that a token cut by the capture still tells its
 * beginning; the reader then is at its end.  Faults: no element, any other
 * that is cut, a multi-byte tag, an indefinite length.
 */
struct view	der_next(struct reader *, uint8_t *tag);

/* The content of the next element if it has that tag; else faults. */
struct view	der_want(struct reader *, uint8_t tag);

/* The first element with that tag among those of v; p is NULL if there is none. */
struct view	der_find(struct view v, uint8_t tag);

#endif
