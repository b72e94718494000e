#include "decode.h"

#include "defrag.h"
#include "stats.h"

/* Link types, by libpcap's DLT_ number (only capture.c knows libpcap). */
enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW = 12,
	LINK_RAW_OPENBSD = 14,
	LINK_PPP_SERIAL = 50,
	LINK_PPP_ETHER = 51,
	LINK_RAW_ANY = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276
};

/* What the next header is.  END: nothing that could carry TCP or UDP. */
enum layer {
	END, ETHERNET, SLL, SLL2, AF, VLAN, VNTAG, ETAG, SNAP, MPLS, PPPOE, PPP,
	GRE, ERSPAN2, ERSPAN3, IP, IPV4, IPV6, IPV6_OPTIONS, AH, FRAGMENT, UDP,
	VXLAN, GENEVE, TCP
};

struct decoder {
	struct stats	*stats;
	struct defrag	*defrag;
	void		(*tcp)(void *, const struct pkt *);
	void		(*udp)(void *, const struct pkt *);	/* NULL: nobody asks */
	void		*arg;
};

/* One frame on its way from the link to TCP or UDP. */
struct walk {
	struct decoder	*d;
	struct reader	 r;
	size_t		 wire;		/* where the reader's bytes end on the wire, from its start */
	int64_t		 now;
	unsigned	 layers;
	struct pkt	 pkt;
};

static void	walk(struct walk *, enum layer);

/* Bytes that snaplen took. */
static size_t
missing(const struct walk *w)
{
	return w->wire - w->r.off - w->r.left;
}

/*
 * A header says that len bytes follow.  What is behind them is padding.  More
 * than there are is believed only if snaplen took them: else the sender's
 * network card cut the segments after the capture (TSO), and lengths that
 * were never on the wire mean nothing.
 */
static void
limit(struct walk *w, size_t len)
{
	size_t there = w->wire - w->r.off;

	if (len > there && missing(w) == 0)
		return;
	w->wire = w->r.off + len;
	if (len < w->r.left)
		w->r.left = len;
}

/*
 * Equal addresses behind different tags are different hosts.  The step is a
 * bijection, so single tags never collide.
 */
static void
scope_add(struct walk *w, enum layer kind, uint32_t id)
{
	uint32_t h = w->pkt.scope ^ ((uint32_t)kind << 24 | id);

	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	h ^= h >> 16;
	w->pkt.scope = h != 0 ? h : 1;
}

static enum layer
by_ethertype(uint16_t type)
{
	switch (type) {
	case 0x0800:
		return IPV4;
	case 0x86dd:
		return IPV6;
	case 0x8100:		/* 802.1Q */
	case 0x88a8:		/* 802.1ad */
	case 0x9100:		/* QinQ before it had a number */
	case 0x9200:
		return VLAN;
	case 0x8847:
	case 0x8848:
		return MPLS;
	case 0x8864:
		return PPPOE;
	case 0x8926:
		return VNTAG;
	case 0x893f:
		return ETAG;
	case 0x6558:		/* in GRE and GENEVE */
		return ETHERNET;
	case 0x880b:		/* in GRE */
		return PPP;
	default:
		return END;
	}
}

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

static enum layer
ethernet(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 14);
	uint16_t type;

	if (p == NULL)
		return END;
	type = be16dec(p + 12);
	if (type > 1500)
		return by_ethertype(type);
	limit(w, type);
	return SNAP;
}

/* IEEE 802.2; RFC 1042 puts an Ethernet type behind it. */
static enum layer
snap(struct walk *w)
{
	static const uint8_t rfc1042[] = { 0xaa, 0xaa, 3, 0, 0, 0 };

	if (!view_starts(rd_rest(&w->r), rfc1042, sizeof(rfc1042)))
		return END;
	rd_skip(&w->r, sizeof(rfc1042));
	return by_ethertype(rd_be16(&w->r));
}

static enum layer
sll(struct walk *w)
{
	rd_skip(&w->r, 14);
	return by_ethertype(rd_be16(&w->r));
}

static enum layer
sll2(struct walk *w)
{
	uint16_t type = rd_be16(&w->r);

	rd_skip(&w->r, 18);
	return by_ethertype(type);
}

/* BSD loopback: an address family in the byte order of who captured. */
static enum layer
af(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 4);
	uint32_t family;

	if (p == NULL)
		return END;
	family = le32dec(p);
	if (family > 0xffff)
		family = be32dec(p);
	switch (family) {
	case 2:
		return IPV4;
	case 10:		/* Linux */
	case 23:		/* Windows */
	case 24:		/* NetBSD, OpenBSD */
	case 28:		/* FreeBSD */
	case 30:		/* Darwin */
		return IPV6;
	default:
		return END;
	}
}

static enum layer
vlan(struct walk *w)
{
	uint16_t id = rd_be16(&w->r) & 0x0fff;
	uint16_t type = rd_be16(&w->r);

	if (w->pkt.nvlan == 0)
		stat_add(w->d->stats, STAT_VLAN, 1);
	if (id == 0)		/* a priority and no VLAN, 802.1Q table 9-2 */
		return by_ethertype(type);
	if (w->pkt.nvlan < MAX_VLANS)
		w->pkt.vlan[w->pkt.nvlan++] = id;
	scope_add(w, VLAN, id);
	return by_ethertype(type);
}

/* Tags of port extenders, 802.1BR and what came before: they number ports, not networks. */
static enum layer
vntag(struct walk *w)
{
	rd_skip(&w->r, 4);
	return by_ethertype(rd_be16(&w->r));
}

static enum layer
etag(struct walk *w)
{
	rd_skip(&w->r, 6);
	return by_ethertype(rd_be16(&w->r));
}

/*
 * A pseudowire's control word (RFC 4448 4.6) starts with a zero nibble, and
 * so do most MAC addresses; the type behind them tells which it is.
 */
static enum layer
pseudowire(struct walk *w)
{
	struct view v = rd_rest(&w->r);
	struct view bare = view_at(v, 12, 2), word = view_at(v, 16, 2);

	if (v.len < 4 || v.p[0] >> 4 != 0)
		return ETHERNET;
	if (word.len != 0 && by_ethertype(be16dec(word.p)) == END &&
	    bare.len != 0 && by_ethertype(be16dec(bare.p)) != END)
		return ETHERNET;
	rd_skip(&w->r, 4);
	return ETHERNET;
}

/* RFC 3032.  Labels don't say what they carry; its first nibble does (RFC 4928). */
static enum layer
mpls(struct walk *w)
{
	const uint8_t *p;
	struct view v;

	stat_add(w->d->stats, STAT_MPLS, 1);
	do {
		if ((p = rd_need(&w->r, 4)) == NULL)
			return END;
	} while ((p[2] & 1) == 0);
	v = rd_rest(&w->r);
	if (v.len != 0 && v.p[0] >> 4 == 4)
		return IPV4;
	if (v.len != 0 && v.p[0] >> 4 == 6)
		return IPV6;
	return pseudowire(w);
}

/* RFC 2516 section 4. */
static enum layer
pppoe(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 6);

	if (p == NULL || p[0] != 0x11 || p[1] != 0)
		return END;
	stat_add(w->d->stats, STAT_PPPOE, 1);
	limit(w, be16dec(p + 4));
	return PPP;
}

/* RFC 1661 2 and 6.5, RFC 1662 3.1: an address field, and half a protocol, may be left out. */
static enum layer
ppp(struct walk *w)
{
	static const uint8_t hdlc[] = { 0xff, 0x03 };
	uint16_t proto;

	if (view_starts(rd_rest(&w->r), hdlc, sizeof(hdlc)))
		rd_skip(&w->r, sizeof(hdlc));
	proto = rd_u8(&w->r);
	if ((proto & 1) == 0)
		proto = (uint16_t)(proto << 8 | rd_u8(&w->r));
	switch (proto) {
	case 0x0021:
		return IPV4;
	case 0x0057:
		return IPV6;
	case 0x0281:
	case 0x0283:
		return MPLS;
	default:
		return END;
	}
}

/* RFC 1701's source routes end with an empty one. */
static void
gre_routes(struct reader *r)
{
	const uint8_t *p;

	while ((p = rd_need(r, 4)) != NULL && (be16dec(p) != 0 || p[3] != 0))
		rd_skip(r, p[3]);
}

/* RFC 2784 and 2890; version 1 is PPTP's, RFC 2637 4.1. */
static enum layer
gre(struct walk *w)
{
	uint16_t flags = rd_be16(&w->r), type = rd_be16(&w->r);

	if (!rd_ok(&w->r) || (flags & 7) > 1)
		return END;
	stat_add(w->d->stats, STAT_GRE, 1);
	if (flags & 0xc000)		/* checksum or routes: both words */
		rd_skip(&w->r, 4);
	if (flags & 0x2000)		/* key */
		rd_skip(&w->r, 4);
	if (flags & 0x1000)		/* sequence number */
		rd_skip(&w->r, 4);
	if ((flags & 7) == 1) {
		if (flags & 0x0080)	/* acknowledgement */
			rd_skip(&w->r, 4);
		return type == 0x880b && w->r.left != 0 ? PPP : END;
	}
	if (flags & 0x4000)
		gre_routes(&w->r);
	if (type != 0x88be && type != 0x22eb)
		return by_ethertype(type);
	stat_add(w->d->stats, STAT_ERSPAN, 1);
	if (type == 0x22eb)
		return ERSPAN3;
	return flags & 0x1000 ? ERSPAN2 : ETHERNET;	/* type I has no header */
}

/* draft-foschiano-erspan-03 4.2. */
static enum layer
erspan2(struct walk *w)
{
	rd_skip(&w->r, 8);
	return ETHERNET;
}

/* draft-foschiano-erspan-03 4.3. */
static enum layer
erspan3(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 12);

	if (p == NULL)
		return END;
	if (p[11] & 1)			/* O: a platform's own words follow */
		rd_skip(&w->r, 8);
	switch (p[10] >> 2 & 0x1f) {	/* frame type */
	case 0:
		return ETHERNET;
	case 2:
		return IP;
	default:
		return END;
	}
}

static enum layer
ip(struct walk *w)
{
	struct view v = rd_rest(&w->r);

	if (v.len != 0 && v.p[0] >> 4 == 4)
		return IPV4;
	if (v.len != 0 && v.p[0] >> 4 == 6)
		return IPV6;
	rd_fail(&w->r, v.len != 0 ? FAULT_BAD : FAULT_SHORT);
	return END;
}

/* Keep a fragment; with the last one, go on with the whole. */
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
	if (missing(w) != 0) {
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
static enum layer
ipv4(struct walk *w)
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
	if (total != 0)			/* 0: to be cut by the network card */
		limit(w, total - 20);
	rd_skip(&w->r, header - 20);
	frag = be16dec(p + 6);
	if ((frag & 0x3fff) != 0)
		return fragment(w, p[9], be16dec(p + 4),
		    (uint16_t)((frag & 0x1fff) * 8), (frag & 0x2000) != 0);
	return by_protocol(w, p[9]);
}

/* RFC 8200 section 3. */
static enum layer
ipv6(struct walk *w)
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
	if (be16dec(p + 4) != 0)	/* 0: a jumbogram, or to be cut by the network card */
		limit(w, be16dec(p + 4));
	return by_protocol(w, p[6]);
}

/* RFC 8200 4.3, 4.4, 4.6: all have the same outside. */
static enum layer
ipv6_options(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);

	if (p == NULL)
		return END;
	rd_skip(&w->r, (size_t)p[1] * 8);
	return by_protocol(w, p[0]);
}

/* RFC 4302 section 2. */
static enum layer
ah(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);

	if (p == NULL)
		return END;
	rd_skip(&w->r, (size_t)p[1] * 4);
	return by_protocol(w, p[0]);
}

/* RFC 8200 4.5; RFC 6946: a datagram in one fragment waits for no other. */
static enum layer
ipv6_fragment(struct walk *w)
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
static enum layer
udp(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);
	uint16_t len;

	if (p == NULL)
		return END;
	stat_add(w->d->stats, STAT_UDP, 1);
	len = be16dec(p + 4);
	if (len >= 8)
		limit(w, len - 8u);
	switch (be16dec(p + 2)) {
	case 4789:
	case 8472:		/* Linux before it had a number */
		return VXLAN;
	case 6081:
		return GENEVE;
	default:
		return datagram(w, be16dec(p), be16dec(p + 2));
	}
}

/* RFC 7348 section 5.  Reserved bits are to be ignored. */
static enum layer
vxlan(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);

	if (p == NULL || (p[0] & 0x08) == 0)
		return END;
	stat_add(w->d->stats, STAT_VXLAN, 1);
	scope_add(w, VXLAN, be32dec(p + 4) >> 8);
	return ETHERNET;
}

/* RFC 8926 3.4. */
static enum layer
geneve(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);

	if (p == NULL || p[0] >> 6 != 0)
		return END;
	stat_add(w->d->stats, STAT_GENEVE, 1);
	scope_add(w, GENEVE, be32dec(p + 4) >> 8);
	rd_skip(&w->r, (size_t)(p[0] & 0x3f) * 4);
	return by_ethertype(be16dec(p + 2));
}

/* RFC 9293 3.1. */
static enum layer
tcp(struct walk *w)
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

static void
walk(struct walk *w, enum layer at)
{
	static enum layer (*const step[])(struct walk *) = {
		[ETHERNET] = ethernet,
		[SLL] = sll,
		[SLL2] = sll2,
		[AF] = af,
		[VLAN] = vlan,
		[VNTAG] = vntag,
		[ETAG] = etag,
		[SNAP] = snap,
		[MPLS] = mpls,
		[PPPOE] = pppoe,
		[PPP] = ppp,
		[GRE] = gre,
		[ERSPAN2] = erspan2,
		[ERSPAN3] = erspan3,
		[IP] = ip,
		[IPV4] = ipv4,
		[IPV6] = ipv6,
		[IPV6_OPTIONS] = ipv6_options,
		[AH] = ah,
		[FRAGMENT] = ipv6_fragment,
		[UDP] = udp,
		[VXLAN] = vxlan,
		[GENEVE] = geneve,
		[TCP] = tcp,
	};

	while (at != END && rd_ok(&w->r)) {
		if (w->layers++ == MAX_LAYERS) {
			stat_add(w->d->stats, STAT_TOO_MANY_LAYERS, 1);
			return;
		}
		at = step[at](w);
	}
}

static enum layer
by_link(int dlt)
{
	switch (dlt) {
	case LINK_ETHERNET:
		return ETHERNET;
	case LINK_SLL:
		return SLL;
	case LINK_SLL2:
		return SLL2;
	case LINK_NULL:
	case LINK_LOOP:
		return AF;
	case LINK_RAW:
	case LINK_RAW_OPENBSD:
	case LINK_RAW_ANY:
		return IP;
	case LINK_IPV4:
		return IPV4;
	case LINK_IPV6:
		return IPV6;
	case LINK_PPP:
	case LINK_PPP_SERIAL:
		return PPP;
	case LINK_PPP_ETHER:
		return PPPOE;
	default:
		return END;
	}
}

bool
decode_knows(int dlt)
{
	return by_link(dlt) != END;
}

struct decoder *
decoder_new(struct budget *b, struct stats *stats,
    void (*on_segment)(void *, const struct pkt *),
    void (*on_datagram)(void *, const struct pkt *), void *arg)
{
	struct decoder *d;

	if ((d = budget_calloc(b, 1, sizeof(*d))) == NULL)
		return NULL;
	*d = (struct decoder){ .stats = stats, .tcp = on_segment, .udp = on_datagram,
	    .arg = arg };
	if ((d->defrag = defrag_new(b, stats)) == NULL) {
		decoder_free(d);
		return NULL;
	}
	return d;
}

void
decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	defrag_free(d->defrag);
	budget_free(d);
}

void
decode_frame(struct decoder *d, int dlt, struct view frame, size_t wire_len,
    int64_t now)
{
	struct walk w = {
		.d = d, .r = rd_open(frame), .now = now,
		.wire = wire_len > frame.len ? wire_len : frame.len
	};

	stat_add(d->stats, STAT_PKTS, 1);
	stat_add(d->stats, STAT_BYTES, frame.len);
	if (wire_len > frame.len)
		stat_add(d->stats, STAT_SNAPPED, 1);
	walk(&w, by_link(dlt));
	/* What snaplen took is nobody's fault. */
	if (!rd_ok(&w.r) && wire_len <= frame.len)
		stat_add(d->stats, STAT_INVALID, 1);
}
