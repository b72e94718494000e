#include "base/iso8601.h"

#include <time.h>

#define SECOND	1000000LL

static bool
digits(struct reader *r, size_t n, int least, int most, int *value)
{
	uint8_t c;

	for (*value = 0; n > 0; n--) {
		c = rd_u8(r);
		if (!rd_ok(r) || c < '0' || c > '9')
			return false;
		*value = *value * 10 + (c - '0');
	}
	return *value >= least && *value <= most;
}

static bool
sign(struct reader *r, char c)
{
	return rd_u8(r) == (uint8_t)c && rd_ok(r);
}

/* Returns the next byte without reading it; 0 at the end. */
static uint8_t
peek(struct reader r)
{
	return rd_u8(&r);
}

/* Skips the fraction behind the seconds, if there is one. */
static bool
fraction(struct reader *r)
{
	int digit;

	if (peek(*r) != '.')
		return true;
	rd_u8(r);
	if (!digits(r, 1, 0, 9, &digit))
		return false;
	while (peek(*r) >= '0' && peek(*r) <= '9')
		rd_u8(r);
	return true;
}

/* Reads the zone, if there is one; nothing may follow it. */
static bool
zone(struct reader *r, int *minutes, bool *zoned)
{
	int h, m;
	uint8_t c;

	*minutes = 0;
	*zoned = r->left > 0;
	if (!*zoned)
		return true;
	c = rd_u8(r);
	if (c == 'Z')
		return r->left == 0;
	if ((c != '+' && c != '-') || !digits(r, 2, 0, 14, &h) || !sign(r, ':') ||
	    !digits(r, 2, 0, h < 14 ? 59 : 0, &m))
		return false;
	*minutes = (c == '-' ? -1 : 1) * (h * 60 + m);
	return r->left == 0;
}

bool
iso8601_read(struct view text, int64_t *us, bool *zoned)
{
	struct reader r = rd_open(text);
	struct tm day = { .tm_isdst = 0 };
	int year, month, mday, h, m, s, minutes;
	int64_t midnight;

	if (!digits(&r, 4, 1900, 9999, &year) || !sign(&r, '-') ||
	    !digits(&r, 2, 1, 12, &month) || !sign(&r, '-') ||
	    !digits(&r, 2, 1, 31, &mday) || !sign(&r, 'T') ||
	    !digits(&r, 2, 0, 23, &h) || !sign(&r, ':') ||
	    !digits(&r, 2, 0, 59, &m) || !sign(&r, ':') ||
	    !digits(&r, 2, 0, 60, &s) || !fraction(&r) || !zone(&r, &minutes, zoned))
		return false;
	day.tm_year = year - 1900;
	day.tm_mon = month - 1;
	day.tm_mday = mday;
	midnight = timegm(&day);
	if (day.tm_mday != mday)	/* timegm() made 2 March of 30 February */
		return false;
	*us = (midnight + (h * 60 + m - minutes) * 60 + s) * SECOND;
	return true;
}
