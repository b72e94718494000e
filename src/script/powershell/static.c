/* static.c -- casts and static members of .NET types. */
#include "script/powershell/static.h"

#include "base/hex.h"
#include "base/limits.h"
#include "base/text.h"
#include "script/powershell/call.h"
#include "script/powershell/com.h"
#include "script/powershell/decode.h"
#include "script/powershell/define.h"
#include "script/powershell/powershell.h"
#include "script/powershell/program.h"
#include "script/powershell/string.h"

/* ---- Casts ---- */

static struct ps_value
char_of_code(struct ps *ps, int64_t code)
{
	struct ps_value v;
	struct view room;
	uint8_t *p;

	if (code < 0 || code > 0x7ff)
		return ps_unknown();
	room = ps_alloc_bytes(ps, code < 0x80 ? 1 : 2, &p);
	if (room.p == NULL)
		return ps_unknown();
	p[0] = (uint8_t)(code < 0x80 ? code : 0xc0 | code >> 6);
	if (code >= 0x80)
		p[1] = (uint8_t)(0x80 | (code & 0x3f));
	v = ps_string(room);
	v.how = PS_HOW_CHAR;
	v.is_char = true;
	return v;
}

static struct ps_value
to_char(struct ps *ps, struct ps_value v)
{
	int64_t n;

	if (v.kind == PS_STRING && !v.partial && v.text.len == 1) {
		v.is_char = true;
		return v;
	}
	return v.kind == PS_NUMBER && ps_as_int(&v, &n) ? char_of_code(ps, n) : ps_unknown();
}

/* Converts an array of numbers or chars to PS_BYTES or PS_CHARS, whichever kind is. */
static struct ps_value
to_bytes(struct ps *ps, struct ps_value v, enum ps_kind kind)
{
	size_t n = ps_count(&v);
	struct ps_value one;
	struct view room;
	uint8_t *p;
	int64_t code;

	if (v.kind == PS_NULL || v.kind == PS_UNKNOWN || n > MAX_PS_MEM)
		return ps_unknown();
	room = ps_alloc_bytes(ps, n, &p);
	if (n > 0 && room.p == NULL)
		return ps_unknown();
	for (size_t i = 0; i < n; i++) {
		one = ps_element(&v, i);
		if (one.is_char || (kind == PS_CHARS && one.kind == PS_STRING &&
		    one.text.len == 1 && !one.partial))
			code = one.text.p[0];
		else if (!ps_as_int(&one, &code))
			return ps_unknown();
		if (code < 0 || code > (kind == PS_CHARS ? 0x7f : 0xff))
			return ps_unknown();
		p[i] = (uint8_t)code;
	}
	return (struct ps_value){ .kind = (uint8_t)kind, .text = room, .how = PS_HOW_CHAR };
}

static struct ps_value
to_chars(struct ps *ps, struct ps_value v)
{
	if (v.kind == PS_STRING && !v.partial)
		v.kind = PS_CHARS;
	return v.kind == PS_CHARS ? v : to_bytes(ps, v, PS_CHARS);
}

static struct ps_value
to_int(struct ps_value v)
{
	struct ps_value r;
	int64_t n;

	if (v.is_char && v.kind == PS_STRING && v.text.len == 1)
		n = v.text.p[0];
	else if (!ps_as_int(&v, &n))
		return ps_unknown();
	r = ps_number(n);
	r.how = v.how;
	return r;
}

static struct ps_value
to_array(struct ps *ps, struct ps_value v)
{
	struct ps_value l;

	if (v.kind != PS_STRING && v.kind != PS_MAP && v.kind != PS_NUMBER)
		return v;
	l = ps_array(ps);
	if (l.kind == PS_ARRAY)
		ps_append(ps, l.array, v);
	return l;
}

static struct ps_value
to_block(struct ps *ps, struct ps_value v)
{
	if (v.kind != PS_STRING)
		return v.kind == PS_SCRIPT_BLOCK ? v : ps_unknown();
	ps_report_decoded(ps, &v);
	v.kind = PS_SCRIPT_BLOCK;
	v.partial = false;
	return v;
}

static struct ps_value
to_class(struct ps *ps, struct ps_value v)
{
	struct ps_value m = ps_map(ps, "wmiclass");

	if (m.kind == PS_MAP)
		ps_map_put(ps, m.map, "Path", v);
	return m;
}

static struct view
without_system(struct view type)
{
	return text_begins(type, "system.") ? view_from(type, 7) : type;
}

struct ps_value
ps_cast(struct ps *ps, struct view type, struct ps_value v)
{
	static const char *const ints[] = { "int", "int32", "int64", "long", "byte", "uint32",
		"uint16", "int16", "uint64" };

	type = without_system(type);
	if (text_is(type, "char"))
		return to_char(ps, v);
	if (text_is(type, "char[]"))
		return to_chars(ps, v);
	if (text_is(type, "byte[]"))
		return v.kind == PS_BYTES ? v : to_bytes(ps, v, PS_BYTES);
	if (text_is(type, "string"))
		return v.kind == PS_UNKNOWN || v.kind == PS_MAP ? v : ps_as_string(ps, v);
	if (text_is(type, "array") || text_is(type, "string[]") || text_is(type, "object[]"))
		return to_array(ps, v);
	if (text_is(type, "scriptblock") || text_is(type, "management.automation.scriptblock"))
		return to_block(ps, v);
	if (text_is(type, "wmiclass"))
		return to_class(ps, v);
	if (text_is(type, "io.memorystream"))
		return ps_new_object(ps, type, &v, 1);
	if (text_is(type, "bool"))
		return v.kind == PS_BOOL ? v : ps_unknown();
	if (text_is(type, "type"))
		return v.kind == PS_STRING && !v.partial ?
		    (struct ps_value){ .kind = PS_TYPE, .text = v.text } : ps_unknown();
	for (size_t i = 0; i < nitems(ints); i++)
		if (text_is(type, ints[i]))
			return to_int(v);
	/* [xml], [void], [timespan] and [pscustomobject] leave the value as it is. */
	return v;
}

/* ---- Static members ---- */

static struct ps_value
static_property(struct view type, struct view name)
{
	if (text_ends(type, "encoding"))
		return (struct ps_value){ .kind = PS_TYPE, .text = name };
	if (text_ends(type, "enum") || text_ends(type, "compressionmode") ||
	    text_ends(type, "regexoptions") || text_is(type, "dayofweek"))
		return ps_string(name);
	if (text_is(type, "string") && text_is(name, "empty"))
		return ps_string(view_str(""));
	if (text_is(type, "environment") && text_is(name, "newline"))
		return ps_string(view_str("\r\n"));
	if (text_is(type, "timespan") && text_is(name, "zero"))
		return ps_string(view_str("PT0S"));
	return ps_unknown();
}

static struct ps_value
to_base64(struct ps *ps, struct ps_value v)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct view room;
	uint32_t group;
	uint8_t *p;
	size_t n, left;

	v = ps_cast(ps, view_str("byte[]"), v);
	if (v.kind != PS_BYTES)
		return ps_unknown();
	room = ps_alloc_bytes(ps, (v.text.len + 2) / 3 * 4, &p);
	if (room.p == NULL)
		return ps_unknown();
	for (size_t i = 0; i < v.text.len; i += 3, p += 4) {
		left = v.text.len - i;
		n = left < 3 ? left : 3;
		group = (uint32_t)v.text.p[i] << 16 |
		    (n > 1 ? (uint32_t)v.text.p[i + 1] << 8 : 0) |
		    (n > 2 ? (uint32_t)v.text.p[i + 2] : 0);
		for (size_t d = 0; d < 4; d++)
			p[d] = d <= n ? (uint8_t)digits[group >> (18 - 6 * d) & 63] : '=';
	}
	return ps_string(room);
}

/* [Convert]::ToInt32('48', 16) and its like: the second argument is the base. */
static struct ps_value
number_in_base(const struct ps_value *args, size_t n)
{
	int64_t base = 10, r = 0;
	int d;

	if (n < 2)
		return to_int(args[0]);
	if (args[0].kind != PS_STRING || args[0].partial || args[0].text.len == 0 ||
	    args[0].text.len > 12 || !ps_as_int(&args[1], &base) || (base != 2 && base != 8 &&
	    base != 10 && base != 16))
		return ps_unknown();
	for (size_t i = 0; i < args[0].text.len; i++) {
		d = hex_digit(args[0].text.p[i]);
		if (d < 0 || d >= base)
			return ps_unknown();
		r = r * base + d;
	}
	return ps_number(r);
}

static struct ps_value
convert(struct ps *ps, struct view name, const struct ps_value *args, size_t n)
{
	if (text_is(name, "frombase64string"))
		return ps_from_base64(ps, args[0]);
	if (text_is(name, "tobase64string"))
		return to_base64(ps, args[0]);
	if (text_is(name, "tochar"))
		return to_char(ps, args[0].kind == PS_STRING ? args[0] : to_int(args[0]));
	if (text_is(name, "tobyte") || text_is(name, "toint16") || text_is(name, "toint32"))
		return number_in_base(args, n);
	if (text_is(name, "tostring") && n == 1)
		return ps_cast(ps, view_str("string"), args[0]);
	return ps_unknown();
}

static struct ps_value
list_of(struct ps *ps, const struct ps_value *args, size_t n)
{
	struct ps_value l = ps_array(ps);

	if (n == 1)
		return args[0];
	for (size_t i = 0; l.kind == PS_ARRAY && i < n; i++)
		if (!ps_append(ps, l.array, args[i]))
			return ps_unknown();
	return l;
}

static struct ps_value
string_member(struct ps *ps, struct view name, const struct ps_value *args, size_t n)
{
	struct ps_value separator;

	if (text_is(name, "join") && n >= 2) {
		separator = ps_as_string(ps, args[0]);
		return separator.partial ? ps_unknown() :
		    ps_join(ps, list_of(ps, args + 1, n - 1), separator.text);
	}
	if (text_is(name, "concat"))
		return ps_join(ps, list_of(ps, args, n), view_str(""));
	if (text_is(name, "format") && n >= 2)
		return ps_format(ps, args[0], list_of(ps, args + 1, n - 1));
	return text_is(name, "new") ? ps_join(ps, args[0], view_str("")) : ps_unknown();
}

static struct ps_value
regex_member(struct ps *ps, struct view name, const struct ps_value *args, size_t n)
{
	struct view plain;
	struct ps_value v = args[0];

	if (n < 2 || v.kind != PS_STRING || args[1].kind != PS_STRING)
		return ps_unknown();
	if (text_is(name, "replace") && n >= 3 && args[2].kind == PS_STRING &&
	    ps_literal_pattern(ps, args[1].text, &plain))
		return ps_replace(ps, v, plain, args[2].text, false);
	if (text_is(name, "split") && ps_literal_pattern(ps, args[1].text, &plain))
		return ps_split(ps, v, plain, false);
	/* Matching every character from the right is the usual way to reverse a string. */
	if (text_is(name, "matches") && text_is(args[1].text, ".") && !v.partial) {
		v.kind = PS_CHARS;
		return n >= 3 && args[2].kind == PS_STRING &&
		    text_is(args[2].text, "righttoleft") ? ps_reverse(ps, v) : v;
	}
	return ps_unknown();
}

/* [array]::Reverse($x) changes the array itself. */
static void
reverse_in_place(struct ps *ps, struct ps_value v, struct ps_lvalue *place)
{
	struct ps_value r = ps_reverse(ps, v);

	if (v.kind == PS_ARRAY && r.kind == PS_ARRAY)
		*v.array = *r.array;
	else if (place != NULL && place->slot != NULL)
		ps_assign(ps, place->slot, r, place->local);
}

static struct ps_value
span(struct ps *ps, struct view name, struct ps_value v)
{
	static const struct { const char *name; int64_t seconds; } units[] = {
		{ "fromdays", 86400 }, { "fromhours", 3600 }, { "fromminutes", 60 },
		{ "fromseconds", 1 },
	};
	int64_t n;

	for (size_t i = 0; i < nitems(units); i++)
		if (text_is(name, units[i].name) && ps_as_int(&v, &n) && n >= 0 && n < 1 << 30)
			return ps_timespan(ps, n * units[i].seconds);
	return ps_unknown();
}

static struct ps_value
call_static_method(struct ps *ps, struct view type, struct view name, const struct ps_value *args,
    size_t n, struct ps_lvalue *first)
{
	if (text_is(type, "convert"))
		return convert(ps, name, args, n);
	if (text_is(type, "string"))
		return string_member(ps, name, args, n);
	if (text_ends(type, "regex"))
		return regex_member(ps, name, args, n);
	if (text_is(type, "array") && text_is(name, "reverse"))
		reverse_in_place(ps, args[0], first);
	if (text_ends(type, "scriptblock") && text_is(name, "create"))
		return to_block(ps, args[0]);
	if (text_ends(type, "encoding") && text_is(name, "getencoding"))
		return (struct ps_value){ .kind = PS_TYPE, .text = ps_as_string(ps, args[0]).text };
	if (text_is(type, "timespan"))
		return span(ps, name, args[0]);
	if (text_is(type, "type") && text_is(name, "gettypefromprogid") &&
	    args[0].kind == PS_STRING)
		return (struct ps_value){ .kind = PS_TYPE, .text = args[0].text };
	if (text_is(type, "activator") && args[0].kind == PS_TYPE)
		return ps_com_new(ps, args[0].text);
	if (text_ends(type, "diagnostics.process") && text_is(name, "start"))
		ps_start_process(ps, args[0], n > 1 ? args[1] :
		    (struct ps_value){ .kind = PS_NULL });
	if (text_ends(type, "interaction") && text_is(name, "shell"))
		ps_start_command_line(ps, args[0]);		/* of Microsoft.VisualBasic */
	return ps_unknown();
}

struct ps_value
ps_static_member(struct ps *ps, struct view type, struct view name, const struct ps_value *args,
    size_t n, bool call, struct ps_lvalue *first)
{
	type = without_system(type);
	if (!call)
		return static_property(type, name);
	if (text_is(name, "new"))
		return ps_new_object(ps, type, args, n);
	if (text_ends(type, "powershell") && text_is(name, "create"))
		return ps_map(ps, "powershell");
	return n > 0 ? call_static_method(ps, type, name, args, n, first) : ps_unknown();
}
