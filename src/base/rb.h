/* rb.h -- red-black trees of <sys/tree.h> whose functions are static. */
#ifndef RB_H
#define RB_H

#include <sys/tree.h>

/* Defines a tree's functions in one .c file, for use by RB_INSERT() and others.
 * It replaces RB_GENERATE_STATIC(), which in libbsd needs a macro that glibc lacks. */
#define RB_STATIC(name, type, field, cmp) \
	RB_PROTOTYPE_INTERNAL(name, type, field, cmp, __attribute__((__unused__)) static) \
	RB_GENERATE_INTERNAL(name, type, field, cmp, __attribute__((__unused__)) static)

#endif
