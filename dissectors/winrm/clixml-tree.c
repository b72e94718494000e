/* clixml-tree.c -- the elements of a serialised object, [MS-PSRP] 2.2.5. */
#include "winrm/clixml-tree.h"

#include <stdlib.h>

#include "engine/dissect.h"
#include "base/hex.h"
#include "base/utf16.h"
#include "task/xml.h"

/* 2.2.5.1, 2.2.5.2, 2.2.5.3 */
static const struct {
	char		 name[10];
	enum kind	 kind;
} elements[] = {
	{ "S", K_STRING }, { "XD", K_STRING }, { "G", K_STRING }, { "URI", K_STRING },
	{ "Version", K_STRING }, { "DT", K_STRING }, { "TS", K_STRING },
	{ "By", K_NUMBER }, { "SB", K_NUMBER }, { "U16", K_NUMBER }, { "I16", K_NUMBER },
	{ "U32", K_NUMBER }, { "I32", K_NUMBER }, { "U64", K_NUMBER }, { "I64", K_NUMBER },
	{ "I8", K_NUMBER }, { "U8", K_NUMBER }, { "D", K_NUMBER }, { "Db", K_NUMBER },
	{ "Sg", K_NUMBER }, { "B", K_TRUTH }, { "C", K_CHAR }, { "SS", K_SECRET },
	{ "SBK", K_BLOCK }, { "BA", K_BYTES }, { "Nil", K_NIL }, { "Obj", K_OBJ },
	{ "Ref", K_REF }, { "TN", K_TYPES }, { "TNRef", K_TYPES_REF }, { "T", K_TYPE },
	{ "ToString", K_TOSTRING }, { "LST", K_LIST }, { "QUE", K_LIST }, { "STK", K_LIST },
	{ "IE", K_LIST }, { "Objs", K_LIST }, { "DCT", K_DICT }, { "En", K_ENTRY },
	{ "MS", K_MEMBERS }, { "Props", K_PROPS },
};

static bool
has_text(enum kind k)
{
	return k >= K_STRING && k <= K_TYPE;
}

static place
node_new(struct tree *t)
{
	size_t cap = t->cap > 0 ? t->cap * 2 : 64;
	struct node *n;

	if (t->len == t->cap) {
		if ((n = budget_resize(t->budget, t->n, cap * sizeof(*n))) == NULL)
			return 0;
		t->n = n;
		t->cap = cap;
	}
	t->n[t->len] = (struct node){ .text = t->text.len };
	return (place)t->len++;
}

/* _xHHHH_ is a unit of UTF-16, so that two of them may be one character
 * (2.2.5.3.2).  Decodes in place, and returns the new length. */
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
		u = 0xfffd;	/* a text with a NUL in it is none */
	le16enc(unit, u);
	return true;
}

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
close_text(struct tree *t, struct node *n)
{
	if (!has_text((enum kind)n->kind) || n->text_len == 0)
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
	struct tree *t = arg;
	const char *name = xml_att(tag, "N");
	place up = t->open[t->depth], at;
	struct node *n;

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
	/* A text has no elements inside. */
	if (has_text((enum kind)t->n[up].kind))
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
	struct tree *t = arg;
	struct node *n = &t->n[t->open[t->depth]];

	if (t->spent || !has_text((enum kind)n->kind))
		return;
	if (buf_add(&t->text, v))
		n->text_len += v.len;
	else
		t->spent = true;
}

static void
on_end(void *arg, size_t from, size_t to)
{
	struct tree *t = arg;
	struct node *n = &t->n[t->open[t->depth]];

	(void)from;
	(void)to;
	close_text(t, n);
	n->whole = !t->spent;
	t->depth--;
}

static int
ref_cmp(const void *pa, const void *pb)
{
	const struct ref *a = pa, *b = pb;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->node < b->node ? -1 : a->node > b->node;
}

/* RefIds count objects and lists of types apart (2.2.5.2.1, 2.2.5.2.3). */
static void
tree_refs(struct tree *t)
{
	size_t n = 0;

	for (size_t i = 1; i < t->len; i++)
		n += t->n[i].has_id;
	if (n == 0 || (t->refs = budget_calloc(t->budget, n, sizeof(*t->refs))) == NULL)
		return;
	for (size_t i = 1; i < t->len; i++)
		if (t->n[i].has_id && (t->n[i].kind == K_OBJ || t->n[i].kind == K_TYPES))
			t->refs[t->nrefs++] = (struct ref){ t->n[i].kind, t->n[i].id, (place)i };
	qsort(t->refs, t->nrefs, sizeof(*t->refs), ref_cmp);
}

void
tree_close(struct tree *t)
{
	buf_free(&t->text);
	budget_free(t->refs);
	budget_free(t->n);
}

bool
tree_open(struct tree *t, struct view xml, struct buf *out)
{
	static const struct xml_ops ops = { on_start, on_text, on_end };
	struct xml_text text = xml_text(xml, false);

	*t = (struct tree){ .budget = out->b, .out = out, .steps = MAX_CLIXML_STEPS };
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

static place
step(struct tree *t, place at)
{
	if (t->steps == 0)
		return 0;
	t->steps--;
	return at;
}

place
tree_first(struct tree *t, place at)
{
	return step(t, t->n[at].child);
}

place
tree_next(struct tree *t, place at)
{
	return step(t, t->n[at].next);
}

enum kind
tree_kind(const struct tree *t, place at)
{
	return (enum kind)t->n[at].kind;
}

struct view
tree_text(const struct tree *t, place at)
{
	return view_at(buf_view(&t->text), t->n[at].text, t->n[at].text_len);
}

struct view
tree_name(const struct tree *t, place at)
{
	return view_at(buf_view(&t->text), t->n[at].name, t->n[at].name_len);
}

place
tree_follow(struct tree *t, place at)
{
	enum kind k = tree_kind(t, at) == K_REF ? K_OBJ : K_TYPES;
	size_t from = 0, to = t->nrefs;

	if (tree_kind(t, at) != K_REF && tree_kind(t, at) != K_TYPES_REF)
		return at;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		struct ref key = { (uint8_t)k, t->n[at].id, 0 };

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

place
tree_inside(struct tree *t, place at, enum kind k)
{
	place c = at != 0 ? tree_first(t, at) : 0;

	while (c != 0 && tree_kind(t, c) != k)
		c = tree_next(t, c);
	return c;
}

place
tree_named(struct tree *t, place at, const char *what)
{
	place c = at != 0 ? tree_first(t, at) : 0;

	while (c != 0 && !view_is(tree_name(t, c), what))
		c = tree_next(t, c);
	return c != 0 ? tree_follow(t, c) : 0;
}

place
tree_property(struct tree *t, place obj, const char *what)
{
	place found = tree_named(t, tree_inside(t, obj, K_MEMBERS), what);

	return found != 0 ? found : tree_named(t, tree_inside(t, obj, K_PROPS), what);
}
