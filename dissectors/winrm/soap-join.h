/* soap-join.h -- an envelope of which the middle was not kept, made readable. */
#ifndef SOAP_JOIN_H
#define SOAP_JOIN_H

#include "base/budget.h"

#define SOAP_HOLE	'#'	/* stands in a Stream's base64 where bytes are missing */

/*
 * Appends the beginning (first) and the end (last) of a long envelope to out,
 * as UTF-8, and closes or leaves out an element at the cuts, so that elements
 * nest.  missing bytes lie between the two; they are UTF-8 or UTF-16, as first
 * tells.  Returns false when there is no room.
 */
bool	 soap_join(struct buf *out, struct view first, uint64_t missing, struct view last);

#endif
