/* decode-tunnel.c -- tunnels inside IP: GRE, ERSPAN, VXLAN and GENEVE. */
#include "engine/decode-parts.h"

#include "base/stats.h"

/* Skips the source routes of RFC 1701; an empty one ends them. */
static void
gre_routes(struct reader *r)
{
	const uint8_t *p;

	while ((p = rd_need(r, 4)) != NULL && (be16dec(p) != 0 || p[3] != 0))
		rd_skip(r, p[3]);
}

/* RFC 2784 and RFC 2890; version 1 is used by PPTP, RFC 2637 4.1. */
enum layer
layer_gre(struct walk *w)
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
enum layer
layer_erspan2(struct walk *w)
{
	rd_skip(&w->r, 8);
	return ETHERNET;
}

/* draft-foschiano-erspan-03 4.3. */
enum layer
layer_erspan3(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 12);

	if (p == NULL)
		return END;
	if (p[11] & 1)			/* O: a platform specific subheader follows */
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

/* RFC 7348 section 5.  Reserved bits are ignored. */
enum layer
layer_vxlan(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);

	if (p == NULL || (p[0] & 0x08) == 0)
		return END;
	stat_add(w->d->stats, STAT_VXLAN, 1);
	walk_scope(w, VXLAN, be32dec(p + 4) >> 8);
	return ETHERNET;
}

/* RFC 8926 3.4. */
enum layer
layer_geneve(struct walk *w)
{
	const uint8_t *p = rd_need(&w->r, 8);

	if (p == NULL || p[0] >> 6 != 0)
		return END;
	stat_add(w->d->stats, STAT_GENEVE, 1);
	walk_scope(w, GENEVE, be32dec(p + 4) >> 8);
	rd_skip(&w->r, (size_t)(p[0] & 0x3f) * 4);
	return by_ethertype(be16dec(p + 2));
}
