/* fuzz-decode-text.c -- byte 0 chooses the decoder, byte 1 how much room there is. */
#include <stdlib.h>

#include "base/decode-text.h"
#include "base/utf16.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static bool (*const decoders[])(struct view, struct buf *) = {
		base64_decode, inflate_any, text_of
	};
	struct view in;
	struct budget budget;
	struct buf out;
	unsigned int which;
	size_t before;

	if (len < 2)
		return 0;
	in = (struct view){ data + 2, len - 2 };
	which = data[0] % 3;
	budget_init(&budget, NULL, data[1] % 16 == 15 ? 8192 : 4u << 20);
	buf_init(&out, &budget, (size_t)data[1] * 1024 + 1);
	before = buf_add(&out, view_str("#")) ? 1 : 0;
	if (decoders[which](in, &out)) {
		if (which == 2 && !utf8_valid(buf_view(&out)))
			abort();
		if (which == 0 && out.len > before + in.len / 4 * 3 + 2)
			abort();
	} else if (out.len != before)
		abort();	/* out must be as it was */
	buf_free(&out);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
