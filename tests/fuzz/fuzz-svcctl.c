/* fuzz-svcctl.c -- one stub of the service control manager. */
#include "fuzz/stub.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return len > 0 ? fuzz_stub(&svcctl_iface, data[0] & 0x1f, data, len) : 0;
}
