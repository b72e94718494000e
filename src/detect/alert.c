#include "detect/alert.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/limits.h"
#include "base/table.h"

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
	struct table_entry entry;	/* by key */
	char		 key[65];
	int64_t		 since;
	unsigned int	 n;
};

static const struct table_kind past_alert_kind = {
	.limit = MAX_ALERTS_TOLD, .counter = STAT_ALERTS_LIMIT
};

struct alerts {
	int64_t		 window;
	struct table	 table;
};

struct alerts *
alerts_new(struct stats *stats, struct budget *b, int64_t window)
{
	struct alerts *a = budget_calloc(b, 1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->window = window;
	table_init(&a->table, &past_alert_kind, b, stats);
	return a;
}

void
alerts_free(struct alerts *a)
{
	if (a == NULL)
		return;
	table_clear(&a->table);
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
	struct past_alert *t;
	char key[65];

	if (!key_of(o, lead, key))
		return 1;
	if ((t = table_find(&a->table, (struct table_key){ 0, view_bytes(key) })) != NULL) {
		/* The next capture may be older by years. */
		if (o->at.us - t->since < a->window && t->since - o->at.us < a->window)
			return ++t->n;
		table_drop(&a->table, &t->entry);
	}
	if ((t = table_add(&a->table, sizeof(*t), view_bytes(o->peers.hosts))) == NULL)
		return 1;
	memcpy(t->key, key, sizeof(t->key));
	t->since = o->at.us;
	t->n = 1;
	table_set_key(&a->table, &t->entry, (struct table_key){ 0, view_bytes(t->key) });
	return 1;
}
