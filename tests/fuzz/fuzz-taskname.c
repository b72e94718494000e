/* fuzz-taskname.c -- a task's path, a program and its arguments, each ended by a NUL: both who judge names. */
#include <stdlib.h>

#include "detect/taskname.h"
#include "detect/wintask.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct view
next(struct view *v)
{
	const uint8_t *end = v->len > 0 ? memchr(v->p, 0, v->len) : NULL;
	struct view part = view_upto(*v, 0, end != NULL ? (size_t)(end - v->p) : v->len);

	*v = view_from(*v, part.len + 1);
	return part;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view rest = { data, len }, path = next(&rest), program = next(&rest);
	enum wintask is = wintask_find(path, program, rest);

	taskname_random(path);
	if (is == WINTASK_SAME && program.len == 0)
		abort();
	if (wintask_class(program) && is == WINTASK_SAME && rest.len == 0 && program.len < 36)
		abort();	/* no class is shorter */
	return 0;
}
