/* fuzz-powershell.c -- a PowerShell script. */
#include "fuzz/script.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	read_and_ask(LANGUAGE_POWERSHELL, (struct view){ data, len });
	return 0;
}
