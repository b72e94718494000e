#include "engine/decode.h"

#include <stdlib.h>

#include "base/stats.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Look at every byte of the payload, so that ASan does too. */
static void
look(void *arg, const struct pkt *k)
{
	unsigned *sum = arg;

	for (size_t i = 0; i < k->payload.len; i++)
		*sum += k->payload.p[i];
	if (k->wire_len < k->payload.len || k->nvlan > MAX_VLANS)
		abort();
}

/*
 * A byte for the link type, then frames: a 16-bit length, a byte for what
 * snaplen took, the bytes.  They are a second apart and share a decoder, so
 * that fragments meet.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const int links[] = { 1, 0, 9, 12, 50, 51, 108, 113, 228, 229, 276 };
	struct reader r = rd_open((struct view){ data, len });
	int dlt = links[rd_u8(&r) % (sizeof(links) / sizeof(links[0]))];
	struct stats stats = { .n = { 0 } };
	struct budget b;
	struct decoder *d;
	unsigned sum = 0;
	int64_t now = 0;

	budget_init(&b, NULL, 1 << 20);
	d = decoder_new(&b, &stats, look, look, &sum);
	while (d != NULL && rd_ok(&r) && r.left > 3) {
		size_t n = rd_be16(&r);
		uint8_t cut = rd_u8(&r);
		struct view v = rd_view(&r, n < r.left ? n : r.left);
		uint8_t *copy = malloc(v.len + 1);

		if (copy == NULL)
			break;
		memcpy(copy + 1, v.p, v.len);
		decode_frame(d, dlt, (struct view){ copy + 1, v.len },
		    v.len + cut, now);
		free(copy);
		now += 1000000;
	}
	decoder_free(d);
	if (b.used != 0)
		abort();
	return 0;
}
