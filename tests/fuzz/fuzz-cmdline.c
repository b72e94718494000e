/* fuzz-cmdline.c -- a command for cmd.exe; behind a '|', a command line without a shell. */
#include "fuzz/script.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct view text = { data, len };
	bool bare = view_starts(text, "|", 1);

	read_and_ask(bare ? LANGUAGE_NONE : LANGUAGE_CMD, view_from(text, bare));
	return 0;
}
