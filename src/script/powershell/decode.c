/* decode.c -- base64, compressed streams and encodings. */
#include "script/powershell/decode.h"

#include "base/decode-text.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/utf16.h"
#include "script/powershell/call.h"
#include "script/powershell/powershell.h"
#include "script/powershell/static.h"
#include "script/powershell/string.h"

/* Reports bytes as decoded, once, if they read as text. */
static void
report_bytes(struct ps *ps, struct ps_value *v)
{
	struct buf text;
	struct ps_value t;

	if (v->reported)
		return;
	buf_init(&text, ps->script->budget, MAX_SCRIPT_TEXT);
	if (text_of(v->text, &text)) {
		t = ps_string(buf_view(&text));
		t.how = v->how;
		ps_report_decoded(ps, &t);
		v->reported = true;
	}
	buf_free(&text);
}

static struct ps_value
inflated(struct ps *ps, struct ps_value v, enum ps_how how)
{
	struct ps_value r = ps_unknown();
	struct buf out;

	buf_init(&out, ps->script->budget, MAX_SCRIPT_TEXT);
	if (inflate_any(v.text, &out))
		r = ps_bytes(ps, buf_view(&out));
	buf_free(&out);
	if (r.kind == PS_BYTES) {
		r.how = (uint8_t)how;
		r.reported = v.reported;
		report_bytes(ps, &r);
	}
	return r;
}

/* What is compressed inside is reported as well, even if the script decompresses it in a way that
 * cannot be followed. */
struct ps_value
ps_from_base64(struct ps *ps, struct ps_value text)
{
	struct ps_value r = ps_unknown();
	struct buf out;

	if (text.kind == PS_CHARS)
		text.kind = PS_STRING;
	if (text.kind != PS_STRING || text.partial)
		return r;
	buf_init(&out, ps->script->budget, MAX_SCRIPT_TEXT);
	if (base64_decode(text.text, &out))
		r = ps_bytes(ps, buf_view(&out));
	buf_free(&out);
	if (r.kind != PS_BYTES)
		return r;
	r.how = PS_HOW_BASE64;
	if (view_starts(r.text, "\x1f\x8b", 2))
		r.reported = inflated(ps, r, PS_HOW_GZIP).reported;
	else
		report_bytes(ps, &r);
	return r;
}

/* ---- Streams ---- */

/* A stream is an object that has all its bytes from the beginning. */

static struct ps_value
bytes_in(const struct ps_value *v)
{
	return ps_is_object(v, "stream") ? ps_property(v, "bytes") : *v;
}

static struct ps_value
stream(struct ps *ps, struct ps_value bytes)
{
	struct ps_value m = ps_map(ps, "stream");

	if (m.kind == PS_MAP)
		ps_map_put(ps, m.map, "bytes", bytes);
	return m;
}

struct ps_value
ps_stream_method(struct ps *ps, struct ps_value v, struct view method,
    const struct ps_value *args, size_t n)
{
	struct ps_value bytes = bytes_in(&v);

	if (text_is(method, "readtoend") && bytes.kind == PS_BYTES)
		return ps_encoding_method(ps, view_str("utf8"), view_str("getstring"), bytes);
	if (text_is(method, "toarray") || text_is(method, "getbuffer"))
		return bytes;
	if (text_is(method, "copyto") && n >= 1 && ps_is_object(&args[0], "stream"))
		ps_assign(ps, ps_map_entry(ps, args[0].map, view_str("bytes")), bytes, false);
	else if (!text_is(method, "close") && !text_is(method, "dispose") &&
	    !text_is(method, "seek") && ps_is_object(&v, "stream"))
		/* After Read() or Write() the bytes are not known. */
		ps_assign(ps, ps_map_entry(ps, v.map, view_str("bytes")), ps_unknown(), false);
	return ps_unknown();
}

static struct ps_value
decompressor(struct ps *ps, const struct ps_value *args, size_t n, enum ps_how how)
{
	struct ps_value bytes;

	if (n < 1)
		return ps_unknown();
	bytes = bytes_in(&args[0]);
	if (bytes.kind != PS_BYTES || (n > 1 && args[1].kind == PS_STRING &&
	    !text_is(args[1].text, "decompress")))
		return stream(ps, ps_unknown());
	return stream(ps, inflated(ps, bytes, how));
}

static bool
class_is(struct view type, const char *name)
{
	size_t n = strlen(name);

	return text_ends(type, name) && (type.len == n || type.p[type.len - n - 1] == '.');
}

struct ps_value
ps_new_object(struct ps *ps, struct view type, const struct ps_value *args, size_t n)
{
	struct ps_value v = n > 0 ? args[0] : ps_unknown(), m;

	if (class_is(type, "memorystream"))
		return stream(ps, n > 0 ? ps_cast(ps, view_str("byte[]"), v) :
		    ps_bytes(ps, view_str("")));
	if (class_is(type, "gzipstream"))
		return decompressor(ps, args, n, PS_HOW_GZIP);
	if (class_is(type, "deflatestream"))
		return decompressor(ps, args, n, PS_HOW_DEFLATE);
	if (class_is(type, "streamreader") || class_is(type, "stringreader"))
		return v;
	if (class_is(type, "processstartinfo")) {
		m = ps_map(ps, "startinfo");
		if (m.kind == PS_MAP && n > 0)
			ps_map_put(ps, m.map, "FileName", v);
		if (m.kind == PS_MAP && n > 1)
			ps_map_put(ps, m.map, "Arguments", args[1]);
		return m;
	}
	if (text_ends(type, "encoding"))
		return (struct ps_value){ .kind = PS_TYPE, .text = type };
	if (class_is(type, "arraylist"))
		return n == 0 ? ps_array(ps) : v;
	if (class_is(type, "string"))
		return ps_join(ps, v, view_str(""));
	return ps_unknown();
}

/* ---- Encodings ---- */

static bool
is_wide(struct view name, bool *big)
{
	*big = text_begins(name, "bigendian") || text_is(name, "utf-16be");
	return *big || text_ends(name, "unicode") || text_ends(name, "unicodeencoding") ||
	    text_is(name, "utf-16") || text_is(name, "1200") || text_is(name, "utf-16le");
}

static struct ps_value
text_in(struct ps *ps, struct view bytes, bool wide, bool big)
{
	struct view room;
	uint8_t *p;

	if (!wide) {
		if (view_starts(bytes, "\xef\xbb\xbf", 3))
			bytes = view_from(bytes, 3);
		return ps_string(bytes);
	}
	room = ps_alloc_bytes(ps, utf16_room(bytes), &p);
	if (bytes.len > 0 && room.p == NULL)
		return ps_unknown();
	if (view_starts(bytes, big ? "\xfe\xff" : "\xff\xfe", 2))
		bytes = view_from(bytes, 2);
	return ps_string(view_at(room, 0, utf16_to_utf8(bytes, big, p)));
}

static size_t
put_unit(uint8_t *p, uint32_t unit, bool big)
{
	p[big ? 1 : 0] = (uint8_t)unit;
	p[big ? 0 : 1] = (uint8_t)(unit >> 8);
	return 2;
}

static struct ps_value
bytes_of(struct ps *ps, struct view text, bool wide, bool big)
{
	struct view room;
	uint8_t *p;
	size_t n = 0, len;
	uint32_t c;

	if (!wide)
		return (struct ps_value){ .kind = PS_BYTES, .text = text };
	room = ps_alloc_bytes(ps, text.len * 2, &p);
	if (text.len > 0 && room.p == NULL)
		return ps_unknown();
	for (; text.len > 0; text = view_from(text, len)) {
		if ((len = utf8_char(text, &c)) == 0)
			return ps_unknown();
		if (c > 0xffff) {
			n += put_unit(p + n, 0xd7c0 + (c >> 10), big);
			c = 0xdc00 | (c & 0x3ff);
		}
		n += put_unit(p + n, c, big);
	}
	return (struct ps_value){ .kind = PS_BYTES, .text = view_at(room, 0, n) };
}

struct ps_value
ps_encoding_method(struct ps *ps, struct view name, struct view method, struct ps_value v)
{
	bool big, wide = is_wide(name, &big);
	struct ps_value r;

	if (text_is(method, "getstring") || text_is(method, "getchars")) {
		v = ps_cast(ps, view_str("byte[]"), bytes_in(&v));
		if (v.kind != PS_BYTES)
			return ps_unknown();
		r = text_in(ps, v.text, wide, big);
		r.how = v.how;
		r.reported = v.reported;
		return r;
	}
	if (text_is(method, "getbytes")) {
		if (v.kind == PS_CHARS)
			v.kind = PS_STRING;
		if (v.kind != PS_STRING || v.partial)
			return ps_unknown();
		return bytes_of(ps, v.text, wide, big);
	}
	return ps_unknown();
}
