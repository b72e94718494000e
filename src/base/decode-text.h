/* decode-text.h -- encodings that hide texts: base64, gzip and deflate, UTF-16. */
#ifndef DECODE_TEXT_H
#define DECODE_TEXT_H

#include "base/budget.h"

/*
 * The first three functions append what they decode to out.  Where that is more
 * than the buf's max or budget allows, it is cut there.  They return false, and
 * leave out as it was, if the input is not of that encoding.
 */

/*
 * Decodes base64 (RFC 4648 section 4) as .NET's FromBase64String does, but
 * tolerates missing padding.  Blanks and newlines inside are skipped.
 */
bool	 base64_decode(struct view text, struct buf *out);

/*
 * Decompresses gzip, zlib or raw deflate (RFC 1950 to 1952), whichever the first
 * bytes are.  Of gzip and zlib that is damaged or cut, the part before that is
 * decompressed; raw deflate must be complete, for only its end proves it.
 */
bool	 inflate_any(struct view, struct buf *out);

/*
 * Converts text to UTF-8.  The bytes are UTF-16 with a byte order mark, UTF-16LE
 * without one (as -EncodedCommand has it), or UTF-8.  Up to one in twenty
 * characters may be a control character or malformed: it becomes U+FFFD.
 */
bool	 text_of(struct view, struct buf *out);

/* Returns the first max bytes of a UTF-8 text at most, without an incomplete character. */
struct view text_upto(struct view utf8, size_t max);

#endif
