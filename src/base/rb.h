/* rb.h -- <sys/tree.h> for trees that are one file's own. */
#ifndef RB_H
#define RB_H

#include <sys/tree.h>

/* libbsd's RB_GENERATE_STATIC() leans on a macro that glibc does not have. */
#define RB_STATIC(name, type, field, cmp) \
	RB_PROTOTYPE_INTERNAL(name, type, field, cmp, __attribute__((__unused__)) static) \
	RB_GENERATE_INTERNAL(name, type, field, cmp, __attribute__((__unused__)) static)

#endif
