/* decode-text.h -- encodings that texts hide in: base64, UTF-16, gzip, deflate. */
#ifndef DECODE_TEXT_H
#define DECODE_TEXT_H

#include "base/budget.h"

/*
 * These three append to out what they make, as much as its max and its budget
 * take: what is longer is cut there.  False: it is none, and out is as it was.
 */

/* Base64 as .NET's FromBase64String and others take it: blanks inside are
 * fine, missing padding too. */
bool	 base64_decode(struct view text, struct buf *out);

/* Gzip, zlib or raw deflate, known by its beginning.  One that is torn gives
 * what there is of it, unless it is raw: only its end proves that. */
bool	 inflate_any(struct view, struct buf *out);

/* Bytes that are text: UTF-16LE (with or without BOM, as -EncodedCommand has
 * it) or UTF-8, as UTF-8.  A few that can't be shown, NUL too, become U+FFFD. */
bool	 text_of(struct view, struct buf *out);

/* The beginning of a UTF-8 text: max bytes at most, and no part of a character. */
struct view text_upto(struct view utf8, size_t max);

#endif
