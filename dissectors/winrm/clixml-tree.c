/* clixml-tree.c -- the elements of a serialised object, [MS-PSRP] 2.2.5. */
#include "winrm/clixml-tree.h"

#include <stdlib.h>

#include "engine/dissect.h"
#include "base/hex.h"
#include "base/text.h"
#include "base/utf16.h"
#include "task/xml.h"

/* 2.2.5.1, 2.2.5.2, 2.2.5.3 */
static const struct {
	char		 name[10];
	enum clixml_kind	 kind;
} elements[] = {
	{ "S", K_STRING }, { "XD", K_STRING }, { "G", K_STRING }, { "URI", K_STRING },
	{ "Version", K_STRING }, { "DT", K_STRING }, { "TS", K_STRING },
	{ "By", K_NUMBER }, { "SB", K_NUMBER }, { "U16", K_NUMBER }, { "I16", K_NUMBER },
	{ "U32", K_NUMBER }, { "I32", K_NUMBER }, { "U64", K_NUMBER }, { "I64", K_NUMBER },
	{ "I8", K_NUMBER }, { "U8", K_NUMBER }, { "D", K_NUMBER }, { "Db", K_NUMBER },
	{ "Sg", K_NUMBER }, { "B", K_BOOLEAN }, { "C", K_CHAR }, { "SS", K_SECURE_STRING },
	{ "SBK", K_BLOCK }, { "BA", K_BYTES }, { "Nil", K_NIL }, { "Obj", K_OBJ },
	{ "Ref", K_REF }, { "TN", K_TYPES }, { "TNRef", K_TYPES_REF }, { "T", K_TYPE },
	{ "ToString", K_TOSTRING }, { "LST", K_LIST }, { "QUE", K_LIST }, { "STK", K_LIST },
	{ "IE", K_LIST }, { "Objs", K_LIST }, { "DCT", K_DICT }, { "En", K_ENTRY },
	{ "MS", K_MEMBERS }, { "Props", K_PROPS },
};

static bool
has_text(enum clixml_kind k)
{
	return k >= K_STRING && k <= K_TYPE;
}

static clixml_index
node_new(struct clixml_tree *t)
{
	size_t cap = t->cap > 0 ? t->cap * 2 : 64;
	struct clixml_node *n;

	if (t->len == t->cap) {
		if ((n = budget_resize(t->budget, t->n, cap * sizeof(*n))) == NULL)
			return 0;
		t->n = n;
		t->cap = cap;
	}
	t->n[t->len] = (struct clixml_node){ .text = t->text.len };
	return (clixml_index)t->len++;
}

/* Reads an escape _xHHHH_ at the beginning: a UTF-16 unit (2.2.5.3.2). */
static bool
escape(struct view v, uint8_t unit[2])
{
	uint8_t big[2];
	uint16_t u;

	if (v.len < 7 || v.p[0] != '_' || (v.p[1] | 0x20) != 'x' || v.p[6] != '_' ||
	    hex_decode(view_at(v, 2, 4), big, sizeof(big)) != sizeof(big))
		return false;
	u = be16dec(big);
	if (u == 0)
		u = 0xfffd;	/* texts must have no NUL */
	le16enc(unit, u);
	return true;
}

/* Replaces the escapes of a text in place, two of which may be one character.
 * Returns the new length. */
static size_t
unescape(uint8_t *p, size_t len)
{
	struct view v = { p, len };
	uint8_t *to = p, unit[4];

	while (v.len > 0) {
		if (!escape(v, unit)) {
			*to++ = v.p[0];
			v = view_from(v, 1);
			continue;
		}
		v = view_from(v, 7);
		if ((unit[1] & 0xfc) == 0xd8 && escape(v, unit + 2) && (unit[3] & 0xfc) == 0xdc) {
			v = view_from(v, 7);
			to += utf16_to_utf8((struct view){ unit, 4 }, false, to);
		} else
			to += utf16_to_utf8((struct view){ unit, 2 }, false, to);
	}
	return (size_t)(to - p);
}

static void
close_text(struct clixml_tree *t, struct clixml_node *n)
{
	if (!has_text((enum clixml_kind)n->kind) || n->text_len == 0)
		return;
	n->text_len = unescape(t->text.p + n->text, n->text_len);
	t->text.len = n->text + n->text_len;
}

static bool
number_of(const char *s, uint32_t *id)
{
	uint64_t n = 0;

	if (s == NULL || *s == '\0')
		return false;
	for (; *s >= '0' && *s <= '9' && n <= UINT32_MAX; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	*id = (uint32_t)n;
	return *s == '\0' && n <= UINT32_MAX;
}

static bool
on_start(void *arg, const struct xml_tag *tag)
{
	struct clixml_tree *t = arg;
	const char *name = xml_att(tag, "N");
	clixml_index up = t->open[t->depth], at;
	struct clixml_node *n;

	if (t->spent || t->depth + 1 == nitems(t->open) || (at = node_new(t)) == 0)
		return false;
	n = &t->n[at];
	for (size_t i = 0; i < nitems(elements); i++)
		if (strcmp(tag->name, elements[i].name) == 0)
			n->kind = (uint8_t)elements[i].kind;
	n->has_id = number_of(xml_att(tag, "RefId"), &n->id);
	if (name != NULL && *name != '\0') {
		if (!buf_add(&t->text, view_str(name)))
			return false;
		n->name = n->text;
		n->name_len = unescape(t->text.p + n->name, strlen(name));
		n->text = t->text.len = n->name + n->name_len;
	}
	/* An element that has elements inside is no text. */
	if (has_text((enum clixml_kind)t->n[up].kind))
		t->n[up].kind = K_OTHER;
	if (t->n[up].child == 0)
		t->n[up].child = at;
	else
		t->n[t->n[up].last].next = at;
	t->n[up].last = at;
	t->open[++t->depth] = at;
	return true;
}

static void
on_text(void *arg, struct view v)
{
	struct clixml_tree *t = arg;
	struct clixml_node *n = &t->n[t->open[t->depth]];

	if (t->spent || !has_text((enum clixml_kind)n->kind))
		return;
	if (buf_add(&t->text, v))
		n->text_len += v.len;
	else
		t->spent = true;
}

static void
on_end(void *arg, size_t from, size_t to)
{
	struct clixml_tree *t = arg;
	struct clixml_node *n = &t->n[t->open[t->depth]];

	(void)from;
	(void)to;
	close_text(t, n);
	n->whole = !t->spent;
	t->depth--;
}

static int
ref_cmp(const void *pa, const void *pb)
{
	const struct clixml_refid *a = pa, *b = pb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->node < b->node ? -1 : a->node > b->node;
}

/* Objects and lists of types are numbered apart (2.2.5.2.1, 2.2.5.2.3). */
static void
tree_refs(struct clixml_tree *t)
{
	size_t n = 0;

	for (size_t i = 1; i < t->len; i++)
		n += t->n[i].has_id;
	if (n == 0 || (t->refs = budget_calloc(t->budget, n, sizeof(*t->refs))) == NULL)
		return;
	for (size_t i = 1; i < t->len; i++)
		if (t->n[i].has_id && (t->n[i].kind == K_OBJ || t->n[i].kind == K_TYPES))
			t->refs[t->nrefs++] = (struct clixml_refid){ t->n[i].kind, t->n[i].id,
			    (clixml_index)i };
	qsort(t->refs, t->nrefs, sizeof(*t->refs), ref_cmp);
}

void
tree_close(struct clixml_tree *t)
{
	buf_free(&t->text);
	budget_free(t->refs);
	budget_free(t->n);
}

bool
tree_open(struct clixml_tree *t, struct view xml, struct buf *out)
{
	static const struct xml_ops ops = { on_start, on_text, on_end };
	struct xml_text text = xml_text(xml, false);

	*t = (struct clixml_tree){ .budget = out->b, .out = out, .steps = MAX_CLIXML_STEPS };
	buf_init(&t->text, out->b, 2 * xml.len);	/* UTF-16 grows by half */
	(void)node_new(t);
	if (t->len == 0)
		return false;
	(void)xml_read(&text, &ops, t);
	while (t->depth > 0)
		close_text(t, &t->n[t->open[t->depth--]]);
	tree_refs(t);
	if (t->n[0].child != 0)
		return true;
	tree_close(t);
	return false;
}

/* ---- Walking it ---- */

static clixml_index
step(struct clixml_tree *t, clixml_index at)
{
	if (t->steps == 0)
		return 0;
	t->steps--;
	return at;
}

clixml_index
tree_first(struct clixml_tree *t, clixml_index at)
{
	return step(t, t->n[at].child);
}

clixml_index
tree_next(struct clixml_tree *t, clixml_index at)
{
	return step(t, t->n[at].next);
}

enum clixml_kind
tree_kind(const struct clixml_tree *t, clixml_index at)
{
	return (enum clixml_kind)t->n[at].kind;
}

struct view
tree_text(const struct clixml_tree *t, clixml_index at)
{
	return view_at(buf_view(&t->text), t->n[at].text, t->n[at].text_len);
}

struct view
tree_name(const struct clixml_tree *t, clixml_index at)
{
	return view_at(buf_view(&t->text), t->n[at].name, t->n[at].name_len);
}

clixml_index
tree_follow(struct clixml_tree *t, clixml_index at)
{
	enum clixml_kind k = tree_kind(t, at) == K_REF ? K_OBJ : K_TYPES;
	size_t from = 0, to = t->nrefs;

	if (tree_kind(t, at) != K_REF && tree_kind(t, at) != K_TYPES_REF)
		return at;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		struct clixml_refid key = { (uint8_t)k, t->n[at].id, 0 };

		if (ref_cmp(&t->refs[mid], &key) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	if (!t->n[at].has_id || from == t->nrefs || t->refs[from].kind != k ||
	    t->refs[from].id != t->n[at].id)
		return 0;
	return t->refs[from].node;
}

clixml_index
tree_inside(struct clixml_tree *t, clixml_index at, enum clixml_kind k)
{
	clixml_index c = at != 0 ? tree_first(t, at) : 0;

	while (c != 0 && tree_kind(t, c) != k)
		c = tree_next(t, c);
	return c;
}

clixml_index
tree_named(struct clixml_tree *t, clixml_index at, const char *what)
{
	clixml_index c = at != 0 ? tree_first(t, at) : 0;

	while (c != 0 && !text_is(tree_name(t, c), what))
		c = tree_next(t, c);
	return c != 0 ? tree_follow(t, c) : 0;
}

clixml_index
tree_property(struct clixml_tree *t, clixml_index obj, const char *what)
{
	clixml_index found = tree_named(t, tree_inside(t, obj, K_MEMBERS), what);

	return found != 0 ? found : tree_named(t, tree_inside(t, obj, K_PROPS), what);
}
