/* fuzz-clixml.c -- a serialised object, as a pipeline, as text and for its number. */
#include <stdlib.h>

#include "winrm/clixml.h"
#include "base/utf16.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static bool (*const how[])(struct view, struct buf *) = { clixml_pipeline, clixml_text };
	struct view v = { data, len };
	struct budget budget;
	struct buf out;
	int64_t n;

	budget_init(&budget, NULL, 8u << 20);
	for (size_t i = 0; i < 2; i++) {
		buf_init(&out, &budget, 64u << 10);
		if (how[i](v, &out) != (out.len > 0) || (out.len > 0 && !utf8_valid(buf_view(&out))))
			abort();
		buf_free(&out);
	}
	(void)clixml_number(v, "PipelineState", &n);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
