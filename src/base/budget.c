#include "base/budget.h"

#include <stdlib.h>

struct head {
	struct budget	*b;
	size_t		 n;
};
_Static_assert(sizeof(struct head) % _Alignof(max_align_t) == 0, "alignment");

void
budget_init(struct budget *b, struct budget *up, size_t limit)
{
	*b = (struct budget){ .up = up, .limit = limit };
}

bool
budget_take(struct budget *b, size_t n)
{
	struct budget *at, *undo;

	for (at = b; at != NULL; at = at->up) {
		if (n > at->limit - at->used) {
			at->refused++;
			for (undo = b; undo != at; undo = undo->up)
				undo->used -= n;
			return false;
		}
		at->used += n;
		if (at->used > at->peak)
			at->peak = at->used;
	}
	return true;
}

void
budget_give(struct budget *b, size_t n)
{
	for (; b != NULL; b = b->up)
		b->used -= n;
}

void *
budget_alloc(struct budget *b, size_t n)
{
	struct head *h;

	if (n > SIZE_MAX / 2 || !budget_take(b, n + sizeof(*h)))
		return NULL;
	if ((h = malloc(n + sizeof(*h))) == NULL) {
		budget_give(b, n + sizeof(*h));
		return NULL;
	}
	*h = (struct head){ .b = b, .n = n };
	return h + 1;
}

void *
budget_calloc(struct budget *b, size_t n, size_t size)
{
	void *p;

	if (size != 0 && n > SIZE_MAX / 2 / size)
		return NULL;
	if ((p = budget_alloc(b, n * size)) != NULL)
		memset(p, 0, n * size);
	return p;
}

void *
budget_resize(struct budget *b, void *p, size_t n)
{
	struct head *h, *to;

	if (p == NULL)
		return budget_alloc(b, n);
	h = (struct head *)p - 1;
	b = h->b;
	if (n > SIZE_MAX / 2 || (n > h->n && !budget_take(b, n - h->n)))
		return NULL;
	if ((to = realloc(h, n + sizeof(*h))) == NULL) {
		if (n > h->n)
			budget_give(b, n - h->n);
		return NULL;
	}
	if (n < to->n)
		budget_give(b, to->n - n);
	to->n = n;
	return to + 1;
}

char *
budget_strndup(struct budget *b, struct view v)
{
	char *s = budget_alloc(b, v.len + 1);

	if (s == NULL)
		return NULL;
	if (v.len > 0)
		memcpy(s, v.p, v.len);
	s[v.len] = '\0';
	return s;
}

void
budget_free(void *p)
{
	struct head *h;

	if (p == NULL)
		return;
	h = (struct head *)p - 1;
	budget_give(h->b, h->n + sizeof(*h));
	free(h);
}

void
buf_init(struct buf *f, struct budget *b, size_t max)
{
	*f = (struct buf){ .b = b, .max = max };
}

bool
buf_add(struct buf *f, struct view v)
{
	size_t cap = f->cap;
	uint8_t *p;

	if (v.len == 0)
		return true;
	if (v.len > f->max - f->len)
		return false;
	if (f->len + v.len > cap) {
		/* Half as much again, so that a byte a time costs little. */
		cap = f->len + v.len + (f->len + v.len) / 2;
		if (cap > f->max)
			cap = f->max;
		if ((p = budget_resize(f->b, f->p, cap)) == NULL) {
			cap = f->len + v.len;
			if ((p = budget_resize(f->b, f->p, cap)) == NULL)
				return false;
		}
		f->p = p;
		f->cap = cap;
	}
	memcpy(f->p + f->len, v.p, v.len);
	f->len += v.len;
	return true;
}

void
buf_drop(struct buf *f, size_t n)
{
	if (n >= f->len) {
		buf_free(f);
		return;
	}
	f->len -= n;
	memmove(f->p, f->p + n, f->len);
}

void
buf_free(struct buf *f)
{
	budget_free(f->p);
	f->p = NULL;
	f->len = f->cap = 0;
}
