/*
 * fuzz-tls.c -- a connection as chunks, behind a byte: bit 0 it is one of WinRM,
 * bit 1 its beginning was not seen.  The key log knows the sessions of tlswire.h.
 */
#include "fuzz/chunks.h"
#include "unit/ring.h"
#include "http/http.h"
#include "http/tls.h"
#include "wire/tls.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct keyring *
ring_new(void)
{
	char path[] = "/tmp/schedwire-keylog.XXXXXX", line[64];
	struct keyring *ring;
	int fd = mkstemp(path);

	if (fd == -1)
		abort();
	for (size_t i = 0; i < nitems(wires); i++)
		if (write(fd, wires[i].log, strlen(wires[i].log)) == -1)
			abort();
	if (write(fd, renegotiated.log, strlen(renegotiated.log)) == -1)
		abort();
	close(fd);
	snprintf(line, sizeof(line), "keylog %s\n", path);
	ring = ring_of(line);
	(void)unlink(path);
	return ring;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	uint8_t kind = rd_u8(&r);
	struct fuzz_world w;

	fuzz_world_init(&w, (kind & 1) != 0 ? 5986 : 443);
	w.world.keyring = ring_new();
	fuzz_chunks(&w, &tls_proto, (kind & 2) != 0, &r);
	keyring_close(w.world.keyring);
	fuzz_world_free(&w);
	return 0;
}
