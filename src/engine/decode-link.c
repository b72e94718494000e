/* decode-link.c -- link layers and their tags, up to IP. */
#include "engine/decode-parts.h"

#include "base/stats.h"

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

enum layer
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

enum layer
by_ethertype(uint16_t type)
{
	switch (type) {
	case 0x0800:
		return IPV4;
	case 0x86dd:
		return IPV6;
	case 0x8100:		/* 802.1Q */
	case 0x88a8:		/* 802.1ad */
	case 0x9100:		/* QinQ, from before 802.1ad */
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

enum layer
layer_ethernet(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 14);
	uint16_t type;

	if (p == NULL)
		return END;
	type = be16dec(p + 12);
	if (type > 1500)
		return by_ethertype(type);
	walk_limit(w, type);
	return SNAP;
}

/* IEEE 802.2 with the SNAP header of RFC 1042, which ends in an EtherType. */
enum layer
layer_snap(struct walk *w)
{
	static const uint8_t rfc1042[] = { 0xaa, 0xaa, 3, 0, 0, 0 };

	if (!view_starts(rd_rest(&w->r), rfc1042, sizeof(rfc1042)))
		return END;
	rd_skip(&w->r, sizeof(rfc1042));
	return by_ethertype(rd_be16(&w->r));
}

enum layer
layer_sll(struct walk *w)
{
	rd_skip(&w->r, 14);
	return by_ethertype(rd_be16(&w->r));
}

enum layer
layer_sll2(struct walk *w)
{
	uint16_t type = rd_be16(&w->r);

	rd_skip(&w->r, 18);
	return by_ethertype(type);
}

/* BSD loopback: an address family in the capturing host's byte order. */
enum layer
layer_af(struct walk *w)
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

enum layer
layer_vlan(struct walk *w)
{
	uint16_t id = rd_be16(&w->r) & 0x0fff;
	uint16_t type = rd_be16(&w->r);

	if (w->pkt.nvlan == 0)
		stat_add(w->d->stats, STAT_VLAN, 1);
	if (id == 0)		/* a priority tag, without a VLAN: 802.1Q table 9-2 */
		return by_ethertype(type);
	if (w->pkt.nvlan < MAX_VLANS)
		w->pkt.vlan[w->pkt.nvlan++] = id;
	walk_scope(w, VLAN, id);
	return by_ethertype(type);
}

/* The tags of port extenders, 802.1BR and its predecessor.  They number ports,
 * not networks, so that they are no part of the scope. */
enum layer
layer_vntag(struct walk *w)
{
	rd_skip(&w->r, 4);
	return by_ethertype(rd_be16(&w->r));
}

enum layer
layer_etag(struct walk *w)
{
	rd_skip(&w->r, 6);
	return by_ethertype(rd_be16(&w->r));
}

/*
 * Skips a pseudowire's control word (RFC 4448 4.6), if there is one.  It starts
 * with a zero nibble, but so do most MAC addresses: the place at which a known
 * EtherType is found decides.
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

/* RFC 3032.  Labels do not say what follows; its first nibble does (RFC
 * 4928). */
enum layer
layer_mpls(struct walk *w)
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
enum layer
layer_pppoe(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 6);

	if (p == NULL || p[0] != 0x11 || p[1] != 0)
		return END;
	stat_add(w->d->stats, STAT_PPPOE, 1);
	walk_limit(w, be16dec(p + 4));
	return PPP;
}

/* RFC 1662 3.1, RFC 1661 2 and 6.5: address and control may be left out, and
 * the protocol field may be compressed to one byte. */
enum layer
layer_ppp(struct walk *w)
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
