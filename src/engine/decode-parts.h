/*
 * decode-parts.h -- what the parts of decode.c share: decode-link.c knows link
 * layers and tags, decode-tunnel.c what carries frames or packets inside IP,
 * decode-ip.c IP itself, up to TCP and UDP.
 */
#ifndef DECODE_PARTS_H
#define DECODE_PARTS_H

#include "engine/decode.h"

struct defrag;

/* The kind of a header.  END: what follows cannot carry TCP or UDP, or was
 * handed over already. */
enum layer {
	END, ETHERNET, SLL, SLL2, AF, VLAN, VNTAG, ETAG, SNAP, MPLS, PPPOE, PPP,
	GRE, ERSPAN2, ERSPAN3, IP, IPV4, IPV6, IPV6_OPTIONS, AH, FRAGMENT, UDP,
	VXLAN, GENEVE, TCP
};

struct decoder {
	struct stats	*stats;
	struct defrag	*defrag;
	void		(*tcp)(void *, const struct pkt *);
	void		(*udp)(void *, const struct pkt *);	/* NULL: not wanted */
	void		*arg;
};

/* A frame that is being decoded, from the link layer to TCP or UDP. */
struct walk {
	struct decoder	*d;
	struct reader	 r;		/* at the next header */
	size_t		 wire;		/* bytes from the reader's start to the end on the wire */
	int64_t		 now;		/* microseconds */
	unsigned	 layers;	/* headers read; MAX_LAYERS at most */
	struct pkt	 pkt;		/* filled as headers are read */
};

/* decode.c */

/* Reads headers, of which the next is of that kind, until END, a malformed
 * header (the reader has failed then) or MAX_LAYERS. */
void		 walk(struct walk *, enum layer);

/* Returns how many bytes of the frame snaplen cut off. */
size_t		 walk_missing(const struct walk *);

/* Says that by a header's length field len bytes follow the reader's position:
 * what is behind them is padding and is cut off. */
void		 walk_limit(struct walk *, size_t len);

/* Adds a VLAN tag's or tunnel's number to the packet's scope. */
void		 walk_scope(struct walk *, enum layer kind, uint32_t id);

/* Reads one header and leaves the reader behind it.  Returns the kind of the
 * next header.  If the header is malformed, the reader fails. */
typedef enum layer layer_fn(struct walk *);

/* decode-link.c */

/* Returns the first header of a frame by its link type, or END if
 * unsupported. */
enum layer	 by_link(int dlt);

/* Returns the next header by its EtherType (host order), or END if
 * unsupported. */
enum layer	 by_ethertype(uint16_t);

layer_fn	 layer_ethernet, layer_snap, layer_sll, layer_sll2, layer_af, layer_vlan,
		 layer_vntag, layer_etag, layer_mpls, layer_pppoe, layer_ppp;

/* decode-tunnel.c */
layer_fn	 layer_gre, layer_erspan2, layer_erspan3, layer_vxlan, layer_geneve;

/* decode-ip.c */
layer_fn	 layer_ip, layer_ipv4, layer_ipv6, layer_ipv6_options, layer_ah,
		 layer_ipv6_fragment, layer_udp, layer_tcp;

#endif
