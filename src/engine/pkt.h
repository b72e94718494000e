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
	uint32_t	 seq, ack;		/* host order; these and the next two are 0 for UDP */
	uint16_t	 window;
	uint8_t		 flags;		/* TCP_FIN and so on, RFC 9293 3.1 */
	uint16_t	 vlan[MAX_VLANS];	/* VLAN ids, outermost first */
	uint8_t		 nvlan;
	uint32_t	 scope;			/* hash of VLAN ids and VXLAN and GENEVE VNIs; 0: none.  Equal
						 * addresses in different scopes are different hosts */
	struct view	 payload;		/* what was captured of it; borrowed from the decoder */
	size_t		 wire_len;		/* the payload's bytes on the wire: more than payload.len if
						 * snaplen cut the frame */
};

#endif
