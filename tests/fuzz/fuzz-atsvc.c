/* fuzz-atsvc.c -- one stub of ATSvc, or with 0x10 of SASec. */
#include "fuzz/stub.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len == 0)
		return 0;
	return fuzz_stub((data[0] & 0x10) != 0 ? &sasec_iface : &atsvc_iface, data[0] & 0x0f,
	    data, len);
}
