/* der.h -- elements of ASN.1 DER ([X.690] 8.1): their tags and lengths, no values. */
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
 * Reads the next element.  Returns its content, borrowed, and stores its tag of
 * one byte.  BER's longer forms of a length are accepted.  If the content is
 * cut short, that of a constructed element or an octet string, which may hold
 * complete elements, is returned as far as it goes; any other is a fault, as
 * are a tag of several bytes, an indefinite length and the end of the reader.
 */
struct view	der_next(struct reader *, uint8_t *tag);

/* Returns the length of the element at the beginning of v, its tag and length
 * included, which may be more than is there; 0: these are cut or malformed. */
size_t		der_size(struct view v);

/* Reads the next element as der_next(); another tag than this one is a fault. */
struct view	der_want(struct reader *, uint8_t tag);

/* Returns the content of the first element of v with that tag; p is NULL if there is none. */
struct view	der_find(struct view v, uint8_t tag);

#endif
