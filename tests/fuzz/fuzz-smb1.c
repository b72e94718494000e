/* fuzz-smb1.c -- SMB1 messages. */
#include "fuzz/smb.h"
#include "smb/smb1.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return fuzz_smb(&smb1_ops, data, len);
}
