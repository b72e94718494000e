#include "settings/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/iso8601.h"
#include "settings/yamlfile.h"

#define DAY	INT64_C(86400000000)

/* ---- The file as it stands ---- */

/* NULL is what it does not say.  Numbers are texts: libcyaml would read 010 as
 * eight. */
struct file_rule {
	char	*weight;
	bool	*enabled;
};

struct file_rules {
	struct file_rule *of[R_MAX];
};

struct file_spread {
	char	*hosts, *minutes;
};

struct file_score {
	char		*suspicious, *malicious;
	enum verdict	*alert;
	char		*repeat_minutes, *short_lived_seconds;
	struct file_spread *spread;
};

struct file_baseline {
	char	*file;
	char	*learning_days, *half_life_days, *known_days, *known_span_days, *max_tuples;
};

struct file_entry {
	char		*comment;
	char		**clients, **servers, **users, **tasks, **commands, **hashes;
	unsigned int	 clients_count, servers_count, users_count, tasks_count, commands_count,
			 hashes_count;
	enum allow_action *action;
	char		*expires;
};

struct file {
	char		*sensor, *output, *secrets;
	bool		*stats, *anomalies;
	struct file_score *score;
	struct file_rules *rules;
	struct file_baseline *baseline;
	struct file_entry *allow;
	unsigned int	 allow_count;
};

/* ---- Its schema ---- */

#define MAY_BE	(CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER_NULL_STR)
#define MAY_LIST (CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER)	/* what is in it may not be left out */
#define ONE_OF	(CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER | CYAML_FLAG_STRICT)

#define TEXT(s, key) \
	CYAML_FIELD_STRING_PTR(#key, MAY_BE, struct s, key, 0, CYAML_UNLIMITED)
#define CHOICE(s, key, choices) \
	CYAML_FIELD_ENUM_PTR(#key, ONE_OF, struct s, key, choices, CYAML_ARRAY_LEN(choices))
#define SECTION(s, key) \
	CYAML_FIELD_MAPPING_PTR(#key, MAY_BE, struct s, key, key##_fields)
#define LIST(s, key) \
	CYAML_FIELD_SEQUENCE(#key, MAY_LIST, struct s, key, &pattern, 1, MAX_ALLOW_LIST)

/* YAML 1.1 has all of these. */
static const cyaml_strval_t booleans[] = {
	{ "true", true }, { "yes", true }, { "on", true },
	{ "false", false }, { "no", false }, { "off", false },
};

static const cyaml_strval_t verdicts[] = {
	{ "suspicious", VERDICT_SUSPICIOUS }, { "malicious", VERDICT_MALICIOUS },
};

static const cyaml_strval_t actions[] = {
	{ "lower", ALLOW_LOWER }, { "suppress", ALLOW_SUPPRESS },
};

static const cyaml_schema_field_t rule_fields[] = {
	TEXT(file_rule, weight),
	CHOICE(file_rule, enabled, booleans),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t rules_fields[] = {
#define RULE(id, name, sid, weight, group, technique, sentence) \
	CYAML_FIELD_MAPPING_PTR(name, MAY_BE, struct file_rules, of[R_##id], rule_fields),
#include "detect/rules.def"
#undef RULE
	CYAML_FIELD_END
};

static const cyaml_schema_field_t spread_fields[] = {
	TEXT(file_spread, hosts),
	TEXT(file_spread, minutes),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t score_fields[] = {
	TEXT(file_score, suspicious),
	TEXT(file_score, malicious),
	CHOICE(file_score, alert, verdicts),
	TEXT(file_score, repeat_minutes),
	TEXT(file_score, short_lived_seconds),
	SECTION(file_score, spread),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t baseline_fields[] = {
	TEXT(file_baseline, file),
	TEXT(file_baseline, learning_days),
	TEXT(file_baseline, half_life_days),
	TEXT(file_baseline, known_days),
	TEXT(file_baseline, known_span_days),
	TEXT(file_baseline, max_tuples),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t pattern = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED)
};

static const cyaml_schema_field_t entry_fields[] = {
	TEXT(file_entry, comment),
	LIST(file_entry, clients),
	LIST(file_entry, servers),
	LIST(file_entry, users),
	LIST(file_entry, tasks),
	LIST(file_entry, commands),
	LIST(file_entry, hashes),
	CHOICE(file_entry, action, actions),
	TEXT(file_entry, expires),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t entry = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_entry, entry_fields)
};

static const cyaml_schema_field_t file_fields[] = {
	TEXT(file, sensor),
	TEXT(file, output),
	TEXT(file, secrets),
	CHOICE(file, stats, booleans),
	CHOICE(file, anomalies, booleans),
	SECTION(file, score),
	SECTION(file, rules),
	SECTION(file, baseline),
	CYAML_FIELD_SEQUENCE("allow", MAY_BE, struct file, allow, &entry, 0, MAX_ALLOW),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, file_fields)
};

/* ---- What it means ---- */

struct script_listener {
	struct yamlfile	*y;
	const char	*path;
	char		*err;
	size_t		 errlen;
};

/* Whole numbers in decimal.  Leaves n as it is where the file says none. */
static bool
number(struct script_listener *r, const char *place, const char *text, int64_t least, int64_t most,
    int64_t *n)
{
	const char *why;
	int64_t got;

	if (text == NULL)
		return true;
	got = strtonum(text, least, most, &why);
	if (why != NULL)
		return yamlfile_wrong(r->y, place, r->err, r->errlen,
		    "%s: '%s' is no number from %lld to %lld", place, text, (long long)least,
		    (long long)most);
	*n = got;
	return true;
}

static bool
count(struct script_listener *r, const char *place, const char *text, unsigned int least,
    unsigned int most, unsigned int *n)
{
	int64_t got = *n;

	if (!number(r, place, text, least, most, &got))
		return false;
	*n = (unsigned int)got;
	return true;
}

static bool
out_of_memory(struct script_listener *r)
{
	snprintf(r->err, r->errlen, "%s: out of memory", r->path);
	return false;
}

static bool
text(struct script_listener *r, const char *from, char **to)
{
	if (from == NULL)
		return true;
	free(*to);
	return (*to = strdup(from)) != NULL || out_of_memory(r);
}

/* A relative one begins where the configuration lies. */
static bool
file_name(struct script_listener *r, const char *from, char **to)
{
	const char *slash = strrchr(r->path, '/');
	char *name;

	if (from == NULL || *from == '/' || slash == NULL || strcmp(from, "-") == 0)
		return text(r, from, to);
	if (asprintf(&name, "%.*s/%s", (int)(slash - r->path), r->path, from) < 0)
		return out_of_memory(r);
	free(*to);
	*to = name;
	return true;
}

static bool
take_score(struct script_listener *r, const struct file_score *f, struct settings *s)
{
	int64_t suspicious = s->rules.suspicious, malicious = s->rules.malicious;

	if (f == NULL)
		return true;
	if (!number(r, "score.suspicious", f->suspicious, 1, 100, &suspicious) ||
	    !number(r, "score.malicious", f->malicious, 1, 100, &malicious))
		return false;
	if (suspicious > malicious)
		return yamlfile_wrong(r->y, f->malicious != NULL ? "score.malicious" :
		    "score.suspicious", r->err, r->errlen,
		    "score: malicious (%d) is less than suspicious (%d)", (int)malicious,
		    (int)suspicious);
	s->rules.suspicious = (int)suspicious;
	s->rules.malicious = (int)malicious;
	if (f->alert != NULL)
		s->alert = *f->alert;
	return count(r, "score.repeat_minutes", f->repeat_minutes, 0, 10080, &s->repeat_minutes) &&
	    count(r, "score.short_lived_seconds", f->short_lived_seconds, 1, 86400,
	    &s->short_lived) &&
	    (f->spread == NULL ||
	    (count(r, "score.spread.hosts", f->spread->hosts, 2, 10000, &s->spread_hosts) &&
	    count(r, "score.spread.minutes", f->spread->minutes, 1, 10080, &s->spread_minutes)));
}

static bool
take_rule(struct script_listener *r, const struct file_rule *f, enum rule rule, struct rule_set *set)
{
	int64_t weight = set->weight[rule];
	char place[128];

	if (f == NULL)
		return true;
	snprintf(place, sizeof(place), "rules.%s.weight", rule_info[rule].name);
	if (!number(r, place, f->weight, -100, 100, &weight))
		return false;
	set->weight[rule] = f->enabled != NULL && !*f->enabled ? 0 : (int)weight;
	return true;
}

static bool
take_rules(struct script_listener *r, const struct file_rules *f, struct rule_set *set)
{
	if (f == NULL)
		return true;
	for (enum rule rule = 0; rule < R_MAX; rule++)
		if (!take_rule(r, f->of[rule], rule, set))
			return false;
	return true;
}

static bool
take_baseline(struct script_listener *r, const struct file_baseline *f, struct settings *s)
{
	struct baseline_terms *t = &s->baseline_terms;
	int64_t tuples = (int64_t)t->max_tuples;

	if (f == NULL)
		return true;
	if (!file_name(r, f->file, &s->baseline) ||
	    !count(r, "baseline.learning_days", f->learning_days, 0, 3650, &t->learning_days) ||
	    !count(r, "baseline.half_life_days", f->half_life_days, 1, 3650, &t->half_life_days) ||
	    !count(r, "baseline.known_days", f->known_days, 1, 3650, &t->known_days) ||
	    !count(r, "baseline.known_span_days", f->known_span_days, 0, 3650, &t->known_span) ||
	    !number(r, "baseline.max_tuples", f->max_tuples, 1000, 100000000, &tuples))
		return false;
	t->max_tuples = (uint64_t)tuples;
	return true;
}

/* ---- The allow list ---- */

static bool
take_list(struct script_listener *r, char *const *from, unsigned int n, char ***to)
{
	if (from == NULL)
		return true;
	if ((*to = calloc((size_t)n + 1, sizeof(**to))) == NULL)
		return out_of_memory(r);
	for (unsigned int i = 0; i < n; i++)
		if (!text(r, from[i], &(*to)[i]))
			return false;
	return true;
}

/* A day, to its end. */
static bool
take_day(struct script_listener *r, const char *place, const char *day, int64_t *us)
{
	char midnight[sizeof("2026-12-31T00:00:00Z")];
	bool zoned;

	if (day == NULL)
		return true;
	if (strlen(day) != strlen("2026-12-31") ||
	    snprintf(midnight, sizeof(midnight), "%sT00:00:00Z", day) < 0 ||
	    !iso8601_read(view_str(midnight), us, &zoned))
		return yamlfile_wrong(r->y, place, r->err, r->errlen,
		    "expires: '%s' is no day: 2026-12-31 is written like that", day);
	*us += DAY;
	return true;
}

static bool
take_entry(struct script_listener *r, const struct file_entry *f, unsigned int i, struct allow_entry *e)
{
	char place[64], why[512];

	snprintf(place, sizeof(place), "allow.%u.expires", i);
	e->action = f->action != NULL ? *f->action : ALLOW_LOWER;
	if (!text(r, f->comment, &e->comment) ||
	    !take_list(r, f->clients, f->clients_count, &e->clients) ||
	    !take_list(r, f->servers, f->servers_count, &e->servers) ||
	    !take_list(r, f->users, f->users_count, &e->users) ||
	    !take_list(r, f->tasks, f->tasks_count, &e->tasks) ||
	    !take_list(r, f->commands, f->commands_count, &e->commands) ||
	    !take_list(r, f->hashes, f->hashes_count, &e->hashes) ||
	    !take_day(r, place, f->expires, &e->expires))
		return false;
	if (allow_check(e, why, sizeof(why)))
		return true;
	snprintf(place, sizeof(place), "allow.%u", i);
	return yamlfile_wrong(r->y, place, r->err, r->errlen, "allow: %s", why);
}

static bool
take_allow(struct script_listener *r, const struct file *f, struct settings *s)
{
	struct allow_entry *e;
	bool good = true;

	if (f->allow_count == 0)
		return true;
	if ((e = calloc(f->allow_count, sizeof(*e))) == NULL)
		return out_of_memory(r);
	for (unsigned int i = 0; i < f->allow_count && good; i++)
		good = take_entry(r, &f->allow[i], i, &e[i]);
	if (good) {
		allow_free(s->allow);
		s->allow = allow_new(e, f->allow_count, r->err, r->errlen);
		return s->allow != NULL;
	}
	for (unsigned int i = 0; i < f->allow_count; i++)
		allow_entry_free(&e[i]);
	free(e);
	return false;
}

static bool
take(struct script_listener *r, const struct file *f, struct settings *s)
{
	if (f->stats != NULL)
		s->stats = *f->stats;
	if (f->anomalies != NULL)
		s->anomalies = *f->anomalies;
	return text(r, f->sensor, &s->sensor) && file_name(r, f->output, &s->output) &&
	    file_name(r, f->secrets, &s->secrets) && take_score(r, f->score, s) &&
	    take_rules(r, f->rules, &s->rules) && take_baseline(r, f->baseline, s) &&
	    take_allow(r, f, s);
}

bool
settings_read(struct settings *s, const char *path, char *err, size_t errlen)
{
	struct script_listener r = { .path = path, .err = err, .errlen = errlen };
	void *data;
	bool good;

	if ((r.y = yamlfile_open(path, err, errlen)) == NULL)
		return false;
	good = yamlfile_load(r.y, &schema, &data, err, errlen) &&
	    (data == NULL || take(&r, data, s));
	yamlfile_free(&schema, data);
	yamlfile_close(r.y);
	return good;
}
