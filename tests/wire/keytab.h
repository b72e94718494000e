/* keytab.h -- MIT keytabs, format 5.2, written by tests. */
#ifndef WIRE_KEYTAB_H
#define WIRE_KEYTAB_H

#include <string.h>

#include "base/reader.h"

struct keytab_file {
	uint8_t	 bytes[4096];
	size_t	 len;
	size_t	 ends[16];	/* of what was put, from the file's third byte */
	size_t	 n;
};

static inline void
keytab_u8(struct keytab_file *f, unsigned int v)
{
	f->bytes[f->len++] = (uint8_t)v;
}

static inline void
keytab_u16(struct keytab_file *f, unsigned int v)
{
	be16enc(f->bytes + f->len, (uint16_t)v);
	f->len += 2;
}

static inline void
keytab_u32(struct keytab_file *f, uint32_t v)
{
	be32enc(f->bytes + f->len, v);
	f->len += 4;
}

static inline void
keytab_str(struct keytab_file *f, const char *s, size_t n)
{
	keytab_u16(f, (unsigned int)n);
	memcpy(f->bytes + f->len, s, n);
	f->len += n;
}

static inline void
keytab_begin(struct keytab_file *f)
{
	memset(f, 0, sizeof(*f));
	keytab_u16(f, 0x0502);
}

static inline void
keytab_hole(struct keytab_file *f, uint32_t n)
{
	keytab_u32(f, -n);
	f->len += n;
	f->ends[f->n++] = f->len - 2;
}

/* A key of that many bytes, each etype + its place.  kvno32 0: left out. */
static inline void
keytab_put(struct keytab_file *f, const char *name, const char *realm, unsigned int etype,
    unsigned int kvno, unsigned int keylen, uint32_t kvno32)
{
	size_t start = f->len, part;
	unsigned int n = 1;

	for (const char *p = name; *p != '\0'; p++)
		n += *p == '/';
	f->len += 4;
	keytab_u16(f, n);
	keytab_str(f, realm, strlen(realm));
	for (; n > 0; n--) {
		part = strcspn(name, "/");
		keytab_str(f, name, part);
		name += part + (n > 1);
	}
	keytab_u32(f, 1);
	keytab_u32(f, 0x5f000000);
	keytab_u8(f, kvno);
	keytab_u16(f, etype);
	keytab_u16(f, keylen);
	for (unsigned int i = 0; i < keylen; i++)
		keytab_u8(f, etype + i);
	if (kvno32 != 0)
		keytab_u32(f, kvno32);
	be32enc(f->bytes + start, (uint32_t)(f->len - start - 4));
	f->ends[f->n++] = f->len - 2;
}

static inline struct view
keytab_view(const struct keytab_file *f)
{
	return (struct view){ f->bytes, f->len };
}

#endif
