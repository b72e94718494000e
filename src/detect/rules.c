#include "detect/rules.h"

#include <string.h>

#include "base/decode-text.h"

const struct rule_info rule_info[R_MAX] = {
#define RULE(id, name, sid, weight, group, technique, sentence) \
	[R_##id] = { name, sid, weight, GROUP_##group, technique, sentence },
#include "detect/rules.def"
#undef RULE
};

/*
 * How much a group may add.  No one reason of NAME, DEFINITION and CONTEXT is
 * rare in deployment tools, nor are all of them together: they stay below any
 * threshold without what the task runs.
 */
static const int limits[RULE_GROUPS] = {
	[GROUP_COMMAND] = 100, [GROUP_NAME] = 60, [GROUP_DEFINITION] = 15,
	[GROUP_CHAIN] = 100, [GROUP_CONTEXT] = 20,
};

int
rule_limit(enum rule_group g)
{
	return limits[g];
}

void
rule_set_init(struct rule_set *s)
{
	for (enum rule r = 0; r < R_MAX; r++)
		s->weight[r] = rule_info[r].weight;
	s->suspicious = 40;
	s->malicious = 70;
}

void
findings_init(struct findings *f)
{
	memset(f, 0, sizeof(*f));
	f->used = 1;		/* text begins with the empty one */
}

void
found(struct findings *f, enum rule r, struct view detail)
{
	if (f->has[r])
		return;
	f->has[r] = true;
	detail = text_upto(detail, MAX_DETAIL);
	if (detail.len == 0 || detail.len + 1 > sizeof(f->text) - f->used)
		return;
	f->at[r] = f->used;
	memcpy(f->text + f->used, detail.p, detail.len);
	f->text[f->used + detail.len] = '\0';
	f->used = (uint16_t)(f->used + detail.len + 1);
}

bool
found_any(const struct findings *f)
{
	return memchr(f->has, 1, sizeof(f->has)) != NULL;
}

const char *
found_detail(const struct findings *f, enum rule r)
{
	return f->text + f->at[r];
}

int
findings_score(const struct findings *f, const struct rule_set *s)
{
	int sum[RULE_GROUPS] = { 0 }, score = 0;

	for (enum rule r = 0; r < R_MAX; r++)
		if (f->has[r])
			sum[rule_info[r].group] += s->weight[r];
	for (enum rule_group g = 0; g < GROUP_LOWER; g++)
		score += sum[g] < limits[g] ? sum[g] : limits[g];
	score = score > 100 ? 100 : score;
	score += sum[GROUP_LOWER];
	return score < 0 ? 0 : score > 100 ? 100 : score;
}

enum verdict
verdict_of(int score, const struct rule_set *s)
{
	return score >= s->malicious ? VERDICT_MALICIOUS :
	    score >= s->suspicious ? VERDICT_SUSPICIOUS : VERDICT_BENIGN;
}

enum rule
findings_lead(const struct findings *f, const struct rule_set *s)
{
	enum rule lead = R_MAX;

	for (enum rule r = 0; r < R_MAX; r++)
		if (f->has[r] && s->weight[r] > 0 && rule_info[r].group != GROUP_LOWER &&
		    (lead == R_MAX || s->weight[r] > s->weight[lead]))
			lead = r;
	return lead;
}

/* ---- MITRE ATT&CK ---- */

static const struct technique techniques[] = {
#define TECHNIQUE(id, name, tactic_id, tactic) { id, name, tactic_id, tactic },
#include "detect/attack.def"
#undef TECHNIQUE
};

const struct technique *
technique_find(const char *id)
{
	for (size_t i = 0; i < nitems(techniques); i++)
		if (strcmp(techniques[i].id, id) == 0)
			return &techniques[i];
	return NULL;
}
