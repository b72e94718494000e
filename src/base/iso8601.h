/* iso8601.h -- points in time as task definitions write them, ISO 8601. */
#ifndef ISO8601_H
#define ISO8601_H

#include "base/reader.h"

/*
 * Reads "2026-11-24T15:13:19[.486][Z|+01:00]" to its end; the fraction is ignored.
 * *us becomes microseconds since 1970 of UTC, and *zoned true.  Without a zone,
 * *us is of local time, and *zoned false.  Returns false if the text is no such time.
 */
bool	iso8601_read(struct view text, int64_t *us, bool *zoned);

#endif
