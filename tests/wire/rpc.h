/* rpc.h -- for tests of DCE RPC: PDUs written by hand, and a connection that takes them. */
#ifndef WIRE_RPC_H
#define WIRE_RPC_H

#include "unit/facts.h"

#include "base/digest.h"
#include "rpc/dcerpc.h"

static const uint8_t tsch_uuid[16] = {
	0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40, 0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c };
static const uint8_t atsvc_uuid[16] = {
	0x82, 0x06, 0xf7, 0x1f, 0x51, 0x0a, 0xe8, 0x30, 0x07, 0x6d, 0x74, 0x0b, 0xe8, 0xce, 0xe9, 0x8b };
static const uint8_t epm_uuid[16] = {
	0x08, 0x83, 0xaf, 0xe1, 0x1f, 0x5d, 0xc9, 0x11, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa };
static const uint8_t other_uuid[16] = { 1, 2, 3 };
static const uint8_t ndr20[16] = {
	0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 };
static const uint8_t ndr64[16] = {
	0x33, 0x05, 0x71, 0x71, 0xba, 0xbe, 0x37, 0x49, 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36 };

enum { REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, BIND_ACK = 12 };
#define WHOLE 3		/* first and last fragment */

/* ---- A writer of PDUs ---- */

struct out {
	uint8_t	p[8192];
	size_t	n;
	bool	big;
};

static inline void
w8(struct out *o, unsigned int v)
{
	assert_true(o->n < sizeof(o->p));
	o->p[o->n++] = (uint8_t)v;
}

static inline void
w16(struct out *o, unsigned int v)
{
	w8(o, o->big ? v >> 8 : v & 0xff);
	w8(o, o->big ? v & 0xff : v >> 8);
}

static inline void
w32(struct out *o, uint32_t v)
{
	w16(o, o->big ? v >> 16 : v & 0xffff);
	w16(o, o->big ? v & 0xffff : v >> 16);
}

static inline void
wbytes(struct out *o, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		w8(o, ((const uint8_t *)p)[i]);
}

static inline void
wpad(struct out *o, size_t to)
{
	while (o->n % to != 0)
		w8(o, 0xbb);
}

/* A [string] wchar_t *, NDR20, as it stands after alignment. */
static inline void
wstr(struct out *o, const char *s)
{
	uint32_t n = (uint32_t)strlen(s) + 1;

	wpad(o, 4);
	w32(o, n);
	w32(o, 0);
	w32(o, n);
	for (uint32_t i = 0; i < n; i++)
		w16(o, (uint8_t)s[i]);
}

static const char xml[] = "<Task version=\"1.2\" "
    "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"><Actions><Exec>"
    "<Command>cmd.exe</Command><Arguments>/c calc</Arguments></Exec></Actions></Task>";

static inline struct out
register_stub(bool big)
{
	struct out o = { .big = big };

	w32(&o, 0x20000);
	wstr(&o, "\\Evil");
	wstr(&o, xml);
	wpad(&o, 4);
	w32(&o, 2);		/* TASK_CREATE */
	w32(&o, 0);
	w32(&o, 0);
	w32(&o, 0);
	w32(&o, 0);
	return o;
}

static inline struct out
register_answer(const char *path, uint32_t hresult)
{
	struct out o = { 0 };

	w32(&o, 0x20000);
	wstr(&o, path);
	wpad(&o, 4);
	w32(&o, 0);
	w32(&o, hresult);
	return o;
}

static inline struct out
path_stub(const char *path)
{
	struct out o = { 0 };

	wstr(&o, path);
	wpad(&o, 4);
	w32(&o, 0);
	return o;
}

/* ---- A connection to feed ---- */

struct wire {
	struct facts	 f;
	struct carrier	 carrier;
	void		*conn;
	uint32_t	 asks, told;	/* assoc_group_id of send_bind() and of send_ack() */
};

static inline int
setup(void **state)
{
	struct wire *w = test_calloc(1, sizeof(*w));

	facts_init(&w->f);
	w->carrier = (struct carrier){ .world = &w->f.world, .budget = &w->f.budget,
	    .peers = &w->f.peers };
	w->conn = dcerpc_proto.conn_new(&w->carrier);
	*state = w;
	return 0;
}

static inline int
teardown(void **state)
{
	struct wire *w = *state;

	dcerpc_proto.conn_free(w->conn);
	facts_free(&w->f);
	test_free(w);
	return 0;
}

static inline void
reopen(struct wire *w, bool midstream)
{
	dcerpc_proto.conn_free(w->conn);
	facts_clear(&w->f);
	w->carrier.midstream = midstream;
	w->conn = dcerpc_proto.conn_new(&w->carrier);
}

/* As the framer would: head() decides what pdu() gets. */
static inline void
feed_cut(struct wire *w, enum dir d, struct view v, size_t cut)
{
	struct extent x = { 0 };
	uint8_t *copy;

	if (dcerpc_proto.head(w->conn, d, v, &x) != HEAD_PDU || x.keep == 0)
		return;
	assert_int_equal(x.len, v.len);
	if (cut > x.keep)
		cut = x.keep;
	copy = test_malloc(cut + 1);
	memcpy(copy, v.p, cut);
	dcerpc_proto.pdu(w->conn, d, (struct view){ copy, cut }, v.len);
	test_free(copy);
}

static inline void
feed(struct wire *w, enum dir d, const struct out *o)
{
	feed_cut(w, d, (struct view){ o->p, o->n }, o->n);
}

static inline struct out
begin(bool big, unsigned int ptype, unsigned int flags, uint32_t call_id)
{
	struct out o = { .big = big };

	w8(&o, 5);
	w8(&o, 0);
	w8(&o, ptype);
	w8(&o, flags);
	w32(&o, 0);
	o.p[4] = big ? 0x00 : 0x10;
	w32(&o, 0);		/* frag_length, auth_length: end() */
	w32(&o, call_id);
	return o;
}

static inline void
end(struct out *o, unsigned int auth_len)
{
	size_t n = o->n;

	o->n = 8;
	w16(o, (unsigned int)n);
	w16(o, auth_len);
	o->n = n;
}

/* level 0: no trailer. */
static inline void
send_stub(struct wire *w, unsigned int ptype, unsigned int flags, uint32_t call_id, unsigned int ctx,
    unsigned int opnum, const struct out *stub, size_t from, size_t n, unsigned int level)
{
	struct out o = begin(stub->big, ptype, flags, call_id);
	unsigned int pad;

	w32(&o, (uint32_t)(stub->n - from));
	w16(&o, ctx);
	w16(&o, opnum);
	wbytes(&o, stub->p + from, n);
	if (level != 0) {
		for (pad = 0; o.n % 16 != 0; pad++)
			w8(&o, 0);
		w8(&o, 10);
		w8(&o, level);
		w8(&o, pad);
		w8(&o, 0);
		w32(&o, 0);
		for (unsigned int i = 0; i < 16; i++)
			w8(&o, i);
	}
	end(&o, level != 0 ? 16 : 0);
	feed(w, ptype == REQUEST ? C2S : S2C, &o);
}

static inline void
request(struct wire *w, uint32_t call_id, unsigned int opnum, const struct out *stub)
{
	send_stub(w, REQUEST, WHOLE, call_id, 0, opnum, stub, 0, stub->n, 0);
}

static inline void
response(struct wire *w, uint32_t call_id, const struct out *stub)
{
	send_stub(w, RESPONSE, WHOLE, call_id, 0, 0, stub, 0, stub->n, 0);
}

static inline void
send_bind(struct wire *w, bool big, const uint8_t uuid[16], const uint8_t syntax[16], uint32_t call_id)
{
	struct out o = begin(big, BIND, WHOLE, call_id);

	w32(&o, 0x10b810b8);
	w32(&o, w->asks);
	w8(&o, 1);
	w8(&o, 0);
	w16(&o, 0);
	w16(&o, 0);
	w8(&o, 1);
	w8(&o, 0);
	w32(&o, le32dec(uuid));
	w16(&o, le16dec(uuid + 4));
	w16(&o, le16dec(uuid + 6));
	wbytes(&o, uuid + 8, 8);
	w32(&o, 1);
	w32(&o, le32dec(syntax));
	w16(&o, le16dec(syntax + 4));
	w16(&o, le16dec(syntax + 6));
	wbytes(&o, syntax + 8, 8);
	w32(&o, 2);
	end(&o, 0);
	feed(w, C2S, &o);
}

static inline void
send_ack(struct wire *w, unsigned int result, const uint8_t syntax[16], uint32_t call_id)
{
	struct out o = begin(false, BIND_ACK, WHOLE, call_id);

	w32(&o, 0x10b810b8);
	w32(&o, w->told);
	w16(&o, 6);
	wbytes(&o, "49700\0", 6);
	wpad(&o, 4);
	w8(&o, 1);
	w8(&o, 0);
	w16(&o, 0);
	w16(&o, result);
	w16(&o, 0);
	wbytes(&o, syntax, 16);
	w32(&o, 2);
	end(&o, 0);
	feed(w, S2C, &o);
}

static inline void
bound(struct wire *w)
{
	send_bind(w, false, tsch_uuid, ndr20, 1);
	send_ack(w, 0, ndr20, 1);
}

#endif
