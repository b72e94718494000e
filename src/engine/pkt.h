/* pkt.h -- one TCP segment or UDP datagram: decoded headers and payload. */
#ifndef PKT_H
#define PKT_H

#include "base/addr.h"
#include "base/reader.h"

#define TCP_FIN	0x01
#define TCP_SYN	0x02
#define TCP_RST	0x04
#define TCP_PSH	0x08
#define TCP_ACK	0x10

struct pkt {
	struct addr	 src, dst;
	uint16_t	 sport, dport;		/* host order */
	/* Of TCP only; 0 for UDP.  RFC 9293 3.1. */
	uint32_t	 seq, ack;		/* host order */
	uint16_t	 window;		/* host order, not scaled */
	uint8_t		 flags;			/* TCP_FIN and so on */
	uint16_t	 vlan[MAX_VLANS];	/* VLAN ids, outermost first */
	uint8_t		 nvlan;
	/* A hash of VLAN ids and of VXLAN and GENEVE VNIs; 0 without any.
	 * Equal addresses in different scopes are different hosts. */
	uint32_t	 scope;
	/* What was captured of the payload; borrowed from the decoder. */
	struct view	 payload;
	/* The payload's bytes on the wire, more than payload.len if snaplen cut
	 * the frame. */
	size_t		 wire_len;
};

#endif
