/* stub.h -- a writer of NDR stubs for tests, in every syntax and byte order. */
#ifndef WIRE_STUB_H
#define WIRE_STUB_H

#include "unit/facts.h"

#include "rpc/iface.h"
#include "rpc/ndr.h"

struct stub {
	uint8_t	p[16384];
	size_t	n;
	bool	wide, big;
};

static inline struct stub
stub_new(bool wide, bool big)
{
	return (struct stub){ .wide = wide, .big = big };
}

static inline void
put(struct stub *s, uint64_t v, size_t size)
{
	assert_true(s->n + size <= sizeof(s->p));
	for (size_t i = 0; i < size; i++)
		s->p[s->n + i] = (uint8_t)(v >> 8 * (s->big ? size - 1 - i : i));
	s->n += size;
}

/* Pads hold junk, as impacket's do. */
static inline void
put_pad(struct stub *s, size_t to)
{
	while (s->n % to != 0)
		put(s, 0xbb, 1);
}

static inline void
put_u32(struct stub *s, uint32_t v)
{
	put_pad(s, 4);
	put(s, v, 4);
}

static inline void
put_size(struct stub *s, uint64_t v)
{
	put_pad(s, s->wide ? 8 : 4);
	put(s, v, s->wide ? 8 : 4);
}

static inline void
put_chars(struct stub *s, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(s, (uint8_t)text[i], 2);
}

/* A [string] wchar_t *, with its NUL. */
static inline void
put_wstr(struct stub *s, const char *text)
{
	size_t n = strlen(text) + 1;

	put_size(s, n);
	put_size(s, 0);
	put_size(s, n);
	put_chars(s, text, n);
}

/* The same behind a [unique] referent; NULL: no string.  All referents are alike. */
static inline void
put_ustr(struct stub *s, const char *text)
{
	put_size(s, text != NULL ? 0x20000 : 0);
	if (text != NULL)
		put_wstr(s, text);
}

/* "5c00 7400" as bytes; blanks are skipped. */
static inline struct stub
stub_hex(const char *hex, bool wide, bool big)
{
	struct stub s = stub_new(wide, big);
	unsigned int digits = 0, v = 0;

	for (; *hex != '\0'; hex++) {
		const char *at = *hex != ' ' ? strchr("0123456789abcdef", *hex) : NULL;

		if (*hex == ' ')
			continue;
		assert_non_null(at);
		v = v << 4 | (unsigned int)(at - "0123456789abcdef");
		if (++digits % 2 == 0) {
			put(&s, v & 0xff, 1);
			v = 0;
		}
	}
	return s;
}

/* Decode the first len bytes of a stub, which lie at the end of their own
 * memory.  *left is what the decoder did not read. */
static inline enum fault
stub_read(const struct stub *s, size_t len, const struct rpc_iface *i, uint16_t opnum,
    enum dir dir, struct facts *f, struct fact *o, size_t *left)
{
	const struct rpc_op *op = rpc_op_find(i, opnum);
	struct rpc_call call = { .world = &f->world, .peers = &f->peers, .fact = o };
	uint8_t *cut = test_malloc(len > 0 ? len : 1);
	struct ndr n;

	assert_non_null(op);
	memcpy(cut, s->p, len);
	n = ndr_open((struct view){ cut, len }, s->wide, s->big);
	if ((dir == C2S ? op->request : op->response) != NULL)
		(dir == C2S ? op->request : op->response)(&n, &call);
	test_free(cut);
	if (left != NULL)
		*left = n.r.left;
	return n.r.fault;
}

static inline struct fact *
new_obs(struct facts *f)
{
	struct fact *o = fact_new(&f->budget, FACT_TASK, &f->peers, f->world.now);

	assert_non_null(o);
	return o;
}

/* Every item of part stands in whole too, with the same value: a cut stub
 * says less and never anything else. */
static inline void
assert_part_of(const struct fact *part, const struct fact *whole, const enum field *but, size_t n)
{
	for (const struct fact_item *a = NULL; (a = fact_each(part, a)) != NULL;) {
		const struct fact_item *b = fact_each(whole, NULL);
		bool excused = false;

		for (size_t i = 0; i < n; i++)
			excused |= but[i] == a->field;
		if (excused)
			continue;
		while (b != NULL && (a->field != b->field || a->elem != b->elem || a->num != b->num ||
		    (a->str == NULL) != (b->str == NULL) ||
		    (a->str != NULL && strcmp(a->str, b->str) != 0)))
			b = fact_each(whole, b);
		if (b == NULL)
			fail_msg("%s: %s", field_info[a->field].key, a->str != NULL ? a->str : "");
	}
}

/* Cut after every byte: each prefix must fault, none may read past its end. */
static inline void
assert_cuts_are_honest(const struct stub *s, const struct rpc_iface *i, uint16_t opnum,
    enum dir dir, const enum field *but, size_t n)
{
	struct fact *whole, *o;
	struct facts f;

	facts_init(&f);
	whole = new_obs(&f);
	assert_int_equal(stub_read(s, s->n, i, opnum, dir, &f, whole, NULL), FAULT_NONE);
	for (size_t len = 0; len < s->n; len++) {
		o = new_obs(&f);
		assert_int_equal(stub_read(s, len, i, opnum, dir, &f, o, NULL), FAULT_SHORT);
		assert_part_of(o, whole, but, n);
		fact_free(o);
	}
	fact_free(whole);
	facts_free(&f);
}

#endif
