/* fuzz-smb2.c -- SMB2 messages. */
#include "fuzz/smb.h"
#include "smb/smb2.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return fuzz_smb(&smb2_ops, data, len);
}
