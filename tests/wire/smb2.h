/* smb2.h -- a writer of SMB2 messages for tests, [MS-SMB2] 2.2, and the connection that takes them. */
#ifndef WIRE_SMB2_H
#define WIRE_SMB2_H

#include "wire/smb.h"

enum { NEGOTIATE = 0, SESSION_SETUP, LOGOFF, TREE_CONNECT, TREE_DISCONNECT, CREATE, CLOSE,
	READ = 8, WRITE = 9, IOCTL = 11, SET_INFO = 17 };
#define RESPONSE 1u
#define ASYNC 2u
#define RELATED 4u
#define PENDING 0x103u
#define OVERFLOW 0x80000005u
#define DENIED 0xc0000022u
#define NOT_FOUND 0xc0000034u
#define SID 0x0000100000000041u
#define FID 0x1234u
#define ONES UINT64_MAX

struct rig {
	struct facts	 f;
	struct conn	*c;
	uint64_t	 mid;
	size_t		 last;		/* header of the newest message in a compound */
};

static inline int
setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	facts_init(&r->f);
	r->c = conn_open(&r->f, 50000);
	*state = r;
	return 0;
}

static inline int
teardown(void **state)
{
	struct rig *r = *state;

	if (r->c != NULL)
		conn_close(r->c);
	facts_free(&r->f);
	free(r);
	return 0;
}

/* ---- Messages ---- */

/* A header; in a compound that has messages already, the next one's. */
static inline void
head(struct rig *r, struct out *o, unsigned int command, uint32_t flags, uint32_t status,
    uint64_t mid, uint32_t tree)
{
	if (o->n == 0)
		wzero(o, NBSS);
	else {
		while ((o->n - NBSS) % 8 != 0)
			w8(o, 0);
		set32(o, r->last + 20, o->n - r->last);
	}
	r->last = o->n;
	wbytes(o, "\xfeSMB", 4);
	w16(o, 64);
	w16(o, 1);
	w32(o, status);
	w16(o, command);
	w16(o, 1);
	w32(o, flags);
	w32(o, 0);
	w64(o, mid);
	w32(o, 0xfeff);
	w32(o, tree);
	w64(o, SID);
	wzero(o, 16);
}

static inline void
id(struct out *o, uint64_t fid)
{
	w64(o, fid);
	w64(o, fid == ONES ? ONES : ~fid);
}

static inline void
tree_connect(struct rig *r, struct out *o, const char *path)
{
	head(r, o, TREE_CONNECT, 0, 0, ++r->mid, 0);
	w16(o, 9), w16(o, 0), w16(o, 72), w16(o, (unsigned int)strlen(path) * 2);
	wutf16(o, path);
}

static inline void
tree_answer(struct rig *r, struct out *o, uint32_t tree, unsigned int type)
{
	head(r, o, TREE_CONNECT, RESPONSE, 0, r->mid, tree);
	w16(o, 16), w8(o, type), wzero(o, 13);
}

static inline void
create(struct rig *r, struct out *o, uint32_t flags, uint32_t tree, const char *name,
    uint32_t options)
{
	head(r, o, CREATE, flags, 0, ++r->mid, tree);
	w16(o, 57), wzero(o, 38), w32(o, options);
	w16(o, 120), w16(o, (unsigned int)strlen(name) * 2), wzero(o, 8);
	wutf16(o, name);
	wzero(o, 2);
}

static inline void
create_answer(struct rig *r, struct out *o, uint64_t mid, uint64_t fid)
{
	head(r, o, CREATE, RESPONSE, 0, mid, 7);
	w16(o, 89), wzero(o, 62), id(o, fid), wzero(o, 9);
}

static inline void
error(struct rig *r, struct out *o, unsigned int command, uint32_t status, uint64_t mid)
{
	head(r, o, command, RESPONSE | (status == PENDING ? ASYNC : 0), status, mid, 0);
	w16(o, 9), wzero(o, 7);
}

static inline void
write_(struct rig *r, struct out *o, uint32_t flags, uint64_t fid, uint64_t off,
    const void *p, size_t n)
{
	head(r, o, WRITE, flags, 0, ++r->mid, 7);
	w16(o, 49), w16(o, 112), w32(o, (uint32_t)n), w64(o, off), id(o, fid), wzero(o, 16);
	wbytes(o, p, n);
}

static inline void
write_answer(struct rig *r, struct out *o, uint64_t mid)
{
	head(r, o, WRITE, RESPONSE, 0, mid, 7);
	w16(o, 17), wzero(o, 15);
}

static inline void
close_(struct rig *r, struct out *o, uint32_t flags, uint64_t fid)
{
	head(r, o, CLOSE, flags, 0, ++r->mid, 7);
	w16(o, 24), wzero(o, 6), id(o, fid);
}

static inline void
close_answer(struct rig *r, struct out *o, uint64_t mid)
{
	head(r, o, CLOSE, RESPONSE, 0, mid, 7);
	w16(o, 60), wzero(o, 58);
}

static inline void
read_(struct rig *r, struct out *o, uint64_t fid)
{
	head(r, o, READ, 0, 0, ++r->mid, 7);
	w16(o, 49), wzero(o, 2), w32(o, 4096), w64(o, 0), id(o, fid), wzero(o, 17);
}

static inline void
read_answer(struct rig *r, struct out *o, uint32_t status, const void *p, size_t n)
{
	head(r, o, READ, RESPONSE, status, r->mid, 7);
	w16(o, 17), w8(o, 80), w8(o, 0), w32(o, (uint32_t)n), wzero(o, 8);
	wbytes(o, p, n);
}

static inline void
transceive(struct rig *r, struct out *o, uint64_t fid, const void *p, size_t n)
{
	head(r, o, IOCTL, 0, 0, ++r->mid, 7);
	w16(o, 57), w16(o, 0), w32(o, 0x0011c017), id(o, fid);
	w32(o, 120), w32(o, (uint32_t)n), wzero(o, 24);
	wbytes(o, p, n);
}

static inline void
transceive_answer(struct rig *r, struct out *o, uint32_t status, uint64_t fid,
    const void *p, size_t n)
{
	head(r, o, IOCTL, RESPONSE, status, r->mid, 7);
	w16(o, 49), w16(o, 0), w32(o, 0x0011c017), id(o, fid);
	w32(o, 112), w32(o, 0), w32(o, 112), w32(o, (uint32_t)n), wzero(o, 8);
	wbytes(o, p, n);
}

static inline void
rename_(struct rig *r, struct out *o, uint64_t fid, const char *to)
{
	size_t n = strlen(to) * 2;

	head(r, o, SET_INFO, 0, 0, ++r->mid, 7);
	w16(o, 33), w8(o, 1), w8(o, 10), w32(o, (uint32_t)(20 + n)), w16(o, 96), w16(o, 0);
	w32(o, 0), id(o, fid);
	wzero(o, 16), w32(o, (uint32_t)n), wutf16(o, to);
}

/* 2.2.40: nothing but its StructureSize. */
static inline void
set_info_answer(struct rig *r, struct out *o, uint64_t mid)
{
	head(r, o, SET_INFO, RESPONSE, 0, mid, 7);
	w16(o, 2);
}

/* Write one message, hand it over, and start the next. */
#define SEND(rig, dir, fn, ...) do {					\
	struct out out_ = { .n = 0 };					\
	fn(rig, &out_, __VA_ARGS__);					\
	conn_send((rig)->c, dir, &out_);				\
} while (0)

static inline void
mount(struct rig *r, const char *path, unsigned int type)
{
	SEND(r, C2S, tree_connect, path);
	SEND(r, S2C, tree_answer, 7, type);
}

static inline void
open_file(struct rig *r, const char *name)
{
	SEND(r, C2S, create, 0, 7, name, 0);
	SEND(r, S2C, create_answer, r->mid, FID);
}

#endif
