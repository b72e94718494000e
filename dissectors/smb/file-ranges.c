/* file-ranges.c -- the bytes of one file, written in pieces and in any order. */
#include "smb/file-ranges.h"

#include "base/limits.h"

/* Bytes from..to of the file are there.  Sorted, apart from one another. */
struct range {
	uint32_t	from, to;
};

struct file_ranges {
	struct budget	*budget;
	uint8_t		*p;		/* what no range covers was never written */
	size_t		 cap;
	struct range	*ranges;
	size_t		 n, room;
	size_t		 looked;	/* length of the head at the last look */
	bool		 cut;
};

struct file_ranges *
file_ranges_new(struct budget *b)
{
	struct file_ranges *w = budget_calloc(b, 1, sizeof(*w));

	if (w != NULL)
		w->budget = b;
	return w;
}

void
file_ranges_free(struct file_ranges *w)
{
	if (w == NULL)
		return;
	budget_free(w->ranges);
	budget_free(w->p);
	budget_free(w);
}

static bool
reserve(struct file_ranges *w, size_t n)
{
	size_t cap = n + n / 2 < MAX_FILE ? n + n / 2 : MAX_FILE;
	uint8_t *p;

	if (n <= w->cap)
		return true;
	if ((p = budget_resize(w->budget, w->p, cap)) == NULL)
		return false;
	w->p = p;
	w->cap = cap;
	return true;
}

static bool
range_room(struct file_ranges *w)
{
	size_t room = w->room > 0 ? w->room * 2 : 4;
	struct range *r;

	if (w->n < w->room)
		return true;
	if (w->n >= MAX_FILE_RANGES)
		return false;
	r = budget_resize(w->budget, w->ranges, room * sizeof(*r));
	if (r == NULL)
		return false;
	w->ranges = r;
	w->room = room;
	return true;
}

/* Add from..to, merging with all that it touches. */
static bool
range_add(struct file_ranges *w, uint32_t from, uint32_t to)
{
	size_t first, end;

	for (first = 0; first < w->n && w->ranges[first].to < from; first++)
		continue;
	for (end = first; end < w->n && w->ranges[end].from <= to; end++) {
		from = w->ranges[end].from < from ? w->ranges[end].from : from;
		to = w->ranges[end].to > to ? w->ranges[end].to : to;
	}
	if (first == end && !range_room(w))
		return false;
	memmove(w->ranges + first + 1, w->ranges + end, (w->n - end) * sizeof(*w->ranges));
	w->ranges[first] = (struct range){ from, to };
	w->n = w->n - (end - first) + 1;
	return true;
}

void
file_ranges_put(struct file_ranges *w, uint64_t off, struct view v)
{
	if (v.len == 0)
		return;
	if (off >= MAX_FILE) {
		w->cut = true;
		return;
	}
	if (v.len > MAX_FILE - off) {
		v.len = (size_t)(MAX_FILE - off);
		w->cut = true;
	}
	if (!reserve(w, (size_t)off + v.len) ||
	    !range_add(w, (uint32_t)off, (uint32_t)(off + v.len))) {
		w->cut = true;
		return;
	}
	memcpy(w->p + off, v.p, v.len);
}

/* What was there before is no longer true.  Of a range around the loss the
 * part behind it is given up: it can be no head. */
void
file_ranges_lose(struct file_ranges *w, uint64_t off, size_t n)
{
	uint64_t end = off + n;
	size_t kept = 0;

	w->cut = true;
	for (size_t i = 0; i < w->n; i++) {
		struct range r = w->ranges[i];

		if (r.from < off && r.to > off)
			r.to = (uint32_t)off;
		else if (r.from >= off && r.from < end)
			r.from = r.to < end ? r.to : (uint32_t)end;
		if (r.from < r.to)
			w->ranges[kept++] = r;
	}
	w->n = kept;
}

void
file_ranges_truncate(struct file_ranges *w, uint64_t size)
{
	while (w->n > 0 && w->ranges[w->n - 1].to > size) {
		if (w->ranges[w->n - 1].from < size) {
			w->ranges[w->n - 1].to = (uint32_t)size;
			return;
		}
		w->n--;
	}
}

struct view
file_ranges_head(const struct file_ranges *w, bool *cut)
{
	bool starts = w->n > 0 && w->ranges[0].from == 0;

	*cut = w->cut || w->n > 1 || (w->n == 1 && !starts);
	return starts ? (struct view){ w->p, w->ranges[0].to } : (struct view){ NULL, 0 };
}

bool
file_ranges_grown(struct file_ranges *w)
{
	bool cut;
	size_t n = file_ranges_head(w, &cut).len;

	if (n == 0 || n < w->looked * 2)
		return false;
	w->looked = n;
	return true;
}
