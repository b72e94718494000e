#include "detect/fan-out.h"

#include <sys/queue.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/rb.h"
#include "detect/template.h"

/* One command of one client. */
struct same {
	RB_ENTRY(same)	 link;
	TAILQ_ENTRY(same) age;		/* the latest last */
	struct addr	 client;
	char		 what[65];	/* the hash of its template, in hex */
	struct {
		struct addr	 addr;
		int64_t		 at;
	}		 servers[MAX_FAN_OUT_HOSTS];
	unsigned int	 n;
};

static int
same_cmp(const struct same *a, const struct same *b)
{
	int order = addr_cmp(&a->client, &b->client);

	return order != 0 ? order : memcmp(a->what, b->what, sizeof(a->what));
}

RB_HEAD(sametree, same);
RB_STATIC(sametree, same, link, same_cmp)

struct fan_out {
	struct stats	*stats;
	struct budget	*b;
	int64_t		 window;
	struct sametree	 tree;
	TAILQ_HEAD(, same) ages;
	unsigned int	 n;
};

struct fan_out *
fan_out_new(struct stats *stats, struct budget *b, int64_t window)
{
	struct fan_out *s = budget_calloc(b, 1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->stats = stats;
	s->b = b;
	s->window = window;
	RB_INIT(&s->tree);
	TAILQ_INIT(&s->ages);
	return s;
}

static void
forget(struct fan_out *s, struct same *e)
{
	RB_REMOVE(sametree, &s->tree, e);
	TAILQ_REMOVE(&s->ages, e, age);
	s->n--;
	budget_free(e);
}

void
fan_out_free(struct fan_out *s)
{
	if (s == NULL)
		return;
	while (!TAILQ_EMPTY(&s->ages))
		forget(s, TAILQ_FIRST(&s->ages));
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
	struct same like = { .client = o->peers.client }, *e;
	unsigned int n = 0;

	if (!definition(o, s->b, like.what))
		return 1;
	if ((e = RB_FIND(sametree, &s->tree, &like)) == NULL) {
		if (s->n >= MAX_FAN_OUTS) {
			stat_add(s->stats, STAT_CHAINS_LIMIT, 1);
			forget(s, TAILQ_FIRST(&s->ages));
		}
		if ((e = budget_calloc(s->b, 1, sizeof(*e))) == NULL)
			return 1;
		e->client = like.client;
		memcpy(e->what, like.what, sizeof(e->what));
		RB_INSERT(sametree, &s->tree, e);
		s->n++;
	} else
		TAILQ_REMOVE(&s->ages, e, age);
	TAILQ_INSERT_TAIL(&s->ages, e, age);
	add_server(e, o);
	for (unsigned int i = 0; i < e->n; i++)
		if (o->at.us - e->servers[i].at < s->window)
			n++;
	return n;
}
