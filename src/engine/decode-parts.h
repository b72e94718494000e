/*
 * decode-parts.h -- what the parts of decode.c share: decode-link.c knows link
 * layers and tags, decode-tunnel.c what carries frames or packets inside IP,
 * decode-ip.c IP itself, up to TCP and UDP.
 */
#ifndef DECODE_PARTS_H
#define DECODE_PARTS_H

#include "engine/decode.h"

struct defrag;

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

/* decode.c */
void		 walk(struct walk *, enum layer);	/* from that header on */
size_t		 walk_missing(const struct walk *);	/* bytes that snaplen took */
void		 walk_limit(struct walk *, size_t len);	/* a header says that len bytes follow */
void		 walk_scope(struct walk *, enum layer kind, uint32_t id);	/* a tag of that kind */

/* Each reads its header, and says what the next one is. */
typedef enum layer layer_fn(struct walk *);

/* decode-link.c */
enum layer	 by_link(int dlt);
enum layer	 by_ethertype(uint16_t);
layer_fn	 layer_ethernet, layer_snap, layer_sll, layer_sll2, layer_af, layer_vlan,
		 layer_vntag, layer_etag, layer_mpls, layer_pppoe, layer_ppp;

/* decode-tunnel.c */
layer_fn	 layer_gre, layer_erspan2, layer_erspan3, layer_vxlan, layer_geneve;

/* decode-ip.c */
layer_fn	 layer_ip, layer_ipv4, layer_ipv6, layer_ipv6_options, layer_ah,
		 layer_ipv6_fragment, layer_udp, layer_tcp;

#endif
