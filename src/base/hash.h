/* hash.h -- FNV-1a, a fast hash of bytes, in 64 bits. */
#ifndef HASH_H
#define HASH_H

#include "base/reader.h"

/* What a hash starts from.  Where senders choose the bytes, add a random
 * number (exclusive or), or they could make everything collide. */
#define HASH_START	UINT64_C(0xcbf29ce484222325)

/* Returns h, a start or what an earlier call returned, continued by one byte. */
static inline uint64_t
hash_byte(uint64_t h, uint8_t byte)
{
	return (h ^ byte) * UINT64_C(0x100000001b3);
}

/* The same with all bytes of v; an empty view returns h. */
static inline uint64_t
hash_view(uint64_t h, struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		h = hash_byte(h, v.p[i]);
	return h;
}

#endif
