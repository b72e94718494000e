/* fuzz-nbss.c -- an SMB connection as chunks, behind a byte: bit 0 its beginning was not seen. */
#include "fuzz/chunks.h"
#include "smb/nbss.h"
#include "smb/atexec-output.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = rd_open((struct view){ data, len });
	bool midstream = rd_u8(&r) & 1;
	struct fuzz_world w;

	fuzz_world_init(&w, 445);
	atexec_called(&w.world, &w.peers.client, &w.peers.server);
	fuzz_chunks(&w, &nbss_proto, midstream, &r);
	fuzz_world_free(&w);
	return 0;
}
