/* method.h -- properties and methods of values. */
#ifndef PS_METHOD_H
#define PS_METHOD_H

#include "script/powershell/expr.h"

/* Returns v.name.  *place, if not NULL, becomes what an assignment to it changes. */
struct ps_value	 ps_get_member(struct ps *, struct ps_value v, struct view name,
		    struct ps_lvalue *place);

/* Returns v.name(args), and does what the method does. */
struct ps_value	 ps_call_method(struct ps *, struct ps_value v, struct view name,
		    struct ps_value *args, size_t n);

#endif
