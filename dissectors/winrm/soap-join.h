/* soap-join.h -- an envelope of which the middle was not kept, made readable. */
#ifndef SOAP_JOIN_H
#define SOAP_JOIN_H

#include "base/budget.h"

#define SOAP_HOLE	'#'	/* stands in a Stream's base64 where bytes are missing */

/*
 * Append to out, as UTF-8, the beginning and the end of a long envelope, cut
 * so that elements nest.  False: no room.
 */
bool	 soap_join(struct buf *out, struct view first, uint64_t missing, struct view last);

#endif
