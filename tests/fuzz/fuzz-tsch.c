/* fuzz-tsch.c -- one stub of ITaskSchedulerService. */
#include "fuzz/stub.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	return len > 0 ? fuzz_stub(&tsch_iface, data[0] & 0x1f, data, len) : 0;
}
