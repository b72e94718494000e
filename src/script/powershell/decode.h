/*
 * decode.h -- the .NET objects that scripts decode with: Convert, streams,
 * Encoding.  What they decode is reported if it reads as text.
 */
#ifndef PS_DECODE_H
#define PS_DECODE_H

#include "script/powershell/value.h"

/* Returns the bytes of a base64 string; unknown if it is none. */
struct ps_value	 ps_from_base64(struct ps *, struct ps_value text);

/* Returns a new object of that type, without "System.", for its constructor's arguments. */
struct ps_value	 ps_new_object(struct ps *, struct view type, const struct ps_value *args,
		    size_t n);

/* Returns v.method(args) of a stream object or of a [byte[]] in the place of one. */
struct ps_value	 ps_stream_method(struct ps *, struct ps_value v, struct view method,
		    const struct ps_value *args, size_t n);

/* Returns [Text.Encoding]::name.method(v), for GetString, GetChars and GetBytes. */
struct ps_value	 ps_encoding_method(struct ps *, struct view name, struct view method,
		    struct ps_value v);

#endif
