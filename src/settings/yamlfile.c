#include "settings/yamlfile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/limits.h"

#define MAX_KEY	64	/* bytes of a key that is compared with others */

struct yamlfile {
	const char	*path;
	uint8_t		*text;
	size_t		 len;
	yaml_document_t	 doc;
	bool		 read;		/* doc is to be deleted */
};

struct error {
	char	*text;
	size_t	 len;
};

/* ---- Errors ---- */

/* One line, whatever the file's strings hold.  line: from 0; SIZE_MAX: none. */
static void
tell(const struct yamlfile *y, size_t line, struct error *e, const char *fmt, va_list ap)
{
	int n = line == SIZE_MAX ? snprintf(e->text, e->len, "%s: ", y->path) :
	    snprintf(e->text, e->len, "%s:%zu: ", y->path, line + 1);

	if (n >= 0 && (size_t)n < e->len)
		vsnprintf(e->text + n, e->len - (size_t)n, fmt, ap);
	for (char *c = e->text; e->len > 0 && *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

static bool __attribute__((format(printf, 4, 5)))
wrong_line(const struct yamlfile *y, size_t line, struct error *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(y, line, e, fmt, ap);
	va_end(ap);
	return false;
}

#define wrong_node(y, node, e, ...) wrong_line(y, (node)->start_mark.line, e, __VA_ARGS__)

/* ---- The file ---- */

static bool
script_scan(struct yamlfile *y, struct error *e)
{
	FILE *f = fopen(y->path, "re");
	bool good;

	if (f == NULL)
		return wrong_line(y, SIZE_MAX, e, "%s", strerror(errno));
	if ((y->text = malloc(MAX_SETTINGS + 1)) == NULL) {
		fclose(f);
		return wrong_line(y, SIZE_MAX, e, "out of memory");
	}
	y->len = fread(y->text, 1, MAX_SETTINGS + 1, f);
	good = ferror(f) == 0 || wrong_line(y, SIZE_MAX, e, "%s", strerror(errno));
	fclose(f);
	if (good && y->len > MAX_SETTINGS)
		return wrong_line(y, SIZE_MAX, e, "is larger than %u KiB", MAX_SETTINGS >> 10);
	return good;
}

static bool
syntax(const struct yamlfile *y, const yaml_parser_t *p, struct error *e)
{
	return wrong_line(y, p->problem_mark.line, e, "%s",
	    p->problem != NULL ? p->problem : "out of memory");
}

/* Lists of lists of aliases are how a short file becomes a large one. */
static bool
is_shared(const yaml_event_t *ev)
{
	return ev->type == YAML_ALIAS_EVENT ||
	    (ev->type == YAML_SCALAR_EVENT && ev->data.scalar.anchor != NULL) ||
	    (ev->type == YAML_SEQUENCE_START_EVENT && ev->data.sequence_start.anchor != NULL) ||
	    (ev->type == YAML_MAPPING_START_EVENT && ev->data.mapping_start.anchor != NULL);
}

struct extent {
	size_t	depth, documents;
};

static bool
check_event(const struct yamlfile *y, const yaml_event_t *ev, struct extent *x, struct error *e)
{
	size_t line = ev->start_mark.line;

	if (is_shared(ev))
		return wrong_line(y, line, e, "aliases and anchors are not taken");
	if (ev->type == YAML_SEQUENCE_START_EVENT || ev->type == YAML_MAPPING_START_EVENT)
		x->depth++;
	if (ev->type == YAML_SEQUENCE_END_EVENT || ev->type == YAML_MAPPING_END_EVENT)
		x->depth--;
	if (ev->type == YAML_DOCUMENT_START_EVENT)
		x->documents++;
	if (x->depth > MAX_SETTINGS_DEPTH)
		return wrong_line(y, line, e, "too many lists in lists");
	return x->documents <= 1 || wrong_line(y, line, e, "a second document begins");
}

/* Before libyaml makes a tree of it, for which it needs the square of the time
 * where there are many anchors or levels. */
static bool
check_events(struct yamlfile *y, yaml_parser_t *p, struct error *e)
{
	struct extent x = { .depth = 0 };
	yaml_event_t ev;
	bool good = true, last = false;

	while (good && !last) {
		if (!yaml_parser_parse(p, &ev))
			return syntax(y, p, e);
		last = ev.type == YAML_STREAM_END_EVENT;
		good = check_event(y, &ev, &x, e);
		yaml_event_delete(&ev);
	}
	return good;
}

static bool
read_tree(struct yamlfile *y, yaml_parser_t *p, struct error *e)
{
	if (!yaml_parser_load(p, &y->doc))
		return syntax(y, p, e);
	y->read = true;
	return true;
}

/* Hands a new parser of the text to one of the two. */
static bool
parse(struct yamlfile *y, bool (*with)(struct yamlfile *, yaml_parser_t *, struct error *),
    struct error *e)
{
	yaml_parser_t p;
	bool good;

	if (!yaml_parser_initialize(&p))
		return wrong_line(y, SIZE_MAX, e, "out of memory");
	yaml_parser_set_input_string(&p, y->text, y->len);
	good = with(y, &p, e);
	yaml_parser_delete(&p);
	return good;
}

/* ---- Nodes ---- */

static yaml_node_t *
node(const struct yamlfile *y, int index)
{
	return yaml_document_get_node((yaml_document_t *)(uintptr_t)&y->doc, index);
}

static const char *
scalar(const yaml_node_t *n)
{
	return (const char *)n->data.scalar.value;
}

static bool
check_node(const struct yamlfile *y, const yaml_node_t *n, struct error *e)
{
	if (n->type == YAML_SCALAR_NODE && strlen(scalar(n)) != n->data.scalar.length)
		return wrong_node(y, n, e, "a text has a NUL in it");
	if (n->type == YAML_MAPPING_NODE)
		for (const yaml_node_pair_t *i = n->data.mapping.pairs.start;
		    i < n->data.mapping.pairs.top; i++)
			if (node(y, i->key)->type != YAML_SCALAR_NODE)
				return wrong_node(y, node(y, i->key), e, "a key is no text");
	return true;
}

static bool
check_nodes(const struct yamlfile *y, struct error *e)
{
	for (const yaml_node_t *n = y->doc.nodes.start; n < y->doc.nodes.top; n++)
		if (!check_node(y, n, e))
			return false;
	return true;
}

struct yamlfile *
yamlfile_open(const char *path, char *err, size_t errlen)
{
	struct yamlfile *y = calloc(1, sizeof(*y));
	struct error e = { err, errlen };

	if (y == NULL) {
		snprintf(err, errlen, "%s: out of memory", path);
		return NULL;
	}
	y->path = path;
	if (script_scan(y, &e) && parse(y, check_events, &e) && parse(y, read_tree, &e) &&
	    check_nodes(y, &e))
		return y;
	yamlfile_close(y);
	return NULL;
}

void
yamlfile_close(struct yamlfile *y)
{
	if (y == NULL)
		return;
	if (y->read)
		yaml_document_delete(&y->doc);
	free(y->text);
	free(y);
}

/* ---- The schema ---- */

/* As libcyaml has it. */
static bool
is_null(const yaml_node_t *n)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	if (n->type != YAML_SCALAR_NODE)
		return false;
	for (size_t i = 0; i < CYAML_ARRAY_LEN(nulls); i++)
		if (strcmp(scalar(n), nulls[i]) == 0)
			return true;
	return false;
}

static const cyaml_schema_field_t *
find_field(const cyaml_schema_field_t *f, const char *key)
{
	for (; f->key != NULL; f++)
		if (strcmp(f->key, key) == 0)
			return f;
	return NULL;
}

/* How many letters must be put in, left out or changed. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[MAX_KEY + 1], la = strlen(a), lb = strlen(b);

	if (la > MAX_KEY || lb > MAX_KEY)
		return SIZE_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t other = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			if (row[j] + 1 < other)
				other = row[j] + 1;
			if (row[j - 1] + 1 < other)
				other = row[j - 1] + 1;
			row[j] = other;
		}
	}
	return row[lb];
}

static bool
unknown_key(const struct yamlfile *y, const yaml_node_t *key, const cyaml_schema_field_t *fields,
    struct error *e)
{
	size_t best = strlen(scalar(key)) / 2 + 1;	/* farther ones have nothing in common */
	const char *nearest = NULL;

	for (const cyaml_schema_field_t *f = fields; f->key != NULL; f++) {
		size_t d = distance(scalar(key), f->key);

		if (d < best) {
			best = d;
			nearest = f->key;
		}
	}
	if (nearest == NULL)
		return wrong_node(y, key, e, "unknown name '%s'", scalar(key));
	return wrong_node(y, key, e, "unknown name '%s'; is '%s' meant?", scalar(key), nearest);
}

static bool check_value(const struct yamlfile *, const yaml_node_t *, const char *name,
    const cyaml_schema_value_t *, struct error *);

static bool
given_before(const struct yamlfile *y, const yaml_node_t *map, const yaml_node_pair_t *pair)
{
	for (const yaml_node_pair_t *i = map->data.mapping.pairs.start; i < pair; i++)
		if (strcmp(scalar(node(y, i->key)), scalar(node(y, pair->key))) == 0)
			return true;
	return false;
}

/* Quadratic in the keys that the schema has: the first that it has not, and
 * the first that comes twice, end it. */
static bool
check_mapping(const struct yamlfile *y, const yaml_node_t *n, const char *name,
    const cyaml_schema_value_t *v, struct error *e)
{
	if (n->type != YAML_MAPPING_NODE)
		return wrong_node(y, n, e, "%s: 'name: value' lines are needed", name);
	for (const yaml_node_pair_t *i = n->data.mapping.pairs.start;
	    i < n->data.mapping.pairs.top; i++) {
		const yaml_node_t *key = node(y, i->key);
		const cyaml_schema_field_t *f = find_field(v->mapping.fields, scalar(key));

		if (f == NULL)
			return unknown_key(y, key, v->mapping.fields, e);
		if (given_before(y, n, i))
			return wrong_node(y, key, e, "%s is there twice", f->key);
		if (!check_value(y, node(y, i->value), f->key, &f->value, e))
			return false;
	}
	return true;
}

static bool
check_sequence(const struct yamlfile *y, const yaml_node_t *n, const char *name,
    const cyaml_schema_value_t *v, struct error *e)
{
	size_t count;

	if (n->type != YAML_SEQUENCE_NODE)
		return wrong_node(y, n, e, "%s: a list is needed: '- value' lines", name);
	count = (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
	if (count < v->sequence.min)
		return wrong_node(y, n, e, "%s: the list is empty", name);
	if (count > v->sequence.max)
		return wrong_node(y, n, e, "%s: more than %u in one list", name, v->sequence.max);
	for (size_t i = 0; i < count; i++)
		if (!check_value(y, node(y, n->data.sequence.items.start[i]), name,
		    v->sequence.entry, e))
			return false;
	return true;
}

static bool
check_enum(const struct yamlfile *y, const yaml_node_t *n, const char *name,
    const cyaml_schema_value_t *v, struct error *e)
{
	char known[256] = "";
	size_t len = 0;

	for (uint32_t i = 0; i < v->enumeration.count; i++) {
		const char *s = v->enumeration.strings[i].str;

		if (strcmp(s, scalar(n)) == 0)
			return true;
		if (len < sizeof(known))
			len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s",
			    i > 0 ? ", " : "", s);
	}
	return wrong_node(y, n, e, "%s: '%s' is none of: %s", name, scalar(n), known);
}

static bool
check_value(const struct yamlfile *y, const yaml_node_t *n, const char *name,
    const cyaml_schema_value_t *v, struct error *e)
{
	if ((v->flags & CYAML_FLAG_POINTER_NULL_STR) == CYAML_FLAG_POINTER_NULL_STR && is_null(n))
		return true;
	if (v->type == CYAML_MAPPING)
		return check_mapping(y, n, name, v, e);
	if (v->type == CYAML_SEQUENCE)
		return check_sequence(y, n, name, v, e);
	if (n->type != YAML_SCALAR_NODE)
		return wrong_node(y, n, e, "%s: a single value is needed", name);
	return v->type != CYAML_ENUM || check_enum(y, n, name, v, e);
}

static const cyaml_config_t reading = {
	.mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR, .flags = CYAML_CFG_NO_ALIAS,
};

bool
yamlfile_load(struct yamlfile *y, const cyaml_schema_value_t *schema, void **data, char *err,
    size_t errlen)
{
	const yaml_node_t *root = yaml_document_get_root_node(&y->doc);
	struct error e = { err, errlen };
	cyaml_err_t fault;

	*data = NULL;
	if (root == NULL || is_null(root))
		return true;
	if (!check_value(y, root, "the file", schema, &e))
		return false;
	fault = cyaml_load_data(y->text, y->len, &reading, schema, data, NULL);
	return fault == CYAML_OK || wrong_line(y, SIZE_MAX, &e, "%s", cyaml_strerror(fault));
}

void
yamlfile_free(const cyaml_schema_value_t *schema, void *data)
{
	cyaml_free(&reading, schema, data, 0);
}

/* ---- Places ---- */

/* What of a mapping or sequence the first name of a place means; at becomes
 * where it stands. */
static const yaml_node_t *
step(const struct yamlfile *y, const yaml_node_t *n, const char *name, size_t len,
    const yaml_node_t **at)
{
	size_t count;

	if (n->type == YAML_MAPPING_NODE)
		for (const yaml_node_pair_t *i = n->data.mapping.pairs.start;
		    i < n->data.mapping.pairs.top; i++)
			if (strlen(scalar(node(y, i->key))) == len &&
			    memcmp(scalar(node(y, i->key)), name, len) == 0) {
				*at = node(y, i->key);
				return node(y, i->value);
			}
	if (n->type == YAML_SEQUENCE_NODE) {
		count = (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
		if (strtoul(name, NULL, 10) < count)
			return *at = node(y, n->data.sequence.items.start[strtoul(name, NULL, 10)]);
	}
	return NULL;
}

bool
yamlfile_wrong(const struct yamlfile *y, const char *place, char *err, size_t errlen,
    const char *fmt, ...)
{
	const yaml_node_t *n = node(y, 1), *at = n;
	struct error e = { err, errlen };
	va_list ap;

	while (n != NULL && *place != '\0') {
		size_t len = strcspn(place, ".");

		n = step(y, n, place, len, &at);
		place += len + (place[len] == '.');
	}
	va_start(ap, fmt);
	tell(y, at != NULL ? at->start_mark.line : SIZE_MAX, &e, fmt, ap);
	va_end(ap);
	return false;
}
