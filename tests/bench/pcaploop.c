/* The least that any sensor must do: libpcap's read loop, and nothing in it. */
#include <err.h>
#include <stdint.h>
#include <stdio.h>

#include <pcap.h>

static void
packet(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	uint64_t *sum = (uint64_t *)(void *)user;

	sum[0]++;
	if (h->caplen > 0)
		sum[1] += bytes[h->caplen - 1];
}

int
main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE];
	uint64_t sum[2] = { 0, 0 };
	pcap_t *p;

	if (argc != 2)
		errx(2, "usage: pcaploop file");
	if ((p = pcap_open_offline(argv[1], why)) == NULL)
		errx(1, "%s: %s", argv[1], why);
	if (pcap_loop(p, -1, packet, (u_char *)(void *)sum) == PCAP_ERROR)
		errx(1, "%s: %s", argv[1], pcap_geterr(p));
	pcap_close(p);
	fprintf(stderr, "%ju packets\n", (uintmax_t)sum[0]);
	return 0;
}
