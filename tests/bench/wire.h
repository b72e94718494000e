/* wire.h -- writes pcap files fast: frames of TCP connections, made up. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define WIRE_MSS 1446		/* payload of a 1,500-byte frame: Ethernet, IPv4 and TCP take 54 */

struct wire {
	FILE		*f;
	int64_t		 us;		/* packet time; moves on with each packet */
	unsigned int	 step;		/* microseconds between packets */
	unsigned int	 lose;		/* one data packet in so many is left out; 0: none */
	uint64_t	 rng;
	uint64_t	 packets, lost;
};

struct conn {
	uint32_t	 client, server;	/* IPv4, host order */
	uint16_t	 cport, sport;
	uint32_t	 seq[2];		/* of the next byte: client's, server's */
	unsigned int	 unacked;		/* data packets since the last ACK */
};

/* Bytes of a message under construction, in little-endian fields. */
struct msg {
	uint8_t		*p;
	size_t		 len, cap;
};

void	 wire_open(struct wire *, const char *path);	/* exits where it can't */
void	 wire_close(struct wire *);
uint32_t wire_random(struct wire *);

void	 conn_begin(struct wire *, struct conn *);	/* the three-way handshake */
void	 conn_packet(struct wire *, struct conn *, bool server, uint8_t flags,
	    const void *payload, size_t);
/* One message in segments of WIRE_MSS; the other side acknowledges every second one. */
void	 conn_say(struct wire *, struct conn *, bool server, const void *, size_t);
void	 conn_end(struct wire *, struct conn *);	/* FIN both ways */

void	 msg_init(struct msg *, size_t cap);
void	 put(struct msg *, const void *, size_t);
void	 put8(struct msg *, uint8_t);
void	 put16(struct msg *, uint16_t);
void	 put32(struct msg *, uint32_t);
void	 put64(struct msg *, uint64_t);
void	 put_wide(struct msg *, const char *ascii);	/* UTF-16LE, no NUL */
void	 put_text(struct msg *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void	 put_base64(struct msg *, const void *, size_t);
void	 put_zero(struct msg *, size_t);
void	 put_pad(struct msg *, size_t from, size_t to);	/* align what follows from "from" */

#endif
