/* decode-ip.c -- IP and its fragments, up to TCP and UDP. */
#include "engine/decode-parts.h"

#include "engine/defrag.h"
#include "base/stats.h"

static enum layer
by_protocol(struct walk *w, uint8_t proto)
{
	switch (proto) {
	case 6:
		return TCP;
	case 17:
		return UDP;
	case 4:
		stat_add(w->d->stats, STAT_IPINIP, 1);
		return IPV4;
	case 41:
		stat_add(w->d->stats, STAT_IPINIP, 1);
		return IPV6;
	case 47:
		return GRE;
	case 51:
		return AH;
	case 0:			/* hop-by-hop */
	case 43:		/* routing */
	case 60:		/* destination options */
	case 135:		/* mobility */
	case 139:		/* HIP */
	case 140:		/* Shim6 */
		return w->pkt.src.v6 ? IPV6_OPTIONS : END;
	case 44:
		return w->pkt.src.v6 ? FRAGMENT : END;
	default:
		return END;
	}
}

enum layer
layer_ip(struct walk *w)
{
	struct view v = rd_rest(&w->r);

	if (v.len != 0 && v.p[0] >> 4 == 4)
		return IPV4;
	if (v.len != 0 && v.p[0] >> 4 == 6)
		return IPV6;
	rd_fail(&w->r, v.len != 0 ? FAULT_BAD : FAULT_SHORT);
	return END;
}

/* Adds a fragment; if it completes the datagram, decodes that. */
static enum layer
fragment(struct walk *w, uint8_t proto, uint32_t id, uint16_t off, bool more)
{
	const struct frag f = {
		.src = w->pkt.src, .dst = w->pkt.dst, .scope = w->pkt.scope,
		.id = id, .off = off, .more = more, .proto = proto,
		.data = rd_rest(&w->r)
	};
	struct datagram whole;

	if (!rd_ok(&w->r))
		return END;
	if (walk_missing(w) != 0) {
		stat_add(w->d->stats, STAT_FRAGS, 1);
		stat_add(w->d->stats, STAT_FRAGS_DROPPED, 1);
		return END;
	}
	whole = defrag_add(w->d->defrag, &f, w->now);
	if (whole.p == NULL)
		return END;
	w->r = rd_open((struct view){ whole.p, whole.len });
	w->wire = whole.len;
	walk(w, by_protocol(w, whole.proto));
	budget_free(whole.p);
	return END;
}

/* RFC 791 3.1. */
enum layer
layer_ipv4(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 20);
	size_t header, total;
	uint16_t frag;

	if (p == NULL)
		return END;
	header = (size_t)(p[0] & 0x0f) * 4;
	total = be16dec(p + 2);
	if (p[0] >> 4 != 4 || header < 20 || (total != 0 && total < header)) {
		rd_fail(&w->r, FAULT_BAD);
		return END;
	}
	stat_add(w->d->stats, STAT_IPV4, 1);
	w->pkt.src = w->pkt.dst = (struct addr){ 0 };
	memcpy(w->pkt.src.b, p + 12, 4);
	memcpy(w->pkt.dst.b, p + 16, 4);
	if (total != 0)			/* 0: TSO, the network card segments it */
		walk_limit(w, total - 20);
	rd_skip(&w->r, header - 20);
	frag = be16dec(p + 6);
	if ((frag & 0x3fff) != 0)
		return fragment(w, p[9], be16dec(p + 4),
		    (uint16_t)((frag & 0x1fff) * 8), (frag & 0x2000) != 0);
	return by_protocol(w, p[9]);
}

/* RFC 8200 section 3. */
enum layer
layer_ipv6(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 40);

	if (p == NULL)
		return END;
	if (p[0] >> 4 != 6) {
		rd_fail(&w->r, FAULT_BAD);
		return END;
	}
	stat_add(w->d->stats, STAT_IPV6, 1);
	memcpy(w->pkt.src.b, p + 8, 16);
	memcpy(w->pkt.dst.b, p + 24, 16);
	w->pkt.src.v6 = w->pkt.dst.v6 = true;
	if (be16dec(p + 4) != 0)	/* 0: a jumbogram, or TSO */
		walk_limit(w, be16dec(p + 4));
	return by_protocol(w, p[6]);
}

/* RFC 8200 4.3, 4.4 and 4.6: the extension headers share one layout. */
enum layer
layer_ipv6_options(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);

	if (p == NULL)
		return END;
	rd_skip(&w->r, (size_t)p[1] * 8);
	return by_protocol(w, p[0]);
}

/* RFC 4302 section 2. */
enum layer
layer_ah(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);

	if (p == NULL)
		return END;
	rd_skip(&w->r, (size_t)p[1] * 4);
	return by_protocol(w, p[0]);
}

/* RFC 8200 4.5.  A datagram in a single fragment is complete (RFC 6946). */
enum layer
layer_ipv6_fragment(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);
	uint16_t off;

	if (p == NULL)
		return END;
	off = be16dec(p + 2);
	if ((off & 0xfff9) == 0)
		return by_protocol(w, p[0]);
	return fragment(w, p[0], be32dec(p + 4), off & 0xfff8, (off & 1) != 0);
}

static enum layer
datagram(struct walk *w, uint16_t sport, uint16_t dport)
{
	struct pkt *k = &w->pkt;

	if (w->d->udp == NULL)
		return END;
	k->sport = sport;
	k->dport = dport;
	k->payload = rd_rest(&w->r);
	k->wire_len = w->wire - w->r.off;
	w->d->udp(w->d->arg, k);
	return END;
}

/* RFC 768. */
enum layer
layer_udp(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);
	uint16_t len;

	if (p == NULL)
		return END;
	stat_add(w->d->stats, STAT_UDP, 1);
	len = be16dec(p + 4);
	if (len >= 8)
		walk_limit(w, len - 8u);
	switch (be16dec(p + 2)) {
	case 4789:
	case 8472:		/* Linux's, from before IANA assigned one */
		return VXLAN;
	case 6081:
		return GENEVE;
	default:
		return datagram(w, be16dec(p), be16dec(p + 2));
	}
}

/* RFC 9293 3.1. */
enum layer
layer_tcp(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 20);
	struct pkt *k = &w->pkt;
	size_t options;

	if (p == NULL)
		return END;
	options = (size_t)(p[12] >> 4) * 4;
	if (options < 20 || options - 20 > w->wire - w->r.off) {
		rd_fail(&w->r, FAULT_BAD);
		return END;
	}
	options -= 20;
	stat_add(w->d->stats, STAT_TCP, 1);
	k->sport = be16dec(p);
	k->dport = be16dec(p + 2);
	k->seq = be32dec(p + 4);
	k->ack = be32dec(p + 8);
	k->flags = p[13];
	k->window = be16dec(p + 14);
	k->payload = view_from(rd_rest(&w->r), options);
	k->wire_len = w->wire - w->r.off - options;
	w->d->tcp(w->d->arg, k);
	return END;
}
