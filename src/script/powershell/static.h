/* static.h -- casts to .NET types, and the types' static members. */
#ifndef PS_STATIC_H
#define PS_STATIC_H

#include "script/powershell/expr.h"

/* Returns [type]v.  A type that is not known leaves v as it is. */
struct ps_value	 ps_cast(struct ps *, struct view type, struct ps_value v);

/*
 * Returns [type]::name or, if call, [type]::name(args), and does what the
 * method does.  first is what an assignment to args[0] would change, or NULL.
 */
struct ps_value	 ps_static_member(struct ps *, struct view type, struct view name,
		    const struct ps_value *args, size_t n, bool call, struct ps_lvalue *first);

#endif
