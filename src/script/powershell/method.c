/* method.c -- properties and methods of values. */
#include "script/powershell/method.h"

#include <ctype.h>

#include "base/text.h"
#include "script/powershell/call.h"
#include "script/powershell/com.h"
#include "script/powershell/decode.h"
#include "script/powershell/invoke.h"
#include "script/powershell/powershell.h"
#include "script/powershell/static.h"
#include "script/powershell/string.h"

/* ---- Properties ---- */

static struct ps_value
count_of(struct ps *ps, struct ps_value v)
{
	if (v.kind == PS_UNKNOWN || (v.kind == PS_STRING && v.partial) || v.kind == PS_MAP)
		return ps_unknown();
	if (v.kind == PS_STRING)
		v.kind = PS_CHARS;
	if (v.kind == PS_CHARS && ps_work(ps, v.text.len))
		for (size_t i = 0; i < v.text.len; i++)
			if (v.text.p[i] >= 0x80)
				return ps_unknown();
	return ps_number((int64_t)ps_count(&v));
}

struct ps_value
ps_get_member(struct ps *ps, struct ps_value v, struct view name, struct ps_lvalue *place)
{
	struct ps_entry *s = NULL;
	struct ps_value r = ps_unknown();

	if (place != NULL)
		*place = (struct ps_lvalue){ .cast = place->cast };
	if (v.kind == PS_ARRAY && v.array->n == 1 && v.array->v[0].kind == PS_MAP)
		v = v.array->v[0];
	if (v.kind == PS_MAP && name.len > 0) {
		s = ps_map_find(v.map, name);
		if (s == NULL && v.map->type != NULL)
			r = ps_com_member(ps, v, name);
		if (s == NULL && r.kind == PS_UNKNOWN && place != NULL)
			s = ps_map_entry(ps, v.map, name);
		if (place != NULL) {
			place->slot = s;
			place->of = v.map;
		}
		return s != NULL ? s->v : r;
	}
	if (text_is(name, "length") || text_is(name, "count"))
		return v.kind == PS_STRING && text_is(name, "count") ? ps_number(1) :
		    count_of(ps, v);
	/* A Match, a FileInfo and an XmlDocument are represented by their text. */
	if (v.kind == PS_STRING && (text_is(name, "value") || text_is(name, "name") ||
	    text_is(name, "outerxml") || text_is(name, "innerxml")))
		return v;
	return r;
}

/* ---- Methods of strings ---- */

static struct ps_value
change_case(struct ps *ps, struct ps_value v, int (*to)(int))
{
	struct view room;
	uint8_t *p;

	room = ps_alloc_bytes(ps, v.text.len, &p);
	if (v.text.len == 0 || room.p == NULL)
		return v;
	for (size_t i = 0; i < v.text.len; i++)
		p[i] = v.text.p[i] < 0x80 ? (uint8_t)to(v.text.p[i]) : v.text.p[i];
	v.text = room;
	return v;
}

static bool
only_ascii(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] >= 0x80)
			return false;
	return true;
}

static struct ps_value
substring(struct ps *ps, struct ps_value v, const struct ps_value *args, size_t n)
{
	int64_t from, len;

	(void)ps;
	if (!only_ascii(v.text) || !ps_as_int(&args[0], &from) || from < 0 ||
	    (uint64_t)from > v.text.len)
		return ps_unknown();
	len = (int64_t)v.text.len - from;
	if (n > 1 && (!ps_as_int(&args[1], &len) || len < 0 ||
	    (uint64_t)len > v.text.len - (uint64_t)from))
		return ps_unknown();
	v.text = view_at(v.text, (size_t)from, (size_t)len);
	if (v.how < PS_HOW_CHAR)
		v.how = PS_HOW_CHAR;
	return v;
}

/* .Remove(from[, n]) and .Insert(at, text). */
static struct ps_value
remove_or_insert(struct ps *ps, struct ps_value v, const struct ps_value *args, size_t n,
    bool insert)
{
	struct ps_value left = v, right = v;
	int64_t from, len = 0;

	if (!only_ascii(v.text) || !ps_as_int(&args[0], &from) || from < 0 ||
	    (uint64_t)from > v.text.len)
		return ps_unknown();
	if (!insert) {
		len = (int64_t)v.text.len - from;
		if (n > 1 && (!ps_as_int(&args[1], &len) || len < 0 ||
		    (uint64_t)len > v.text.len - (uint64_t)from))
			return ps_unknown();
	}
	left.text = view_at(v.text, 0, (size_t)from);
	right.text = view_from(v.text, (size_t)(from + len));
	if (insert)
		left = ps_concat(ps, left, args[1]);
	left = ps_concat(ps, left, right);
	if (left.how < PS_HOW_REPLACE)
		left.how = PS_HOW_REPLACE;
	return left;
}

static struct ps_value
trimmed(struct ps_value v, struct view what, int sides)
{
	if (what.len == 0)
		what = view_str(" \t\r\n");
	while ((sides & 1) && v.text.len > 0 && view_chr(what, v.text.p[0]) != NULL)
		v.text = view_from(v.text, 1);
	while ((sides & 2) && v.text.len > 0 &&
	    view_chr(what, v.text.p[v.text.len - 1]) != NULL)
		v.text.len--;
	return v;
}

/* Returns the characters in all arguments of Split() or Trim() as one string. */
static struct ps_value
characters(struct ps *ps, const struct ps_value *args, size_t n)
{
	struct ps_value v = ps_string(view_str(""));

	for (size_t i = 0; i < n; i++) {
		if (args[i].kind == PS_NUMBER)
			continue;		/* Split()'s maximum */
		v = ps_concat(ps, v, ps_join(ps, args[i], view_str("")));
	}
	return v;
}

static struct ps_value
text_method(struct ps *ps, struct ps_value v, struct view name, struct ps_value *args, size_t n)
{
	struct ps_value which;

	if (text_is(name, "replace") && n >= 2) {
		which = ps_as_string(ps, args[0]);
		args[1] = ps_as_string(ps, args[1]);
		if (which.partial || args[1].partial)
			return ps_unknown();
		return ps_replace(ps, v, which.text, args[1].text, false);
	}
	if (text_is(name, "tolower") || text_is(name, "tolowerinvariant"))
		return change_case(ps, v, tolower);
	if (text_is(name, "toupper") || text_is(name, "toupperinvariant"))
		return change_case(ps, v, toupper);
	if (text_is(name, "tochararray")) {
		v.kind = PS_CHARS;
		return v;
	}
	if (text_is(name, "normalize") || text_is(name, "clone"))
		return v;
	if (v.partial || !ps_work(ps, v.text.len))
		return ps_unknown();
	if (text_is(name, "substring") && n >= 1)
		return substring(ps, v, args, n);
	if ((text_is(name, "remove") && n >= 1) || (text_is(name, "insert") && n == 2))
		return remove_or_insert(ps, v, args, n, text_is(name, "insert"));
	if (text_is(name, "split")) {
		which = characters(ps, args, n);
		return ps_split(ps, v, which.text.len > 0 ? which.text : view_str(" \t\r\n"), true);
	}
	if (text_begins(name, "trim"))
		return trimmed(v, characters(ps, args, n).text, text_is(name, "trimstart") ? 1 :
		    text_is(name, "trimend") ? 2 : 3);
	return ps_unknown();
}

/* ---- Methods that run commands ---- */

static struct ps_value
block_method(struct ps *ps, struct ps_value v, struct view name, const struct ps_value *args,
    size_t n)
{
	struct ps_arg given[8] = { 0 };

	if (text_begins(name, "invoke")) {
		for (size_t i = 0; i < n && i < nitems(given); i++)
			given[i].v = args[i];
		return ps_call_block(ps, v.text, view_str(""), given, n < nitems(given) ? n :
		    nitems(given), NULL);
	}
	return text_is(name, "getnewclosure") ? v : ps_unknown();
}

/* array.ForEach{ } */
static struct ps_value
foreach_method(struct ps *ps, struct ps_value v, struct ps_value block)
{
	struct ps_arg block_arg = { .v = block };

	return ps_invoke_command(ps, ps_string(view_str("ForEach-Object")), &block_arg, 1, &v);
}

static struct ps_value
run_method(struct ps *ps, struct ps_value v, struct view name, const struct ps_value *args,
    size_t n, bool *known)
{
	*known = true;
	if (v.kind == PS_SCRIPT_BLOCK)
		return block_method(ps, v, name, args, n);
	if (text_is(name, "foreach") && n == 1 && args[0].kind == PS_SCRIPT_BLOCK)
		return foreach_method(ps, v, args[0]);
	if (text_is(name, "where"))
		return ps_unknown();
	/* Of $ExecutionContext.InvokeCommand and [powershell]::Create(). */
	if ((text_is(name, "invokescript") || text_is(name, "addscript")) && n >= 1) {
		ps_invoke_expression(ps, args[0]);
		return v.kind == PS_MAP ? v : ps_unknown();
	}
	if (text_is(name, "newscriptblock") && n >= 1)
		return ps_cast(ps, view_str("scriptblock"), args[0]);
	*known = false;
	return ps_unknown();
}

/* Add(key, value) and Remove(key) of a hashtable. */
static void
hash_method(struct ps *ps, struct ps_map *m, struct view name, const struct ps_value *args,
    size_t n)
{
	if (n == 0 || args[0].kind != PS_STRING || !ps_is_known(&args[0]))
		return;
	if (text_is(name, "add") && n == 2)
		ps_assign(ps, ps_map_entry(ps, m, args[0].text), args[1], false);
	else if (text_is(name, "remove"))
		ps_assign(ps, ps_map_find(m, args[0].text), ps_unknown(), false);
}

struct ps_value
ps_call_method(struct ps *ps, struct ps_value v, struct view name, struct ps_value *args, size_t n)
{
	bool known;
	struct ps_value r = run_method(ps, v, name, args, n, &known);

	if (known)
		return r;
	if (v.kind == PS_ARRAY && v.array->n == 1 && v.array->v[0].kind == PS_MAP)
		v = v.array->v[0];
	if (v.kind == PS_MAP && v.map->type == NULL)
		hash_method(ps, v.map, name, args, n);
	else if (v.kind == PS_MAP) {
		r = ps_com_method(ps, v, name, args, n, &known);
		if (known)
			return r;
	}
	if (ps_is_object(&v, "stream") || v.kind == PS_BYTES)
		return ps_stream_method(ps, v, name, args, n);
	if (v.kind == PS_TYPE)
		return n >= 1 ? ps_encoding_method(ps, v.text, name, args[0]) : ps_unknown();
	if (text_is(name, "tostring") && (v.kind == PS_NUMBER || v.kind == PS_STRING ||
	    v.kind == PS_BOOL || v.kind == PS_SCRIPT_BLOCK))
		return n == 0 ? ps_as_string(ps, v) : ps_unknown();
	if (v.kind == PS_STRING)
		return text_method(ps, v, name, args, n);
	/* Of an ArrayList. */
	if (v.kind == PS_ARRAY && text_is(name, "add") && n == 1)
		ps_append(ps, v.array, args[0]);
	if (v.kind == PS_ARRAY && text_is(name, "toarray"))
		return v;
	return ps_unknown();
}
