#include "wire.h"

#include <sys/endian.h>

#include <nettle/base64.h>

#include <err.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

void
wire_open(struct wire *w, const char *path)
{
	uint32_t header[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 262144, 1 };

	if ((w->f = fopen(path, "wb")) == NULL)
		err(1, "%s", path);
	setvbuf(w->f, NULL, _IOFBF, 1 << 20);
	fwrite(header, sizeof(header), 1, w->f);
	w->us = 1795536000000000;	/* 2026-11-24 */
	w->rng = 1053005;
}

void
wire_close(struct wire *w)
{
	if (ferror(w->f) || fclose(w->f) != 0)
		err(1, "write");
}

uint32_t
wire_random(struct wire *w)
{
	w->rng = w->rng * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(w->rng >> 33);
}

void
conn_packet(struct wire *w, struct conn *c, bool server, uint8_t flags,
    const void *payload, size_t len)
{
	uint32_t record[4];
	uint8_t h[54] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45 };

	be16enc(h + 16, (uint16_t)(40 + len));
	h[20] = 0x40;			/* don't fragment */
	h[22] = 64;
	h[23] = 6;
	be32enc(h + 26, server ? c->server : c->client);
	be32enc(h + 30, server ? c->client : c->server);
	be16enc(h + 34, server ? c->sport : c->cport);
	be16enc(h + 36, server ? c->cport : c->sport);
	be32enc(h + 38, c->seq[server]);
	be32enc(h + 42, flags & ACK ? c->seq[!server] : 0);
	h[46] = 5 << 4;
	h[47] = flags;
	be16enc(h + 48, 0xffff);

	c->seq[server] += (uint32_t)len + ((flags & (SYN | FIN)) != 0);
	w->us += w->step;
	if (w->lose != 0 && len > 0 && wire_random(w) % w->lose == 0) {
		w->lost++;
		return;
	}
	record[0] = (uint32_t)(w->us / 1000000);
	record[1] = (uint32_t)(w->us % 1000000);
	record[2] = record[3] = (uint32_t)(sizeof(h) + len);
	fwrite(record, sizeof(record), 1, w->f);
	fwrite(h, sizeof(h), 1, w->f);
	if (len > 0)
		fwrite(payload, len, 1, w->f);
	w->packets++;
}

void
conn_begin(struct wire *w, struct conn *c)
{
	c->seq[0] = wire_random(w);
	c->seq[1] = wire_random(w);
	c->unacked = 0;
	conn_packet(w, c, false, SYN, NULL, 0);
	conn_packet(w, c, true, SYN | ACK, NULL, 0);
	conn_packet(w, c, false, ACK, NULL, 0);
}

void
conn_say(struct wire *w, struct conn *c, bool server, const void *p, size_t len)
{
	const uint8_t *at = p;

	while (len > 0) {
		size_t n = len < WIRE_MSS ? len : WIRE_MSS;

		conn_packet(w, c, server, n == len ? PSH | ACK : ACK, at, n);
		at += n;
		len -= n;
		if (++c->unacked % 2 == 0)
			conn_packet(w, c, !server, ACK, NULL, 0);
	}
}

void
conn_end(struct wire *w, struct conn *c)
{
	conn_packet(w, c, false, FIN | ACK, NULL, 0);
	conn_packet(w, c, true, FIN | ACK, NULL, 0);
	conn_packet(w, c, false, ACK, NULL, 0);
}

void
msg_init(struct msg *m, size_t cap)
{
	if ((m->p = calloc(1, cap)) == NULL)
		err(1, "calloc");
	m->cap = cap;
	m->len = 0;
}

void
put(struct msg *m, const void *p, size_t n)
{
	if (n > m->cap - m->len)
		errx(1, "message too long");
	memcpy(m->p + m->len, p, n);
	m->len += n;
}

void
put8(struct msg *m, uint8_t v)
{
	put(m, &v, sizeof(v));
}

void
put16(struct msg *m, uint16_t v)
{
	uint8_t b[2];

	le16enc(b, v);
	put(m, b, sizeof(b));
}

void
put32(struct msg *m, uint32_t v)
{
	uint8_t b[4];

	le32enc(b, v);
	put(m, b, sizeof(b));
}

void
put64(struct msg *m, uint64_t v)
{
	uint8_t b[8];

	le64enc(b, v);
	put(m, b, sizeof(b));
}

void
put_wide(struct msg *m, const char *ascii)
{
	for (; *ascii != '\0'; ascii++)
		put16(m, (uint8_t)*ascii);
}

void
put_text(struct msg *m, const char *format, ...)
{
	const size_t room = m->cap - m->len;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf((char *)m->p + m->len, room, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		errx(1, "message too long");
	m->len += (size_t)n;
}

void
put_base64(struct msg *m, const void *p, size_t n)
{
	const size_t len = BASE64_ENCODE_RAW_LENGTH(n);

	if (len > m->cap - m->len)
		errx(1, "message too long");
	base64_encode_raw((char *)m->p + m->len, n, p);
	m->len += len;
}

void
put_zero(struct msg *m, size_t n)
{
	if (n > m->cap - m->len)
		errx(1, "message too long");
	memset(m->p + m->len, 0, n);
	m->len += n;
}

void
put_pad(struct msg *m, size_t from, size_t to)
{
	put_zero(m, -(m->len - from) & (to - 1));
}
