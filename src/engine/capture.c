#include "engine/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/decode.h"

#define SNAPLEN		262144		/* libpcap's maximum: TSO segments of 64 KiB are not cut */
#define READ_BUFFER	(64 << 10)
#define LIVE_TIMEOUT	100		/* milliseconds */
#define LIVE_BUFFER	(16 << 20)	/* an eighth of a second at 1 Gbit/s */
#define MAX_SECONDS	(INT64_C(1) << 40) /* later times are taken as damage */

struct capture {
	pcap_t		*pcap;
	const char	*name;		/* points into the caller's string */
	int		 dlt;
	bool		 live;
	char		*buffer;	/* for stdio, of a file */
	uint64_t	 total;		/* bytes of the file; 0: unknown */
	struct pcap_stat last;		/* libpcap's counters are 32 bits wide and wrap */
	uint64_t	 received, dropped, ifdropped;
	char		 err[PCAP_ERRBUF_SIZE + 80];
};

void
capture_close(struct capture *c)
{
	if (c == NULL)
		return;
	if (c->pcap != NULL)
		pcap_close(c->pcap);
	free(c->buffer);
	free(c);
}

/* Returns whether the decoder knows the link type; if not, err is set. */
static bool
link_known(struct capture *c, char *err, size_t errlen)
{
	const char *name, *what;

	c->dlt = pcap_datalink(c->pcap);
	if (decode_knows(c->dlt))
		return true;
	name = pcap_datalink_val_to_name(c->dlt);
	what = pcap_datalink_val_to_description(c->dlt);
	snprintf(err, errlen, "link type %s (%s, %d) is not supported; capture "
	    "Ethernet, Linux \"any\", raw IP, loopback or PPP instead",
	    name != NULL ? name : "unknown",
	    what != NULL ? what : "no description", c->dlt);
	return false;
}

/* Writes to err why a file cannot be opened and what helps.  first is its first
 * byte or EOF, said is libpcap's message. */
static void
explain(int first, const char *said, char *err, size_t errlen)
{
	static const struct {
		int		 byte;
		const char	*how, *cat;
	} packed[] = {
		{ 0x1f, "gzip", "zcat" },
		{ 0x28, "zstd", "zstdcat" },
		{ 0xfd, "xz", "xzcat" },
		{ 'B', "bzip2", "bzcat" },
		{ 0x04, "lz4", "lz4cat" },
	};

	for (size_t i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (packed[i].byte == first) {
			snprintf(err, errlen, "not a pcap or pcapng file; if it is "
			    "compressed with %s, use: %s FILE | schedwire -r -",
			    packed[i].how, packed[i].cat);
			return;
		}
	if (first == EOF)
		snprintf(err, errlen, "not a pcap or pcapng file: it is empty");
	else if (strstr(said, "unknown file format") != NULL)
		snprintf(err, errlen, "not a pcap or pcapng file");
	else
		snprintf(err, errlen, "not a pcap or pcapng file that can be "
		    "read: %s", said);
}

/* Opens the file and sets first to its first byte, or EOF.  Returns NULL, with
 * err set, if it cannot be read. */
static FILE *
open_file(struct capture *c, const char *path, int *first, char *err, size_t errlen)
{
	FILE *f = stdin;
	off_t size;

	if (strcmp(path, "-") != 0) {
		if ((f = fopen(path, "rb")) == NULL)
			goto fail;
		/* libpcap reads a frame at a time: a larger buffer saves system
		 * calls.  glibc heeds the size only if a buffer is given. */
		if ((c->buffer = malloc(READ_BUFFER)) != NULL)
			setvbuf(f, c->buffer, _IOFBF, READ_BUFFER);
		if (fseeko(f, 0, SEEK_END) == 0 && (size = ftello(f)) > 0)
			c->total = (uint64_t)size;
		rewind(f);
	}
	*first = getc(f);
	if (*first == EOF && ferror(f))
		goto fail;
	ungetc(*first, f);
	return f;
fail:
	snprintf(err, errlen, "%s%s", strerror(errno),
	    errno == EACCES ? ": make it readable for this user" :
	    errno == EISDIR ? ": name the capture files in it" :
	    errno == ENOENT ? ": check the path" : "");
	if (f != NULL && f != stdin)
		fclose(f);
	return NULL;
}

struct capture *
capture_file(const char *path, char *err, size_t errlen)
{
	char said[PCAP_ERRBUF_SIZE] = "";
	const char *base = strrchr(path, '/');
	struct capture *c;
	FILE *f;
	int first;

	if ((c = calloc(1, sizeof(*c))) == NULL) {
		snprintf(err, errlen, "out of memory");
		return NULL;
	}
	c->name = strcmp(path, "-") == 0 ? "stdin" :
	    base != NULL ? base + 1 : path;
	if ((f = open_file(c, path, &first, err, errlen)) == NULL)
		goto fail;
	if ((c->pcap = pcap_fopen_offline(f, said)) == NULL) {
		explain(first, said, err, errlen);
		if (f != stdin)
			fclose(f);
		goto fail;
	}
	if (!link_known(c, err, errlen))
		goto fail;
	return c;
fail:
	capture_close(c);
	return NULL;
}

static void
explain_live(struct capture *c, int why, char *err, size_t errlen)
{
	const char *said = pcap_geterr(c->pcap);

	switch (why) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		snprintf(err, errlen, "no such interface; \"ip link\" lists them");
		break;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		snprintf(err, errlen, "not permitted to capture; start as root, or "
		    "give the program CAP_NET_RAW (setcap cap_net_raw+ep)");
		break;
	case PCAP_ERROR_IFACE_NOT_UP:
		snprintf(err, errlen, "the interface is down; set it up: "
		    "ip link set dev %s up", c->name);
		break;
	default:
		snprintf(err, errlen, "can't capture: %s",
		    said[0] != '\0' ? said : pcap_statustostr(why));
	}
}

struct capture *
capture_live(const char *iface, char *err, size_t errlen)
{
	char said[PCAP_ERRBUF_SIZE] = "";
	struct capture *c;
	int why;

	if ((c = calloc(1, sizeof(*c))) == NULL) {
		snprintf(err, errlen, "out of memory");
		return NULL;
	}
	c->name = iface;
	c->live = true;
	if ((c->pcap = pcap_create(iface, said)) == NULL) {
		snprintf(err, errlen, "can't capture: %s", said);
		goto fail;
	}
	/*
	 * Immediate mode is not used: on Linux each frame would then take a
	 * slot of SNAPLEN bytes (TPACKET_V2), and the buffer would hold only
	 * about sixty.  So a frame waits until the timeout at most.  None of
	 * these calls fails before activation.
	 */
	pcap_set_snaplen(c->pcap, SNAPLEN);
	pcap_set_promisc(c->pcap, 1);
	pcap_set_timeout(c->pcap, LIVE_TIMEOUT);
	pcap_set_buffer_size(c->pcap, LIVE_BUFFER);
	if ((why = pcap_activate(c->pcap)) < 0) {	/* above 0 are warnings */
		explain_live(c, why, err, errlen);
		goto fail;
	}
	if (pcap_setnonblock(c->pcap, 1, said) != 0) {
		snprintf(err, errlen, "can't capture: %s", said);
		goto fail;
	}
	if (!link_known(c, err, errlen))
		goto fail;
	return c;
fail:
	capture_close(c);
	return NULL;
}

/* Writes to c->err why pcap_next_ex() failed, and what helps. */
static void
explain_broken(struct capture *c)
{
	const char *said = pcap_geterr(c->pcap);

	if (c->live)
		snprintf(c->err, sizeof(c->err), "capture failed: %s", said);
	else if (strstr(said, "different from the") != NULL)
		snprintf(c->err, sizeof(c->err), "its interfaces differ (%s); "
		    "convert it first: editcap -F pcap FILE NEW", said);
	else
		snprintf(c->err, sizeof(c->err), "cut short or damaged: %s", said);
}

/*
 * Reads as pcap_next_ex() does, but waits for LIVE_TIMEOUT at most.  On Linux
 * pcap_next_ex() itself waits until a frame comes, whatever the timeout.
 */
static int
next(struct capture *c, struct pcap_pkthdr **h, const u_char **p)
{
	int got = pcap_next_ex(c->pcap, h, p);
	struct pollfd fd;

	if (got != 0 || !c->live)
		return got;
	fd = (struct pollfd){ .fd = pcap_get_selectable_fd(c->pcap),
	    .events = POLLIN };
	poll(&fd, 1, LIVE_TIMEOUT);	/* a signal may end the wait early */
	return pcap_next_ex(c->pcap, h, p);
}

enum capture_got
capture_next(struct capture *c, struct frame *f)
{
	struct pcap_pkthdr *h;
	const u_char *p;
	int64_t sec;

	switch (next(c, &h, &p)) {
	case 1:
		break;
	case 0:
		return CAPTURE_NONE;
	case PCAP_ERROR_BREAK:
		return CAPTURE_END;
	default:
		explain_broken(c);
		return CAPTURE_BROKEN;
	}
	sec = h->ts.tv_sec;
	if (sec < 0 || sec > MAX_SECONDS)
		sec = 0;
	*f = (struct frame){
		.bytes = { p, h->caplen },
		.wire_len = h->len > h->caplen ? h->len : h->caplen,
		.us = sec * 1000000 + h->ts.tv_usec,
		.dlt = c->dlt
	};
	return CAPTURE_FRAME;
}

const char *
capture_error(const struct capture *c)
{
	return c->err;
}

const char *
capture_name(const struct capture *c)
{
	return c->name;
}

bool
capture_progress(const struct capture *c, uint64_t *done, uint64_t *total)
{
	off_t at;

	if (c->live || c->total == 0 || (at = ftello(pcap_file(c->pcap))) < 0)
		return false;
	*done = (uint64_t)at;
	*total = c->total;
	return true;
}

bool
capture_drops(struct capture *c, uint64_t *received, uint64_t *dropped,
    uint64_t *ifdropped)
{
	struct pcap_stat now;

	if (!c->live || pcap_stats(c->pcap, &now) == -1)
		return false;
	c->received += now.ps_recv - c->last.ps_recv;
	c->dropped += now.ps_drop - c->last.ps_drop;
	c->ifdropped += now.ps_ifdrop - c->last.ps_ifdrop;
	c->last = now;
	*received = c->received;
	*dropped = c->dropped;
	*ifdropped = c->ifdropped;
	return true;
}
