#include "output/eve.h"

#include <jansson.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/digest.h"
#include "base/utf16.h"

#define LAYOUT		(JSON_COMPACT | JSON_PRESERVE_ORDER)
#define FLAG_LEN	18		/* ,"_truncated":true */
#define MAX_ELEMS	1024		/* of one array; the limits of the formats are lower */
#define MAX_KEY		64
#define MAX_ESCAPE	6		/* \u0001 */

/* Texts that are shortened first, in this order, when a line is too long.  All
 * others come last. */
static const char *const first_cut[] = { "xml", "script", "decoded", "description" };
#define REST	(sizeof(first_cut) / sizeof(first_cut[0]))

/* How much of a fact is written. */
struct cut {
	size_t		text[REST + 1];	/* bytes of a text of each turn, as it is escaped */
	unsigned int	elems;		/* elements of an array */
	bool		bare;		/* texts are left empty, to measure the rest */
};

/* The length of a text that is to be written. */
struct text {
	enum field	 field;
	size_t		 len;		/* in bytes, as it is escaped */
};

struct eve {
	struct fact_output output;	/* first: a pointer to it is one to the eve */
	eve_write	*write;
	void		*arg;
	struct stats	*stats;
	bool		 live;
	const char	*sensor;	/* NULL: it has no name */
	bool		 alone;		/* only the detection object is written */
	struct text	*texts;		/* of the fact that is being written */
	size_t		 n_texts, room;	/* room: elements that texts has memory for */
	uint8_t		 turn[F_MAX];	/* a field's place in first_cut, or REST */
	char		 line[MAX_LINE];
};

/* Returns true if name is the field's key, or the name of its array. */
static bool
is_called(const struct field_info *f, const char *name)
{
	const char *dot = strrchr(f->object, '.'), *list = dot != NULL ? dot + 1 : f->object;
	size_t n = strlen(name);

	return strcmp(f->key, name) == 0 ||
	    (strncmp(list, name, n) == 0 && strcmp(list + n, "[]") == 0);
}

static void
write_fact(struct fact_output *output, const struct fact *o)
{
	eve_fact((struct eve *)output, o);
}

struct eve *
eve_new(struct stats *stats, bool live, eve_write *write, void *arg)
{
	struct eve *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->output.write = write_fact;
	e->write = write;
	e->arg = arg;
	e->stats = stats;
	e->live = live;
	for (size_t f = 0; f < F_MAX; f++)
		while (e->turn[f] < REST && !is_called(&field_info[f], first_cut[e->turn[f]]))
			e->turn[f]++;
	return e;
}

void
eve_sensor(struct eve *e, const char *name)
{
	e->sensor = name;
}

void
eve_free(struct eve *e)
{
	if (e != NULL)
		free(e->texts);
	free(e);
}

/* ---- Text ---- */

static void
time_text(int64_t us, char *out, size_t len)
{
	const int64_t last = 253402300799999999;	/* the year has four digits */
	struct tm tm;
	time_t s;
	char day[32];

	us = us < 0 ? 0 : us > last ? last : us;
	s = (time_t)(us / 1000000);
	gmtime_r(&s, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, len, "%s.%06u+0000", day, (unsigned int)(us % 1000000));
}

/* Community ID 1 with seed 0: the lower end of the connection goes first. */
static void
community_id(const struct peers *p, char out[31])
{
	const struct addr *a = &p->client, *b = &p->server;
	size_t n = a->v6 ? 16 : 4, at = 2;
	uint16_t aport = p->cport, bport = p->sport;
	uint8_t in[2 + 2 * 16 + 6] = { 0 }, hash[20];
	int order = memcmp(a->b, b->b, n);

	if (order > 0 || (order == 0 && aport > bport)) {
		a = &p->server;
		b = &p->client;
		aport = p->sport;
		bport = p->cport;
	}
	memcpy(in + at, a->b, n);
	memcpy(in + at + n, b->b, n);
	at += 2 * n;
	in[at] = 6;		/* TCP; a zero byte follows */
	be16enc(in + at + 2, aport);
	be16enc(in + at + 4, bport);
	sha1((struct view){ in, at + 6 }, hash);
	memcpy(out, "1:", 2);
	base64((struct view){ hash, sizeof(hash) }, out + 2);
}

/* Returns the bytes that jansson writes for one byte of UTF-8: MAX_ESCAPE at most. */
static inline size_t
escaped(uint8_t c)
{
	if (c == '"' || c == '\\')
		return 2;
	if (c >= 0x20)
		return 1;
	return c == '\b' || c == '\f' || c == '\n' || c == '\r' || c == '\t' ? 2 : 6;
}

static size_t
escaped_len(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += escaped((uint8_t)s[i]);
	return n;
}

/* Returns the bytes of the longest beginning, in whole characters, that takes at
 * most room bytes when it is escaped. */
static size_t
prefix(const char *s, size_t len, size_t room)
{
	size_t n = 0, next, cost;

	if (len <= room / MAX_ESCAPE)
		return len;
	while (n < len) {
		for (next = n + 1; next < len && ((uint8_t)s[next] & 0xc0) == 0x80; next++)
			continue;
		cost = next - n > 1 ? next - n : escaped((uint8_t)s[n]);
		if (cost > room)
			break;
		room -= cost;
		n = next;
	}
	return n;
}

/* ---- The record as a tree ---- */

/* The name of a file or an interface as a string; it need not be UTF-8. */
static json_t *
name_of(const char *s)
{
	char text[4 * NAME_MAX + 1];
	size_t n = 0;

	if (s == NULL || utf8_valid(view_str(s)))
		return json_string(s);
	for (; *s != '\0' && n + 5 <= sizeof(text); s++)
		n += (size_t)snprintf(text + n, 5, (uint8_t)*s < 0x80 ? "%c" : "\\x%02x",
		    (uint8_t)*s);
	return json_stringn(text, n);
}

static void
put_sensor(const struct eve *e, json_t *j)
{
	if (e->sensor != NULL)
		json_object_set_new(j, "host", name_of(e->sensor));
}

static void
put_header(const struct eve *e, const struct fact *o, json_t *j)
{
	const struct peers *p = &o->peers;
	const char *app = fact_get(o, F_APP_PROTO);
	char text[ADDR_TEXT], id[31], at[64];
	json_t *tags;

	time_text(o->at.us, at, sizeof(at));
	json_object_set_new(j, "timestamp", json_string(at));
	json_object_set_new(j, "flow_id", json_integer((json_int_t)p->flow_id));
	json_object_set_new(j, "event_type", json_string(o->alert ? "alert" : fact_object[o->kind]));
	if (e->live)
		json_object_set_new(j, "in_iface", name_of(o->at.source));
	else {
		json_object_set_new(j, "pcap_filename", name_of(o->at.source));
		json_object_set_new(j, "pcap_cnt", json_integer((json_int_t)o->at.pkt));
	}
	if (p->nvlan > 0) {
		tags = json_array();
		for (size_t i = 0; i < p->nvlan; i++)
			json_array_append_new(tags, json_integer(p->vlan[i]));
		json_object_set_new(j, "vlan", tags);
	}
	addr_text(&p->client, text);
	json_object_set_new(j, "src_ip", json_string(text));
	json_object_set_new(j, "src_port", json_integer(p->cport));
	addr_text(&p->server, text);
	json_object_set_new(j, "dest_ip", json_string(text));
	json_object_set_new(j, "dest_port", json_integer(p->sport));
	json_object_set_new(j, "proto", json_string("TCP"));
	if (app != NULL)
		json_object_set_new(j, "app_proto", json_string(app));
	community_id(p, id);
	json_object_set_new(j, "community_id", json_string(id));
	put_sensor(e, j);
}

static void
put_truncated(json_t *in, const char *key)
{
	char flag[MAX_KEY + FLAG_LEN];

	snprintf(flag, sizeof(flag), "%s_truncated", key);
	json_object_set_new(in, flag, json_true());
}

/* Returns the object at a path such as "task.actions[]", which is made if it is
 * not there yet; NULL if the element is beyond the cut. */
static json_t *
object_at(json_t *j, const char *path, unsigned int elem, const struct cut *c)
{
	char key[MAX_KEY];
	json_t *sub;
	size_t n;
	bool list;

	for (; *path != '\0'; path += n + strspn(path + n, "[].")) {
		n = strcspn(path, "[.");
		list = path[n] == '[';
		snprintf(key, sizeof(key), "%.*s", (int)n, path);
		if ((sub = json_object_get(j, key)) == NULL) {
			sub = list ? json_array() : json_object();
			json_object_set_new(j, key, sub);
		}
		if (list && elem >= c->elems) {
			put_truncated(j, key);
			return NULL;
		}
		j = sub;
		if (!list)
			continue;
		while (json_array_size(sub) <= elem)
			if (json_array_append_new(sub, json_object()) != 0)
				return NULL;
		j = json_array_get(sub, elem);
	}
	return j;
}

static void
put_item(const struct eve *e, const struct fact *o, json_t *j, const struct fact_item *i,
    const struct cut *c)
{
	const struct field_info *f = &field_info[i->field];
	const char *object = strcmp(f->object, "*") == 0 ? fact_object[o->kind] : f->object;
	json_t *in = object_at(j, object, i->elem, c), *list;
	size_t n = i->len;
	char at[64];
	bool whole = true;

	if (in == NULL)
		return;
	if (i->str != NULL) {
		n = c->bare ? 0 : prefix(i->str, i->len, c->text[e->turn[i->field]]);
		whole = c->bare || n == i->len;
	}
	switch (f->type) {
	case FT_INT:
		json_object_set_new(in, f->key, json_integer(i->num));
		break;
	case FT_BOOL:
		json_object_set_new(in, f->key, json_boolean(i->num));
		break;
	case FT_TIME:
		time_text(i->num, at, sizeof(at));
		json_object_set_new(in, f->key, json_string(at));
		break;
	case FT_STR:
	case FT_TEXT:
		json_object_set_new(in, f->key, json_stringn(i->str, n));
		break;
	case FT_STRS:
		if ((list = json_object_get(in, f->key)) == NULL) {
			list = json_array();
			json_object_set_new(in, f->key, list);
		}
		if (json_array_size(list) < c->elems)
			json_array_append_new(list, json_stringn(i->str, n));
		else
			whole = false;
		break;
	}
	if (!whole)
		put_truncated(in, f->key);
}

static bool
empty(const json_t *j)
{
	return (json_is_object(j) && json_object_size(j) == 0) ||
	    (json_is_array(j) && json_array_size(j) == 0);
}

/* Remove empty objects and arrays: an element that got no field leaves one. */
static void
drop_empty(json_t *j)
{
	const char *key;
	json_t *sub;
	void *next;

	if (json_is_array(j)) {
		for (size_t i = json_array_size(j); i-- > 0;) {
			drop_empty(json_array_get(j, i));
			if (empty(json_array_get(j, i)))
				json_array_remove(j, i);
		}
		return;
	}
	json_object_foreach_safe(j, next, key, sub) {
		drop_empty(sub);
		if (empty(sub))
			json_object_del(j, key);
	}
}

static bool
is_written(const struct eve *e, const struct field_info *f)
{
	return e->alone ? strncmp(f->object, "detection", 9) == 0 : f->object[0] != '\0';
}

/* Write the record to the line buffer, as much as fits.  Returns the length of
 * the whole line without its newline. */
static size_t
render(struct eve *e, const struct fact *o, const struct cut *c)
{
	json_t *j = json_object();
	size_t n;

	if (!e->alone)
		put_header(e, o, j);
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		if (is_written(e, &field_info[i->field]))
			put_item(e, o, j, i, c);
	drop_empty(j);
	n = json_dumpb(e->alone ? json_object_get(j, "detection") : j, e->line, sizeof(e->line),
	    LAYOUT);
	json_decref(j);
	return n;
}

/* ---- The line limit ---- */

static bool
fits(size_t n)
{
	return n < MAX_LINE;		/* the newline needs a byte too */
}

/* Returns an upper bound of the line's length under a cut.  bare is its length
 * without texts. */
static size_t
length(const struct eve *e, const struct cut *c, size_t bare)
{
	for (size_t i = 0; i < e->n_texts; i++) {
		const enum field f = e->texts[i].field;
		const size_t most = c->text[e->turn[f]];

		if (e->texts[i].len <= most)
			bare += e->texts[i].len;
		else
			bare += most + strlen(field_info[f].key) + FLAG_LEN;
	}
	return bare;
}

/*
 * Find a cut under which the line fits.  The texts of first_cut are shortened
 * in turn, then the others.  In each turn the longest are shortened first, so
 * that many long ones end up equally long.  Every text keeps its beginning, and
 * texts as short as a hash or a name are left as they are.
 */
static void
shorten(struct eve *e, const struct fact *o, struct cut *c)
{
	static const struct cut bare = { .elems = MAX_ELEMS, .bare = true };
	static const size_t least[] = { 1024, 128 };
	const size_t n = render(e, o, &bare);

	for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++)
		for (size_t turn = 0; turn <= REST; turn++) {
			size_t low = least[i], high = c->text[turn];

			while (low < high) {
				c->text[turn] = low + (high - low + 1) / 2;
				if (fits(length(e, c, n)))
					low = c->text[turn];
				else
					high = c->text[turn] - 1;
			}
			c->text[turn] = low;
			if (fits(length(e, c, n)))
				return;
		}
}

/* Measure the texts that are to be written.  Returns their length in the line,
 * or SIZE_MAX if there is no memory. */
static size_t
measure(struct eve *e, const struct fact *o)
{
	size_t sum = 0, room;
	struct text *texts;

	e->n_texts = 0;
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;) {
		if (i->str == NULL || !is_written(e, &field_info[i->field]))
			continue;
		if (e->n_texts == e->room) {
			room = 2 * e->room + 64;
			if ((texts = realloc(e->texts, room * sizeof(*texts))) == NULL)
				return SIZE_MAX;
			e->texts = texts;
			e->room = room;
		}
		e->texts[e->n_texts] = (struct text){ i->field, escaped_len(i->str, i->len) };
		sum += e->texts[e->n_texts++].len;
	}
	return sum;
}

struct fact_output *
eve_output(struct eve *e)
{
	return &e->output;
}

void
eve_fact(struct eve *e, const struct fact *o)
{
	struct cut c = { .elems = MAX_ELEMS };
	size_t texts = measure(e, o), n = MAX_LINE;

	if (texts == SIZE_MAX)
		return;
	for (size_t turn = 0; turn <= REST; turn++)
		c.text[turn] = MAX_LINE;
	if (fits(texts))
		n = render(e, o, &c);
	if (!fits(n)) {
		stat_add(e->stats, STAT_LINES_CUT, 1);
		shorten(e, o, &c);
		n = render(e, o, &c);
	}
	/* There are too many elements: the last ones are left out. */
	while (!fits(n) && c.elems > 1) {
		c.elems /= 2;
		n = render(e, o, &c);
	}
	if (n == 0 || !fits(n))
		return;
	e->line[n] = '\n';
	e->write(e->arg, e->line, n + 1);
}

void
eve_detection(struct eve *e, const struct fact *o)
{
	e->alone = true;
	eve_fact(e, o);
	e->alone = false;
}

/* ---- Counters ---- */

static void
put_count(json_t *j, const char *path, uint64_t n)
{
	static const struct cut all = { .elems = 1 };
	const char *key = strrchr(path, '.');
	char object[MAX_KEY];

	snprintf(object, sizeof(object), "%.*s", key != NULL ? (int)(key - path) : 0, path);
	json_object_set_new(object_at(j, object, 0, &all), key != NULL ? key + 1 : path,
	    json_integer((json_int_t)n));
}

void
eve_stats(struct eve *e, const struct eve_totals *t)
{
	json_t *j = json_object(), *stats = json_object();
	char at[64];
	size_t n;

	time_text(t->us, at, sizeof(at));
	json_object_set_new(j, "timestamp", json_string(at));
	json_object_set_new(j, "event_type", json_string("stats"));
	put_sensor(e, j);
	json_object_set_new(j, "stats", stats);
	put_count(stats, "uptime", (uint64_t)t->uptime);
	if (t->kernel) {
		put_count(stats, "capture.kernel_packets", t->received);
		put_count(stats, "capture.kernel_drops", t->dropped);
		put_count(stats, "capture.kernel_ifdrops", t->ifdropped);
	}
	for (size_t i = 0; i < STAT_MAX; i++)
		put_count(stats, stat_path((enum counter)i), e->stats->n[i]);
	put_count(stats, "schedwire.memuse", t->memuse);
	put_count(stats, "schedwire.memuse_peak", t->memuse_peak);
	n = json_dumpb(j, e->line, sizeof(e->line), LAYOUT);
	json_decref(j);
	if (n == 0 || !fits(n))
		return;
	e->line[n] = '\n';
	e->write(e->arg, e->line, n + 1);
}
