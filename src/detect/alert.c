#include "detect/alert.h"

#include <sys/queue.h>

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/rb.h"

/* ---- The object ---- */

static void
add_once(struct fact *o, enum field f, const char *s)
{
	if (!fact_has(o, f, view_str(s)))
		fact_str(o, f, s);
}

static void
add_technique(struct fact *o, const char *id)
{
	const struct technique *t = technique_find(id);

	if (t == NULL)
		return;
	add_once(o, F_ALERT_TECHNIQUE_ID, t->id);
	add_once(o, F_ALERT_TECHNIQUE, t->name);
	add_once(o, F_ALERT_TACTIC_ID, t->tactic_id);
	add_once(o, F_ALERT_TACTIC, t->tactic);
}

/* The technique of any such task or command, by its route. */
static const char *
technique_of(const struct fact *o)
{
	const char *route = fact_get(o, F_ROUTE);
	const char *interface = fact_get(o, F_RPC_IFACE);

	if (o->kind == FACT_COMMAND)
		return route != NULL && strcmp(route, "wmi") == 0 ? "T1047" :
		    route != NULL && strcmp(route, "service") == 0 ? "T1569.002" : "T1021.006";
	return interface != NULL && strcmp(interface, "ATSvc") == 0 ? "T1053.002" : "T1053.005";
}

void
alert_set(struct fact *o, const struct findings *f, const struct rule_set *rules)
{
	enum rule lead = findings_lead(f, rules);
	enum verdict verdict = verdict_of(findings_score(f, rules), rules);
	char signature[192];

	if (lead == R_MAX)
		return;
	snprintf(signature, sizeof(signature), "SCHEDWIRE remote %s: %s",
	    o->kind == FACT_COMMAND ? "command" : "scheduled task", rule_info[lead].sentence);
	fact_str(o, F_ALERT_ACTION, "allowed");
	fact_int(o, F_ALERT_GID, 1);
	fact_int(o, F_ALERT_SID, rule_info[lead].sid);
	fact_int(o, F_ALERT_REV, 1);
	fact_str(o, F_ALERT_SIGNATURE, signature);
	fact_str(o, F_ALERT_CATEGORY, verdict == VERDICT_MALICIOUS ?
	    "Attempted Administrator Privilege Gain" : "Potentially Bad Traffic");
	fact_int(o, F_ALERT_SEVERITY, verdict == VERDICT_MALICIOUS ? 1 :
	    verdict == VERDICT_SUSPICIOUS ? 2 : 3);
	add_technique(o, technique_of(o));
	for (enum rule r = 0; r < R_MAX; r++)
		if (f->has[r] && rules->weight[r] > 0)
			add_technique(o, rule_info[r].technique);
}

/* ---- Repeats ---- */

struct past_alert {
	RB_ENTRY(past_alert)	 link;
	char		 key[65];
	TAILQ_ENTRY(past_alert) age;		/* the oldest first */
	int64_t		 since;
	unsigned int	 n;
};

static int
past_alert_cmp(const struct past_alert *a, const struct past_alert *b)
{
	return memcmp(a->key, b->key, sizeof(a->key));
}

RB_HEAD(alert_tree, past_alert);
RB_STATIC(alert_tree, past_alert, link, past_alert_cmp)

struct alerts {
	struct stats	*stats;
	struct budget	*b;
	int64_t		 window;
	struct alert_tree	 tree;
	TAILQ_HEAD(, past_alert) ages;
	unsigned int	 n;
};

struct alerts *
alerts_new(struct stats *stats, struct budget *b, int64_t window)
{
	struct alerts *a = budget_calloc(b, 1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->stats = stats;
	a->b = b;
	a->window = window;
	RB_INIT(&a->tree);
	TAILQ_INIT(&a->ages);
	return a;
}

static void
forget(struct alerts *a, struct past_alert *t)
{
	RB_REMOVE(alert_tree, &a->tree, t);
	TAILQ_REMOVE(&a->ages, t, age);
	a->n--;
	budget_free(t);
}

void
alerts_free(struct alerts *a)
{
	struct past_alert *t;

	if (a == NULL)
		return;
	while ((t = TAILQ_FIRST(&a->ages)) != NULL)
		forget(a, t);
	budget_free(a);
}

/* Returns false when there is nothing to compare the fact by. */
static bool
key_of(const struct fact *o, enum rule lead, char key[65])
{
	static const enum field of_task[] = { F_NAME, F_ACT_COMMAND_LINE, F_XML_SHA256 };
	static const enum field of_command[] = { F_CMD_LINE, F_CMD_SCRIPT };
	const bool command = o->kind == FACT_COMMAND;
	const enum field *fields = command ? of_command : of_task;
	const char *what = NULL;
	struct {
		struct addr	 client, server;
		uint32_t	 sid;
		char		 what[65];
	} same;

	for (size_t i = 0; what == NULL && i < (command ? nitems(of_command) : nitems(of_task)); i++)
		what = fact_get(o, fields[i]);
	if (what == NULL)
		return false;
	memset(&same, 0, sizeof(same));
	memcpy(same.client.b, o->peers.client.b, sizeof(same.client.b));
	memcpy(same.server.b, o->peers.server.b, sizeof(same.server.b));
	same.sid = lead < R_MAX ? rule_info[lead].sid : 0;
	sha256_hex(view_str(what), same.what);
	sha256_hex((struct view){ (const uint8_t *)&same, sizeof(same) }, key);
	return true;
}

unsigned int
alerts_count(struct alerts *a, const struct fact *o, enum rule lead)
{
	struct past_alert like, *t;

	if (!key_of(o, lead, like.key))
		return 1;
	if ((t = RB_FIND(alert_tree, &a->tree, &like)) != NULL) {
		/* The next capture may be older by years. */
		if (o->at.us - t->since < a->window && t->since - o->at.us < a->window)
			return ++t->n;
		forget(a, t);
	}
	if (a->n >= MAX_ALERTS_TOLD) {
		stat_add(a->stats, STAT_ALERTS_LIMIT, 1);
		forget(a, TAILQ_FIRST(&a->ages));
	}
	if ((t = budget_calloc(a->b, 1, sizeof(*t))) == NULL)
		return 1;
	memcpy(t->key, like.key, sizeof(t->key));
	t->since = o->at.us;
	t->n = 1;
	RB_INSERT(alert_tree, &a->tree, t);
	TAILQ_INSERT_TAIL(&a->ages, t, age);
	a->n++;
	return 1;
}
