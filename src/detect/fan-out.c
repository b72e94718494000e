#include "detect/fan-out.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/table.h"
#include "detect/template.h"

/* One command of one client. */
struct same {
	struct table_entry entry;	/* by what */
	struct {
		struct addr	 client;
		char		 definition[65];	/* the hash of its template, in hex */
	}		 what;
	struct {
		struct addr	 addr;
		int64_t		 at;
	}		 servers[MAX_FAN_OUT_HOSTS];
	unsigned int	 n;
};

static const struct table_kind same_kind = {
	.limit = MAX_FAN_OUTS, .counter = STAT_CHAINS_LIMIT
};

struct fan_out {
	struct budget	*b;
	int64_t		 window;
	struct table	 table;
};

struct fan_out *
fan_out_new(struct stats *stats, struct budget *b, int64_t window)
{
	struct fan_out *s = budget_calloc(b, 1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->b = b;
	s->window = window;
	table_init(&s->table, &same_kind, b, stats);
	return s;
}

void
fan_out_free(struct fan_out *s)
{
	if (s == NULL)
		return;
	table_clear(&s->table);
	budget_free(s);
}

/* Tools give tasks and files random names: the template of the command stays the
 * same.  Returns false when it is not known what the task runs. */
static bool
definition(const struct fact *o, struct budget *b, char what[65])
{
	const char *line = fact_get(o, F_ACT_COMMAND_LINE), *class_id = fact_get(o, F_ACT_CLASS_ID);
	struct buf template;
	bool whole;

	if (line == NULL && class_id == NULL)
		return false;
	buf_init(&template, b, MAX_LINE);
	whole = command_template(view_upto(view_str(line != NULL ? line : class_id), 0,
	    MAX_LINE / 4), &template) && template.len > 0;
	sha256_hex(buf_view(&template), what);
	buf_free(&template);
	return whole;
}

/* Remembers the server, in place of the oldest one when all places are taken. */
static void
add_server(struct same *e, const struct fact *o)
{
	unsigned int at = 0;

	for (unsigned int i = 0; i < e->n; i++) {
		if (addr_eq(&e->servers[i].addr, &o->peers.server)) {
			at = i;
			break;
		}
		if (e->servers[i].at < e->servers[at].at)
			at = i;
		if (i + 1 == e->n && e->n < MAX_FAN_OUT_HOSTS)
			at = e->n;
	}
	if (at == e->n)
		e->n++;
	e->servers[at].addr = o->peers.server;
	e->servers[at].at = o->at.us;
}

unsigned int
fan_out_put(struct fan_out *s, const struct fact *o)
{
	struct same like = { .what = { .client = o->peers.client } }, *e;
	const struct table_key key = { 0, view_bytes(like.what) };
	unsigned int n = 0;

	if (!definition(o, s->b, like.what.definition))
		return 1;
	if ((e = table_find(&s->table, key)) != NULL) {
		table_touch(&s->table, &e->entry);
	} else {
		if ((e = table_add(&s->table, sizeof(*e), view_bytes(o->peers.hosts))) == NULL)
			return 1;
		e->what = like.what;
		table_set_key(&s->table, &e->entry, (struct table_key){ 0, view_bytes(e->what) });
	}
	add_server(e, o);
	for (unsigned int i = 0; i < e->n; i++)
		if (o->at.us - e->servers[i].at < s->window)
			n++;
	return n;
}
