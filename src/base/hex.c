#include "base/hex.h"

size_t
hex_decode(struct view v, uint8_t *out, size_t room)
{
	if (v.len % 2 != 0 || v.len / 2 > room)
		return 0;
	for (size_t i = 0; i < v.len / 2; i++) {
		int high = hex_digit(v.p[2 * i]), low = hex_digit(v.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return v.len / 2;
}
