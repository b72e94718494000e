#include "engine/decode-parts.h"

#include "engine/defrag.h"
#include "base/stats.h"

size_t
walk_missing(const struct walk *w)
{
	return w->wire - w->r.off - w->r.left;
}

/*
 * A length beyond the end of the frame is believed only if snaplen cut the
 * frame.  Else the packet was captured before the sender's network card
 * segmented it (TSO), and its length field does not count.
 */
void
walk_limit(struct walk *w, size_t len)
{
	size_t there = w->wire - w->r.off;

	if (len > there && walk_missing(w) == 0)
		return;
	w->wire = w->r.off + len;
	if (len < w->r.left)
		w->r.left = len;
}

/*
 * Equal addresses behind different tags are different hosts.  The mixing is a
 * bijection, so that no two single tags have the same scope.
 */
void
walk_scope(struct walk *w, enum layer kind, uint32_t id)
{
	uint32_t h = w->pkt.scope ^ ((uint32_t)kind << 24 | id);

	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	h ^= h >> 16;
	w->pkt.scope = h != 0 ? h : 1;
}

void
walk(struct walk *w, enum layer at)
{
	static layer_fn *const step[] = {
		[ETHERNET] = layer_ethernet,
		[SLL] = layer_sll,
		[SLL2] = layer_sll2,
		[AF] = layer_af,
		[VLAN] = layer_vlan,
		[VNTAG] = layer_vntag,
		[ETAG] = layer_etag,
		[SNAP] = layer_snap,
		[MPLS] = layer_mpls,
		[PPPOE] = layer_pppoe,
		[PPP] = layer_ppp,
		[GRE] = layer_gre,
		[ERSPAN2] = layer_erspan2,
		[ERSPAN3] = layer_erspan3,
		[IP] = layer_ip,
		[IPV4] = layer_ipv4,
		[IPV6] = layer_ipv6,
		[IPV6_OPTIONS] = layer_ipv6_options,
		[AH] = layer_ah,
		[FRAGMENT] = layer_ipv6_fragment,
		[UDP] = layer_udp,
		[VXLAN] = layer_vxlan,
		[GENEVE] = layer_geneve,
		[TCP] = layer_tcp,
	};

	while (at != END && rd_ok(&w->r)) {
		if (w->layers++ == MAX_LAYERS) {
			stat_add(w->d->stats, STAT_TOO_MANY_LAYERS, 1);
			return;
		}
		at = step[at](w);
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
	/* A frame that snaplen cut is not malformed. */
	if (!rd_ok(&w.r) && wire_len <= frame.len)
		stat_add(d->stats, STAT_INVALID, 1);
}
