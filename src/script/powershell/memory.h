/*
 * memory.h -- the memory of the values of one PowerShell script.  It comes from
 * the script's budget, is bounded by MAX_PS_MEM as a whole, and is freed as a
 * whole when the script has been read: no value is freed by itself.
 */
#ifndef PS_MEMORY_H
#define PS_MEMORY_H

#include "base/budget.h"

struct ps;
struct ps_chunk;

/* Memory that is handed out front to back from large chunks. */
struct ps_heap {
	struct ps_chunk	*chunks;
	uint8_t		*at;		/* the next byte to hand out, of the newest chunk */
	size_t		 left;		/* bytes behind it in that chunk */
};

/*
 * Returns n bytes of zeros, aligned for any type.  Returns NULL, and marks the
 * command as cut, when MAX_PS_MEM or the budget is spent.
 */
void		*ps_alloc(struct ps *, size_t n);

/*
 * Returns n bytes for text, which the caller writes through *p, and accounts
 * them as work.  Returns a view with p NULL, and marks the command as cut, when
 * MAX_PS_MEM, MAX_SCRIPT_WORK or the budget is spent.
 */
struct view	 ps_alloc_bytes(struct ps *, size_t n, uint8_t **p);

/*
 * Accounts n more bytes of work.  Returns false, and stops the script, when
 * MAX_SCRIPT_WORK is spent.
 */
bool		 ps_work(struct ps *, size_t n);

/* Frees all memory of the script's values. */
void		 ps_free(struct ps *);

#endif
