/* fuzz-redact.c -- a text. */
#include <stdlib.h>

#include "fact/redact.h"
#include "base/utf16.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view text = { data, len };
	struct budget budget;
	struct buf out;

	budget_init(&budget, NULL, 16u << 20);
	buf_init(&out, &budget, 3 * len);	/* no text grows by more */
	if (redact(text, &out) && (out.len == 0 || (utf8_valid(text) && !utf8_valid(buf_view(&out)))))
		abort();
	buf_free(&out);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
