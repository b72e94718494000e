/* memory.c -- the memory of the values of a PowerShell script. */
#include "script/powershell/memory.h"

#include "base/limits.h"
#include "script/powershell/powershell.h"

/* Chunks are freed together; until then MAX_PS_MEM bounds what loops can use up. */
struct ps_chunk {
	struct ps_chunk	*next;
};

static uint8_t *
heap_take(struct ps *ps, struct ps_heap *h, size_t n)
{
	size_t want;
	struct ps_chunk *c;
	uint8_t *p;

	if (n > h->left || h->at == NULL) {
		want = n + 2048 + ps->held / 4;
		if (want > MAX_PS_MEM - ps->held)
			want = MAX_PS_MEM - ps->held;
		if (want < n ||
		    (c = budget_alloc(ps->script->budget, sizeof(*c) + want)) == NULL) {
			script_cut(ps->script);
			return NULL;
		}
		c->next = h->chunks;
		h->chunks = c;
		h->at = (uint8_t *)(c + 1);
		h->left = want;
		ps->held += want;
	}
	p = h->at;
	h->at += n;
	h->left -= n;
	return p;
}

void *
ps_alloc(struct ps *ps, size_t n)
{
	void *p;

	n = (n + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);
	if ((p = heap_take(ps, &ps->cells, n)) != NULL)
		memset(p, 0, n);
	return p;
}

bool
ps_work(struct ps *ps, size_t n)
{
	if (script_work(ps->script, n))
		return true;
	ps->stop = PS_STOP_ALL;
	return false;
}

static void
heap_free(struct ps_heap *h)
{
	struct ps_chunk *c;

	while ((c = h->chunks) != NULL) {
		h->chunks = c->next;
		budget_free(c);
	}
}

void
ps_free(struct ps *ps)
{
	heap_free(&ps->cells);
	heap_free(&ps->bytes);
}

struct view
ps_alloc_bytes(struct ps *ps, size_t n, uint8_t **p)
{
	if (!ps_work(ps, n) || (*p = heap_take(ps, &ps->bytes, n)) == NULL)
		return (struct view){ NULL, 0 };
	return (struct view){ *p, n };
}
