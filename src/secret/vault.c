#include "secret/vault.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Blocks have powers of two as sizes, headers included.  A freed block waits
 * for the next request of its size; blocks are not merged.  So a vault needs at
 * most the sum of what each size needed at its peak.
 */
#define MIN_SHIFT	5
#define MAX_SHIFT	40

struct block {
	struct vault	*owner;		/* NULL while free */
	union {
		struct block	*next;	/* while free */
		size_t		 shift;
	};
};
_Static_assert(sizeof(struct block) % _Alignof(max_align_t) == 0, "alignment");

/* Stands at the beginning of the region that it describes. */
struct vault {
	size_t		 size;
	size_t		 used;		/* bytes handed out so far, and this struct */
	bool		 locked;
	struct block	*free[MAX_SHIFT + 1];
};

struct vault *
vault_new(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct vault *v;

	if (size < sizeof(*v) || size > (size_t)1 << MAX_SHIFT)
		return NULL;
	size = (size + page - 1) / page * page;
	v = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (v == MAP_FAILED)
		return NULL;
	madvise(v, size, MADV_DONTDUMP);
	/* A lock is not inherited, so a child's copy could reach the swap space. */
	madvise(v, size, MADV_WIPEONFORK);
	/* Locking on fault takes no memory for what is never used; Linux before
	 * 4.4 cannot. */
	v->locked = mlock2(v, size, MLOCK_ONFAULT) == 0 ||
	    (errno == ENOSYS && mlock(v, size) == 0);
	v->size = size;
	v->used = (sizeof(*v) + (1u << MIN_SHIFT) - 1) >> MIN_SHIFT << MIN_SHIFT;
	return v;
}

void
vault_close(struct vault *v)
{
	size_t size;

	if (v == NULL)
		return;
	size = v->size;
	explicit_bzero(v, v->used);
	munmap(v, size);
}

bool
vault_locked(const struct vault *v)
{
	return v->locked;
}

/* Takes a block of the part that was not handed out yet, and so is still zero. */
static struct block *
carve(struct vault *v, size_t n)
{
	struct block *b = (struct block *)((uint8_t *)v + v->used);

	if (n > v->size - v->used)
		return NULL;
	v->used += n;
	return b;
}

void *
vault_alloc(struct vault *v, size_t n)
{
	size_t shift = MIN_SHIFT;
	struct block *b;

	if (n > v->size)
		return NULL;
	while ((size_t)1 << shift < n + sizeof(*b))
		shift++;
	if (shift > MAX_SHIFT)
		return NULL;
	if ((b = v->free[shift]) != NULL)
		v->free[shift] = b->next;
	else if ((b = carve(v, (size_t)1 << shift)) == NULL)
		return NULL;
	b->owner = v;
	b->shift = shift;
	return b + 1;
}

void
vault_free(void *p)
{
	struct vault *v;
	struct block *b;
	size_t shift;

	if (p == NULL)
		return;
	b = (struct block *)p - 1;
	v = b->owner;
	assert(v != NULL);
	shift = b->shift;
	explicit_bzero(p, ((size_t)1 << shift) - sizeof(*b));
	b->owner = NULL;
	b->next = v->free[shift];
	v->free[shift] = b;
}
