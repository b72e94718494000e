/* iso8601.h -- points in time as task definitions write them, ISO 8601. */
#ifndef ISO8601_H
#define ISO8601_H

#include "base/reader.h"

/* "2026-11-24T15:13:19[.486][Z|+01:00]" in microseconds of UTC, or of local
 * time where it names no zone (*zoned is false then).  False: it is none. */
bool	iso8601_read(struct view text, int64_t *us, bool *zoned);

#endif
