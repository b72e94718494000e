#include "baseline/entry.h"

#include <math.h>

#include "base/decode-text.h"
#include "base/digest.h"

#define HOUR		(BASELINE_DAY / 24)
#define LEAP		(40 * BASELINE_DAY)	/* more than a month, for what happens once a month */
#define END_OF_TIME	INT64_C(253402300799999999)	/* the end of the year 9999 */
#define MAX_COUNT	((uint64_t)INT64_MAX)

/* ---- Time ---- */

int64_t
calendar_read(struct baseline_calendar *c, int64_t *now)
{
	int64_t step;

	if (*now < 0)
		*now = 0;
	else if (*now > END_OF_TIME)
		*now = END_OF_TIME;
	if (!c->set)
		*c = (struct baseline_calendar){ .set = true, .now = *now };
	step = *now - c->now;
	if (step > LEAP || step < -LEAP)
		c->shift += step;
	if (step > 0 || step < -LEAP)
		c->now = *now;
	return *now - c->shift;
}

int64_t
calendar_own(const struct baseline_calendar *c)
{
	return c->now - c->shift;
}

static bool
in_time(int64_t t)
{
	return t >= 0 && t <= END_OF_TIME;
}

bool
calendar_valid(const struct baseline_calendar *c)
{
	return in_time(c->now) && c->shift >= -END_OF_TIME && c->shift <= END_OF_TIME;
}

/* ---- One entry ---- */

static uint64_t
hash(uint8_t seed, struct view v)
{
	uint8_t h[64] = { seed };

	sha512_chain(h, v);
	return le64dec(h);
}

void
baseline_entry_init(struct baseline_entry *h, enum baseline_tuple kind, struct view text)
{
	char mark[1 + 16 + 1];
	struct view kept = text;

	*h = (struct baseline_entry){ .kind = kind };
	if (text.len > BASELINE_TEXT) {
		snprintf(mark, sizeof(mark), "~%016llx", (unsigned long long)hash(TUPLES, text));
		kept = text_upto(text, BASELINE_TEXT - (sizeof(mark) - 1));
	}
	if (kept.len > 0)
		memcpy(h->text, kept.p, kept.len);
	h->len = kept.len;
	if (kept.len < text.len) {
		memcpy(h->text + h->len, mark, sizeof(mark) - 1);
		h->len += sizeof(mark) - 1;
	}
	h->id = (int64_t)hash((uint8_t)kind, baseline_entry_text(h));
}

struct view
baseline_entry_text(const struct baseline_entry *h)
{
	return (struct view){ h->text, h->len };
}

bool
baseline_entry_valid(const struct baseline_entry *h)
{
	if (h->count == 0 || h->count > MAX_COUNT || h->days == 0 || h->days > h->count)
		return false;
	if (!isfinite(h->weight) || h->weight < BASELINE_LEAST || h->weight > (double)h->count)
		return false;
	return in_time(h->first) && in_time(h->last) && h->first <= h->last &&
	    h->since <= h->upto && h->since >= -END_OF_TIME && h->upto <= 2 * END_OF_TIME;
}

static double
half_lives(int64_t time, unsigned int half_life_days)
{
	return half_life_days == 0 ? 0 :
	    (double)time / (double)BASELINE_DAY / (double)half_life_days;
}

double
baseline_entry_weight(const struct baseline_entry *h, int64_t own, unsigned int half_life_days)
{
	return own <= h->upto ? h->weight :
	    h->weight * exp2(-half_lives(own - h->upto, half_life_days));
}

double
baseline_entry_standing(double weight, int64_t upto, unsigned int half_life_days)
{
	return log2(weight) + half_lives(upto, half_life_days);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * An hour adds 1 to the weight, however often the entry was seen in it.  A day is
 * counted when it comes after all days that were counted.  An older capture does
 * not change since: the span covers only days that were counted.
 */
void
baseline_entry_feed(struct baseline_entry *h, int64_t now, int64_t own, unsigned int half_life_days)
{
	if (h->count == 0) {
		h->count = h->days = 1;
		h->weight = 1;
		h->first = h->last = now;
		h->since = h->upto = own;
		return;
	}
	if (h->count < MAX_COUNT)
		h->count++;
	h->weight = baseline_entry_weight(h, own, half_life_days);
	if (own > h->upto && own / HOUR != h->upto / HOUR)
		h->weight++;
	if (own > h->upto && own / BASELINE_DAY != h->upto / BASELINE_DAY)
		h->days++;
	h->first = earlier(h->first, now);
	h->last = later(h->last, now);
	h->upto = later(h->upto, own);
}

void
baseline_entry_merge(struct baseline_entry *h, const struct baseline_entry *other, unsigned int half_life_days)
{
	int64_t upto = later(h->upto, other->upto);

	h->weight = fmax(baseline_entry_weight(h, upto, half_life_days),
	    baseline_entry_weight(other, upto, half_life_days));
	if (other->count > h->count)
		h->count = other->count;
	if (other->days > h->days)
		h->days = other->days;
	h->first = earlier(h->first, other->first);
	h->last = later(h->last, other->last);
	h->since = earlier(h->since, other->since);
	h->upto = upto;
}
