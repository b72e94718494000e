/* pkt.h -- the headers of one TCP segment or UDP datagram, decoded; its payload, borrowed. */
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
	uint32_t	 seq, ack;		/* host order; of UDP, as all down to flags, 0 */
	uint16_t	 window;
	uint8_t		 flags;
	uint16_t	 vlan[MAX_VLANS];	/* outer to inner */
	uint8_t		 nvlan;
	uint32_t	 scope;			/* hash of VLAN tags and tunnel ids (VXLAN, GENEVE VNI): equal
						 * addresses in different scopes are different hosts; 0: none */
	struct view	 payload;		/* as captured */
	size_t		 wire_len;		/* payload bytes that crossed the wire; more than payload.len
						 * when snaplen cut the frame */
};

#endif
