#include <stdlib.h>
#include <string.h>

#include "baseline/entry.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* A line that is read is written as one that is read as the same. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct baseline_entry h, again;
	char *line = NULL;
	size_t n = 0;
	FILE *f;

	if (baseline_entry_read(&h, (struct view){ data, len }) != NULL)
		return 0;
	if ((f = open_memstream(&line, &n)) == NULL)
		return 0;
	baseline_entry_write(&h, f);
	if (fclose(f) != 0 || memchr(line, '\n', n) != line + n - 1)
		abort();
	/* Above 2^50 a weight has no thousandths to keep. */
	if (h.weight < 1e12 && (baseline_entry_read(&again, (struct view){ (uint8_t *)line, n - 1 }) != NULL ||
	    again.id != h.id || again.count != h.count || again.days != h.days))
		abort();
	free(line);
	return 0;
}
