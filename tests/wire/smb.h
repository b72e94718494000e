/* smb.h -- a connection that tests write SMB messages to. */
#ifndef WIRE_SMB_H
#define WIRE_SMB_H

#include "unit/facts.h"

#include <stdlib.h>

#include "engine/frame.h"
#include "smb/nbss.h"

/* One message, behind its NBSS header; offsets count from the message. */
struct out {
	uint8_t		p[16384];
	size_t		n;
};

#define NBSS 4

static inline void
w8(struct out *o, unsigned int v)
{
	assert_true(o->n < sizeof(o->p));
	o->p[o->n++] = (uint8_t)v;
}

static inline void
w16(struct out *o, unsigned int v)
{
	w8(o, v & 0xff);
	w8(o, v >> 8 & 0xff);
}

static inline void
w32(struct out *o, uint32_t v)
{
	w16(o, v & 0xffff);
	w16(o, v >> 16);
}

static inline void
w64(struct out *o, uint64_t v)
{
	w32(o, (uint32_t)v);
	w32(o, (uint32_t)(v >> 32));
}

static inline void
wbytes(struct out *o, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		w8(o, ((const uint8_t *)p)[i]);
}

static inline void
wzero(struct out *o, size_t n)
{
	while (n-- > 0)
		w8(o, 0);
}

static inline void
wutf16(struct out *o, const char *s)
{
	for (; *s != '\0'; s++)
		w16(o, (uint8_t)*s);
}

static inline void
set16(struct out *o, size_t at, size_t v)
{
	le16enc(o->p + at, (uint16_t)v);
}

static inline void
set32(struct out *o, size_t at, size_t v)
{
	le32enc(o->p + at, (uint32_t)v);
}

struct conn {
	struct facts	*f;
	struct peers	 peers;
	void		*conn;
	struct framer	 in[2];
	bool		 trickle;	/* each byte arrives in a segment of its own */
};

static inline struct conn *
conn_open(struct facts *f, uint16_t cport)
{
	struct conn *c = calloc(1, sizeof(*c));
	struct carrier carrier = { .world = &f->world,
	    .budget = &f->budget, .peers = &c->peers };

	assert_non_null(c);
	c->f = f;
	c->peers = f->peers;
	c->peers.cport = cport;
	c->peers.sport = 445;
	c->conn = nbss_proto.conn_new(&carrier);
	assert_non_null(c->conn);
	for (int d = C2S; d <= S2C; d++)
		frame_init(&c->in[d], &nbss_proto, c->conn, &f->world, &f->budget, (enum dir)d, false);
	return c;
}

static inline void
conn_close(struct conn *c)
{
	for (int d = C2S; d <= S2C; d++) {
		frame_end(&c->in[d]);
		frame_free(&c->in[d]);
	}
	nbss_proto.conn_free(c->conn);
	free(c);
}

static inline void
conn_push(struct conn *c, enum dir d, const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n + 1);	/* heap, so ASan sees the edge */

	memcpy(copy, p, n);
	frame_push(&c->in[d], (struct view){ copy, n });
	free(copy);
}

/* The message's length goes into its NBSS header, and its first cut bytes to the connection. */
static inline void
conn_send_cut(struct conn *c, enum dir d, struct out *o, size_t cut)
{
	size_t step = c->trickle ? 1 : cut;

	o->p[0] = 0;
	o->p[1] = (uint8_t)((o->n - NBSS) >> 16);
	o->p[2] = (uint8_t)((o->n - NBSS) >> 8);
	o->p[3] = (uint8_t)(o->n - NBSS);
	c->f->world.now.pkt++;
	for (size_t at = 0; at < cut; at += step)
		conn_push(c, d, o->p + at, step);
}

static inline void
conn_send(struct conn *c, enum dir d, struct out *o)
{
	conn_send_cut(c, d, o, o->n);
}

/* ---- What is carried ---- */

static const char task_xml[] =
	"<?xml version=\"1.0\"?>\n"
	"<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">"
	"<Actions><Exec><Command>calc.exe</Command></Exec></Actions></Task>";
#define TASK_XML_LEN (sizeof(task_xml) - 1)

/* ATSvc, [MS-TSCH] 3.2.5.2: a bind, and JobDel(NULL, 5, 5). */
static const uint8_t at_bind[72] =
	"\x05\x00\x0b\x03\x10\x00\x00\x00\x48\x00\x00\x00\x01\x00\x00\x00"
	"\xb8\x10\xb8\x10\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00"
	"\x82\x06\xf7\x1f\x51\x0a\xe8\x30\x07\x6d\x74\x0b\xe8\xce\xe9\x8b\x01\x00\x00\x00"
	"\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10\x48\x60\x02\x00\x00\x00";
static const uint8_t at_bind_ack[56] =
	"\x05\x00\x0c\x03\x10\x00\x00\x00\x38\x00\x00\x00\x01\x00\x00\x00"
	"\xb8\x10\xb8\x10\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00"
	"\x04\x5d\x88\x8a\xeb\x1c\xc9\x11\x9f\xe8\x08\x00\x2b\x10\x48\x60\x02\x00\x00\x00";
static const uint8_t at_del[36] =
	"\x05\x00\x00\x03\x10\x00\x00\x00\x24\x00\x00\x00\x02\x00\x00\x00"
	"\x0c\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x05\x00\x00\x00\x05\x00\x00\x00";
static const uint8_t at_del_answer[28] =
	"\x05\x00\x02\x03\x10\x00\x00\x00\x1c\x00\x00\x00\x02\x00\x00\x00"
	"\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";

#endif
