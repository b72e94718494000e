/* frame.h -- a writer of frames for tests, and a decoder that reads them. */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/decode.h"
#include "engine/dissect.h"
#include "base/stats.h"

#define ETHERNET 1
#define TEXT	"schtasks /create"
#define TEXTLEN	(sizeof(TEXT) - 1)

/* A frame grows from its payload outwards, so that every header can tell the length. */
struct frame {
	uint8_t		b[2048];
	size_t		at;
};

static inline size_t
length(const struct frame *f)
{
	return sizeof(f->b) - f->at;
}

static inline uint8_t *
grow(struct frame *f, size_t n)
{
	assert_true(n <= f->at);
	f->at -= n;
	memset(f->b + f->at, 0, n);
	return f->b + f->at;
}

static inline void
put(struct frame *f, const void *p, size_t n)
{
	memcpy(grow(f, n), p, n);
}

static inline void
text(struct frame *f, uint32_t n)
{
	put(f, TEXT, n);
}

static inline void
tcp(struct frame *f, uint32_t flags)
{
	uint8_t *p;

	text(f, TEXTLEN);
	p = grow(f, 24);		/* with an option */
	be16enc(p, 49152);
	be16enc(p + 2, 445);
	be32enc(p + 4, 0x01020304);
	be32enc(p + 8, 0x0a0b0c0d);
	p[12] = 6 << 4;
	p[13] = (uint8_t)flags;
	be16enc(p + 14, 8192);
}

static inline void
ip4(struct frame *f, uint32_t proto)
{
	size_t len = length(f) + 20;
	uint8_t *p = grow(f, 20);

	p[0] = 0x45;
	be16enc(p + 2, (uint16_t)len);
	p[8] = 64;
	p[9] = (uint8_t)proto;
	be32enc(p + 12, 0x0a000001);
	be32enc(p + 16, 0x0a000002);
}

static inline void
ip6(struct frame *f, uint32_t proto)
{
	size_t len = length(f);
	uint8_t *p = grow(f, 40);

	p[0] = 0x60;
	be16enc(p + 4, (uint16_t)len);
	p[6] = (uint8_t)proto;
	p[8] = p[24] = 0xfd;
	p[23] = 1;
	p[39] = 2;
}

/* An extension header of two times eight bytes. */
static inline void
ext6(struct frame *f, uint32_t next)
{
	uint8_t *p = grow(f, 16);

	p[0] = (uint8_t)next;
	p[1] = 1;
}

static inline void
udp(struct frame *f, uint32_t port)
{
	size_t len = length(f) + 8;
	uint8_t *p = grow(f, 8);

	be16enc(p, 1024);
	be16enc(p + 2, (uint16_t)port);
	be16enc(p + 4, (uint16_t)len);
}

static inline void
eth(struct frame *f, uint32_t type)
{
	uint8_t *p = grow(f, 14);

	memcpy(p, "\x00\x0c\x29\x01\x02\x03\x00\x50\x56\x04\x05\x06", 12);
	be16enc(p + 12, (uint16_t)type);
}

static inline void
eth8023(struct frame *f, uint32_t type)
{
	size_t len = length(f) + 8;
	uint8_t *p = grow(f, 8);

	memcpy(p, "\xaa\xaa\x03\0\0\0", 6);
	be16enc(p + 6, (uint16_t)type);
	eth(f, (uint32_t)len);
}

/* Its own type belongs to what is before it. */
static inline void
vlan(struct frame *f, uint32_t tag)
{
	uint8_t *p = grow(f, 4);

	be16enc(p, (uint16_t)(tag >> 16));
	be16enc(p + 2, (uint16_t)tag);
}
#define TAG(id, type) (0xe0000000u | (uint32_t)(id) << 16 | (type))	/* priority 7 */

static inline void
pppoe(struct frame *f, uint32_t proto)
{
	size_t len;
	uint8_t *p;

	be16enc(grow(f, 2), (uint16_t)proto);
	len = length(f);
	p = grow(f, 6);
	p[0] = 0x11;
	be16enc(p + 2, 0x4711);
	be16enc(p + 4, (uint16_t)len);
}

static inline void
ones(struct frame *f, uint32_t n)
{
	memset(grow(f, n), 0xff, n);
}

static inline void
word(struct frame *f, uint32_t v)
{
	be32enc(grow(f, 4), v);
}

static inline void
half(struct frame *f, uint32_t v)
{
	be16enc(grow(f, 2), (uint16_t)v);
}

static inline void
octet(struct frame *f, uint32_t v)
{
	*grow(f, 1) = (uint8_t)v;
}

static inline void
zeros(struct frame *f, uint32_t n)
{
	grow(f, n);
}

/* From the inside out. */
struct stack {
	const char	*name;
	int		 dlt;
	struct {
		void		(*put)(struct frame *, uint32_t);
		uint32_t	 arg;
	} l[16];
	uint8_t		 nvlan;
	uint16_t	 vlan[MAX_VLANS];
	bool		 scope, v6;
};

#define IN_ETH	{ tcp, TCP_ACK }, { ip4, 6 }, { eth, 0x0800 }
#define IN_IP	{ tcp, TCP_ACK }, { ip4, 6 }
#define IN_IP6	{ tcp, TCP_ACK }, { ip6, 6 }
#define UNDER_IP { ip4, 17 }, { eth, 0x0800 }
#define UNDER_GRE { ip4, 47 }, { eth, 0x0800 }

struct bench {
	struct budget	 budget;
	struct stats	 stats;
	struct decoder	*d;
	struct pkt	 got;
	uint8_t		 payload[2048];
	unsigned	 n;		/* segments */
	unsigned	 datagrams;
};

static inline void
keep(struct bench *b, const struct pkt *k)
{
	b->got = *k;
	assert_true(k->payload.len <= sizeof(b->payload));
	if (k->payload.len > 0)
		memcpy(b->payload, k->payload.p, k->payload.len);
	b->got.payload.p = b->payload;
}

static inline void
segment(void *arg, const struct pkt *k)
{
	struct bench *b = arg;

	keep(b, k);
	b->n++;
}

static inline void
datagram(void *arg, const struct pkt *k)
{
	struct bench *b = arg;

	keep(b, k);
	b->datagrams++;
}

static inline int
setup(void **state)
{
	static struct bench bench;

	bench = (struct bench){ .n = 0 };
	budget_init(&bench.budget, NULL, MAX_MEMORY);
	bench.d = decoder_new(&bench.budget, &bench.stats, segment, datagram, &bench);
	*state = &bench;
	return bench.d == NULL;
}

static inline int
teardown(void **state)
{
	struct bench *b = *state;

	decoder_free(b->d);
	return b->budget.used != 0;
}

/* Decode the first n bytes, from a heap copy that ends with them. */
static inline unsigned
run(struct bench *b, int dlt, const struct frame *f, size_t n, size_t wire)
{
	uint8_t *copy = test_malloc(n + 1), *end = copy + 1;

	memcpy(end, f->b + f->at, n);
	b->n = b->datagrams = 0;
	b->got = (struct pkt){ .nvlan = 0 };
	decode_frame(b->d, dlt, (struct view){ end, n }, wire, 0);
	test_free(copy);
	return b->n;
}

static inline unsigned
run_whole(struct bench *b, int dlt, const struct frame *f)
{
	return run(b, dlt, f, length(f), length(f));
}

static inline struct frame
build(const struct stack *s)
{
	struct frame f = { .at = sizeof(f.b) };

	for (size_t i = 0; i < nitems(s->l) && s->l[i].put != NULL; i++)
		s->l[i].put(&f, s->l[i].arg);
	return f;
}

/* A piece of what is inside f's IPv4 header, n bytes at off. */
static inline struct frame
piece4(const struct frame *f, uint16_t off, size_t n)
{
	struct frame out = { .at = sizeof(out.b) };
	bool more = off + n < length(f) - 20;

	put(&out, f->b + f->at + 20 + off, n);
	ip4(&out, f->b[f->at + 9]);
	be16enc(out.b + out.at + 4, 0x0102);
	be16enc(out.b + out.at + 6, (uint16_t)(off / 8 | (more ? 0x2000 : 0)));
	return out;
}

#endif
