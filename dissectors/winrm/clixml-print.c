/* clixml-print.c -- values as PowerShell writes them, [MS-PSRP] 2.2.5.1, 2.2.5.2. */
#include "winrm/clixml-tree.h"

#include "engine/dissect.h"
#include "base/text.h"
#include "base/utf16.h"

void
print_view(struct clixml_tree *t, struct view v)
{
	struct buf *out = t->out;

	if (t->full || buf_add(out, v))
		return;
	t->full = true;
	if (v.len <= out->max - out->len)
		return;		/* the budget */
	/* Writes as much as there is room for, to the end of a character. */
	v.len = out->max - out->len;
	while (v.len > 0 && (v.p[v.len] & 0xc0) == 0x80)
		v.len--;
	(void)buf_add(out, v);
}

void
print_str(struct clixml_tree *t, const char *s)
{
	print_view(t, view_str(s));
}

static bool
is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* A word of letters, digits and a few signs, which begins like a name or a
 * path, needs no quotes as an argument, and is not taken for a number. */
bool
print_is_word(struct view v)
{
	if (v.len == 0 || (!is_letter(v.p[0]) && memchr("_\\/%*", v.p[0], 5) == NULL))
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (!is_letter(v.p[i]) && !is_digit(v.p[i]) &&
		    memchr("_-.:\\/*?%+=~", v.p[i], 12) == NULL)
			return false;
	return true;
}

bool
print_is_name(struct view v)
{
	if (v.len == 0 || is_digit(v.p[0]))
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (!is_letter(v.p[i]) && !is_digit(v.p[i]) && v.p[i] != '_')
			return false;
	return true;
}

/* Returns the length of a single quote at the beginning, or 0.  PowerShell also
 * takes U+2018 to U+201B for one. */
static size_t
single_quote(struct view v)
{
	if (v.len > 0 && v.p[0] == '\'')
		return 1;
	return view_starts(v, "\xe2\x80", 2) && v.len > 2 && v.p[2] >= 0x98 &&
	    v.p[2] <= 0x9b ? 3 : 0;
}

void
print_quoted(struct clixml_tree *t, struct view v)
{
	size_t from = 0, n;

	print_str(t, "'");
	for (size_t i = 0; i < v.len; i += n > 0 ? n : 1) {
		if ((n = single_quote(view_from(v, i))) == 0)
			continue;
		print_view(t, view_at(v, from, i + n - from));
		from = i;
	}
	print_view(t, view_from(v, from));
	print_str(t, "'");
}

static void
string(struct clixml_tree *t, struct view v, enum clixml_mode mode)
{
	if (mode == OUTPUT || (mode == ARGUMENT && print_is_word(v)))
		print_view(t, v);
	else
		print_quoted(t, v);
}

bool
view_is_number(struct view v)
{
	bool digit = false;

	for (size_t i = 0; i < v.len; i++) {
		digit |= is_digit(v.p[i]);
		if (!is_digit(v.p[i]) && (memchr("+-.eE", v.p[i], 5) == NULL ||
		    (i == 0 && v.p[i] != '-')))
			return false;
	}
	return digit;
}

/* Prints a character, which is a UTF-16 unit in decimal (2.2.5.1.2). */
static void
character(struct clixml_tree *t, struct view v, enum clixml_mode mode)
{
	uint8_t unit[2], c[3];
	unsigned int u = 0;

	if (v.len > 5 || !view_is_number(v))
		return;
	for (size_t i = 0; i < v.len; i++)
		u = u * 10 + (unsigned int)(v.p[i] - '0');
	le16enc(unit, (uint16_t)(u > 0 && u <= UINT16_MAX ? u : 0xfffd));
	string(t, (struct view){ c, utf16_to_utf8((struct view){ unit, 2 }, false, c) }, mode);
}

bool
view_has_lines(struct view v)
{
	return v.len > 0 && (view_chr(v, '\n') != NULL || view_chr(v, '#') != NULL);
}

/* The closing brace stands in a line of its own if the block may end in a
 * comment, which would hide it. */
void
print_block(struct clixml_tree *t, struct view v)
{
	bool lines = view_has_lines(v);

	print_str(t, lines ? "{\n" : "{ ");
	print_view(t, v);
	print_str(t, lines ? "\n}" : " }");
}

static void
list(struct clixml_tree *t, clixml_index at, enum clixml_mode mode, unsigned int depth)
{
	clixml_index c = tree_first(t, at);
	bool bracket = mode == EXPRESSION || (c == 0 && mode == ARGUMENT);

	if (bracket)
		print_str(t, "@(");
	for (bool more = false; c != 0 && !t->full; c = tree_next(t, c), more = true) {
		bool nested = tree_inside(t, tree_follow(t, c), K_LIST) != 0;

		if (more)
			print_str(t, mode == OUTPUT ? "\n" : ",");
		print_value(t, c, nested && mode == ARGUMENT ? EXPRESSION : mode, depth);
	}
	if (bracket)
		print_str(t, ")");
}

static void
pair(struct clixml_tree *t, struct view key, clixml_index of, bool *more, unsigned int depth)
{
	if (*more)
		print_str(t, "; ");
	*more = true;
	if (print_is_name(key))
		print_view(t, key);
	else
		print_quoted(t, key);
	print_str(t, "=");
	print_value(t, of, EXPRESSION, depth);
}

static void
dictionary(struct clixml_tree *t, clixml_index at, unsigned int depth)
{
	bool more = false;

	print_str(t, "@{");
	for (clixml_index c = tree_first(t, at); c != 0 && !t->full; c = tree_next(t, c)) {
		clixml_index key = tree_named(t, c, "Key"), of = tree_named(t, c, "Value");

		if (tree_kind(t, c) != K_ENTRY || key == 0)
			continue;
		if (tree_kind(t, key) == K_OBJ)
			key = tree_inside(t, key, K_TOSTRING);
		pair(t, tree_text(t, key), of, &more, depth);
	}
	print_str(t, "}");
}

/* Prints an object's properties, for one whose ToString says nothing. */
static void
members(struct clixml_tree *t, clixml_index obj, unsigned int depth)
{
	clixml_index at = tree_inside(t, obj, K_PROPS);
	bool more = false;

	if (at == 0)
		at = tree_inside(t, obj, K_MEMBERS);
	print_str(t, "@{");
	for (clixml_index c = at != 0 ? tree_first(t, at) : 0; c != 0 && !t->full;
	    c = tree_next(t, c))
		if (tree_kind(t, c) != K_NIL && !view_starts(tree_name(t, c), "__", 2))
			pair(t, tree_name(t, c), c, &more, depth);
	print_str(t, "}");
}

static bool
is_enum(struct clixml_tree *t, clixml_index types)
{
	clixml_index c = types != 0 ? tree_first(t, types) : 0;

	while (c != 0 && !text_is(tree_text(t, c), "System.Enum"))
		c = tree_next(t, c);
	return c != 0;
}

/* Is an object's ToString only the end of its type's name, or a list of its
 * properties?  The properties themselves say more. */
static bool
says_nothing(struct clixml_tree *t, struct view shown, clixml_index types)
{
	struct view type = tree_text(t, tree_inside(t, types, K_TYPE));

	return shown.len == 0 || view_starts(shown, "@{", 2) || (type.len >= shown.len &&
	    memcmp(type.p + type.len - shown.len, shown.p, shown.len) == 0);
}

static void
object(struct clixml_tree *t, clixml_index obj, enum clixml_mode mode, unsigned int depth)
{
	clixml_index types = 0, shown = 0, plain = 0;

	for (clixml_index c = tree_first(t, obj); c != 0; c = tree_next(t, c)) {
		enum clixml_kind k = tree_kind(t, c);

		if (k == K_LIST) {
			list(t, c, mode, depth);
			return;
		}
		if (k == K_DICT) {
			dictionary(t, c, depth);
			return;
		}
		if (k == K_TYPES || k == K_TYPES_REF)
			types = tree_follow(t, c);
		else if (k == K_TOSTRING)
			shown = c;
		else if (k >= K_NIL && k <= K_BYTES)
			plain = c;
	}
	if (plain != 0 && !(shown != 0 && is_enum(t, types)))
		print_value(t, plain, mode, depth);
	else if (shown != 0 && (plain != 0 || !says_nothing(t, tree_text(t, shown), types)))
		string(t, tree_text(t, shown), mode);
	else
		members(t, obj, depth);
}

void
print_value(struct clixml_tree *t, clixml_index at, enum clixml_mode mode, unsigned int depth)
{
	struct view v;

	at = tree_follow(t, at);
	v = tree_text(t, at);
	if (at == 0 || depth == MAX_XML_DEPTH || t->steps == 0) {
		print_str(t, "...");
		return;
	}
	switch (tree_kind(t, at)) {
	case K_NIL:
		print_str(t, mode == OUTPUT ? "" : "$null");
		break;
	case K_NUMBER:
		if (view_is_number(v))
			print_view(t, v);
		else
			string(t, v, mode);
		break;
	case K_BOOLEAN:
		if (mode == OUTPUT)
			print_str(t, text_is(v, "true") ? "True" : "False");
		else
			print_str(t, text_is(v, "true") ? "$true" : "$false");
		break;
	case K_CHAR:
		character(t, v, mode);
		break;
	case K_SECURE_STRING:
		print_str(t, "***");
		break;
	case K_BLOCK:
		if (mode == OUTPUT)
			print_view(t, v);
		else
			print_block(t, v);
		break;
	case K_BYTES:
		print_str(t, mode == ARGUMENT ? "([Convert]::FromBase64String(" :
		    "[Convert]::FromBase64String(");
		print_quoted(t, v);
		print_str(t, mode == ARGUMENT ? "))" : ")");
		break;
	case K_OBJ:
		object(t, at, mode, depth + 1);
		break;
	case K_LIST:
		list(t, at, mode, depth + 1);
		break;
	default:
		string(t, v, mode);
	}
}
