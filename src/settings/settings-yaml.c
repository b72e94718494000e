/*
 * settings-yaml.c -- the configuration file: one walk over it, along one table.
 * A new setting is one row of that table.
 */
#include "settings/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/iso8601.h"
#include "base/limits.h"
#include "settings/yaml-reader.h"

#define DAY	INT64_C(86400000000)
#define MAX_KEY	64	/* bytes of a key that is compared with others for likeness */

/* ---- The table ---- */

enum kind {
	SECTION,		/* "name: value" lines, whose rows follow */
	TEXT,			/* char *, malloc'ed; a list of them: LIST */
	FILE_NAME,		/* the same; a relative one is taken from the file's folder */
	NUMBER,			/* decimal, from least to most */
	CHOICE,			/* one of some words */
	DAY_END,		/* int64_t: the end of a day, in microseconds */
	LIST,			/* char **, NULL-terminated */
	ENTRIES			/* a list of sections: the allow list */
};

struct choice {
	const char	*word;
	int		 value;
};

struct setting {
	const char	*path;
	enum kind	 kind;
	size_t		 offset, size;	/* in struct settings, or in struct allow_entry */
	int64_t		 least, most;
	const struct choice *choices;	/* up to one without a word */
};

/* All that YAML 1.1 has, in lower case. */
static const struct choice booleans[] = {
	{ "true", true }, { "yes", true }, { "on", true },
	{ "false", false }, { "no", false }, { "off", false }, { NULL, 0 },
};

static const struct choice verdicts[] = {
	{ "suspicious", VERDICT_SUSPICIOUS }, { "malicious", VERDICT_MALICIOUS }, { NULL, 0 },
};

static const struct choice actions[] = {
	{ "lower", ALLOW_LOWER }, { "suppress", ALLOW_SUPPRESS }, { NULL, 0 },
};

/* NOLINTBEGIN(bugprone-macro-parentheses): types and members take none. */
#define MEMBER(path_, kind_, type, member) .path = path_, .kind = kind_, \
	.offset = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define SETTING(path, kind, member)	MEMBER(path, kind, struct settings, member)
#define OF_ENTRY(path, kind, member)	MEMBER(path, kind, struct allow_entry, member)
/* NOLINTEND(bugprone-macro-parentheses) */
#define RANGE(low, high)	.least = (low), .most = (high)

static const struct setting table[] = {
	{ SETTING("sensor", TEXT, sensor) },
	{ SETTING("output", FILE_NAME, output) },
	{ SETTING("secrets", FILE_NAME, secrets) },
	{ SETTING("stats", CHOICE, stats), .choices = booleans },
	{ SETTING("anomalies", CHOICE, anomalies), .choices = booleans },

	{ .path = "score", .kind = SECTION },
	{ SETTING("score.suspicious", NUMBER, rules.suspicious), RANGE(1, 100) },
	{ SETTING("score.malicious", NUMBER, rules.malicious), RANGE(1, 100) },
	{ SETTING("score.alert", CHOICE, alert), .choices = verdicts },
	{ SETTING("score.repeat_minutes", NUMBER, repeat_minutes), RANGE(0, 10080) },
	{ SETTING("score.short_lived_seconds", NUMBER, short_lived), RANGE(1, 86400) },
	{ .path = "score.spread", .kind = SECTION },
	{ SETTING("score.spread.hosts", NUMBER, spread_hosts), RANGE(2, 10000) },
	{ SETTING("score.spread.minutes", NUMBER, spread_minutes), RANGE(1, 10080) },

	{ .path = "rules", .kind = SECTION },
#define RULE(id, name, sid, points, group, technique, sentence) \
	{ .path = "rules." name, .kind = SECTION }, \
	{ SETTING("rules." name ".weight", NUMBER, rules.weight[R_##id]), RANGE(-100, 100) }, \
	{ SETTING("rules." name ".enabled", CHOICE, enabled[R_##id]), .choices = booleans },
#include "detect/rules.def"
#undef RULE

	{ .path = "baseline", .kind = SECTION },
	{ SETTING("baseline.file", FILE_NAME, baseline) },
	{ SETTING("baseline.learning_days", NUMBER, baseline_terms.learning_days),
	    RANGE(0, 3650) },
	{ SETTING("baseline.half_life_days", NUMBER, baseline_terms.half_life_days),
	    RANGE(1, 3650) },
	{ SETTING("baseline.known_days", NUMBER, baseline_terms.known_days),
	    RANGE(1, 3650) },
	{ SETTING("baseline.known_span_days", NUMBER, baseline_terms.known_span),
	    RANGE(0, 3650) },
	{ SETTING("baseline.max_tuples", NUMBER, baseline_terms.max_tuples),
	    RANGE(1000, 100000000) },

	{ .path = "allow", .kind = ENTRIES },
	{ OF_ENTRY("allow.comment", TEXT, comment) },
	{ OF_ENTRY("allow.clients", LIST, clients) },
	{ OF_ENTRY("allow.servers", LIST, servers) },
	{ OF_ENTRY("allow.users", LIST, users) },
	{ OF_ENTRY("allow.tasks", LIST, tasks) },
	{ OF_ENTRY("allow.commands", LIST, commands) },
	{ OF_ENTRY("allow.hashes", LIST, hashes) },
	{ OF_ENTRY("allow.action", CHOICE, action), .choices = actions },
	{ OF_ENTRY("allow.expires", DAY_END, expires) },
};

struct walk {
	struct yaml_reader y;
	struct settings	*settings;
	size_t		 line[nitems(table)];	/* where each setting was given; 0: not yet */
	struct allow_entry *entries;
	size_t		 nentries;
};

/* ---- Names ---- */

/* The name of row i as it is written below a section (NULL: at the top of the
 * file), or NULL if it belongs elsewhere. */
static const char *
name_below(const struct setting *section, size_t i)
{
	size_t len = section != NULL ? strlen(section->path) : 0;
	const char *name = table[i].path + len;

	if (section != NULL &&
	    (strncmp(table[i].path, section->path, len) != 0 || *name++ != '.'))
		return NULL;
	return strchr(name, '.') == NULL ? name : NULL;
}

/* Returns the row's number, or nitems(table). */
static size_t
find(const struct setting *section, const char *key)
{
	size_t i;

	for (i = 0; i < nitems(table); i++) {
		const char *name = name_below(section, i);

		if (name != NULL && strcmp(name, key) == 0)
			break;
	}
	return i;
}

/* Levenshtein's: how many letters must be added, removed or changed. */
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
unknown_name(const struct yaml_reader *y, const struct setting *section)
{
	const char *key = yaml_scalar(y), *nearest = NULL;
	size_t best = strlen(key) / 2 + 1;	/* farther ones have nothing in common */

	for (size_t i = 0; i < nitems(table); i++) {
		const char *name = name_below(section, i);
		size_t d = name != NULL ? distance(key, name) : SIZE_MAX;

		if (d < best) {
			best = d;
			nearest = name;
		}
	}
	return yaml_wrong(y, yaml_line(y), nearest != NULL ? "unknown name '%s'; is '%s' meant?" :
	    "unknown name '%s'", key, nearest);
}

/* ---- Values: the current event is one, or begins one ---- */

/* A name without a value, or with one of YAML's words for none. */
static bool
is_null(const struct yaml_reader *y)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	for (size_t i = 0; yaml_scalar(y) != NULL && i < nitems(nulls); i++)
		if (strcmp(yaml_scalar(y), nulls[i]) == 0)
			return true;
	return false;
}

static bool
out_of_memory(const struct walk *w)
{
	return yaml_wrong(&w->y, 0, "out of memory");
}

static void
store(const struct setting *s, void *to, int64_t value)
{
	if (s->size == sizeof(bool))
		*(bool *)to = value != 0;
	else if (s->size == sizeof(int))
		*(int *)to = (int)value;
	else
		*(int64_t *)to = value;
}

static bool
read_text(struct walk *w, const struct setting *s, void *to)
{
	char **text = to;

	(void)s;
	free(*text);
	return (*text = strdup(yaml_scalar(&w->y))) != NULL || out_of_memory(w);
}

static bool
read_file_name(struct walk *w, const struct setting *s, void *to)
{
	const char *name = yaml_scalar(&w->y), *slash = strrchr(w->y.path, '/');
	char **text = to;

	if (*name == '/' || slash == NULL || strcmp(name, "-") == 0)
		return read_text(w, s, to);
	free(*text);
	if (asprintf(text, "%.*s/%s", (int)(slash - w->y.path), w->y.path, name) >= 0)
		return true;
	*text = NULL;
	return out_of_memory(w);
}

static bool
read_number(struct walk *w, const struct setting *s, void *to)
{
	const char *why;
	int64_t n = strtonum(yaml_scalar(&w->y), s->least, s->most, &why);

	if (why != NULL)
		return yaml_wrong(&w->y, yaml_line(&w->y),
		    "%s: '%s' is no number from %lld to %lld", s->path, yaml_scalar(&w->y),
		    (long long)s->least, (long long)s->most);
	store(s, to, n);
	return true;
}

static bool
read_choice(struct walk *w, const struct setting *s, void *to)
{
	char known[128] = "";

	for (const struct choice *c = s->choices; c->word != NULL; c++) {
		if (strcmp(c->word, yaml_scalar(&w->y)) == 0) {
			store(s, to, c->value);
			return true;
		}
		strlcat(known, c == s->choices ? "" : ", ", sizeof(known));
		strlcat(known, c->word, sizeof(known));
	}
	return yaml_wrong(&w->y, yaml_line(&w->y), "%s: '%s' is none of: %s", s->path,
	    yaml_scalar(&w->y), known);
}

static bool
read_day(struct walk *w, const struct setting *s, void *to)
{
	const char *day = yaml_scalar(&w->y);
	char midnight[sizeof("2026-12-31T00:00:00Z")];
	int64_t us;
	bool zoned;

	if (strlen(day) != strlen("2026-12-31") ||
	    snprintf(midnight, sizeof(midnight), "%sT00:00:00Z", day) < 0 ||
	    !iso8601_read(view_str(midnight), &us, &zoned))
		return yaml_wrong(&w->y, yaml_line(&w->y),
		    "%s: '%s' is no day: 2026-12-31 is written like that", s->path, day);
	store(s, to, us + DAY);
	return true;
}

static bool
read_list(struct walk *w, const struct setting *s, void *to)
{
	char ***list = to, **longer;
	size_t n = 0, line = yaml_line(&w->y);

	if (w->y.event.type != YAML_SEQUENCE_START_EVENT)
		return yaml_wrong(&w->y, line, "%s: a list is needed: '- value' lines", s->path);
	while (yaml_next(&w->y) && w->y.event.type != YAML_SEQUENCE_END_EVENT) {
		if (n == MAX_ALLOW_LIST)
			return yaml_wrong(&w->y, line, "%s: more than %u in one list", s->path,
			    MAX_ALLOW_LIST);
		if (yaml_scalar(&w->y) == NULL)
			return yaml_wrong(&w->y, yaml_line(&w->y), "%s: a single value is needed",
			    s->path);
		if ((longer = reallocarray(*list, n + 2, sizeof(**list))) == NULL)
			return out_of_memory(w);
		*list = longer;
		longer[n] = longer[n + 1] = NULL;
		if (!read_text(w, s, &longer[n++]))
			return false;
	}
	if (w->y.event.type != YAML_SEQUENCE_END_EVENT)
		return false;
	return n > 0 || yaml_wrong(&w->y, line, "%s: the list is empty", s->path);
}

/* ---- Sections ---- */

static bool	read_entries(struct walk *, const struct setting *);
static bool	read_section(struct walk *, const struct setting *, void *base);

/* base is the struct that holds s. */
static bool
read_value(struct walk *w, const struct setting *s, void *base)
{
	static bool (*const readers[])(struct walk *, const struct setting *, void *) = {
		[TEXT] = read_text, [FILE_NAME] = read_file_name, [NUMBER] = read_number,
		[CHOICE] = read_choice, [DAY_END] = read_day, [LIST] = read_list,
	};

	if (s->kind != CHOICE && s->kind != LIST && is_null(&w->y))
		return true;
	if (s->kind == SECTION)
		return read_section(w, s, base);
	if (s->kind == ENTRIES)
		return read_entries(w, s);
	if (s->kind != LIST && yaml_scalar(&w->y) == NULL)
		return yaml_wrong(&w->y, yaml_line(&w->y), "%s: a single value is needed", s->path);
	return readers[s->kind](w, s, (char *)base + s->offset);
}

/* The lines of a section, or (NULL) of the whole file. */
static bool
read_section(struct walk *w, const struct setting *section, void *base)
{
	struct yaml_reader *y = &w->y;
	size_t i;

	if (y->event.type != YAML_MAPPING_START_EVENT)
		return yaml_wrong(y, yaml_line(y), "%s: 'name: value' lines are needed",
		    section != NULL ? section->path : "the file");
	while (yaml_next(y) && y->event.type != YAML_MAPPING_END_EVENT) {
		if (yaml_scalar(y) == NULL)
			return yaml_wrong(y, yaml_line(y), "a key is no text");
		if ((i = find(section, yaml_scalar(y))) == nitems(table))
			return unknown_name(y, section);
		if (w->line[i] != 0)
			return yaml_wrong(y, yaml_line(y), "%s is there twice", table[i].path);
		w->line[i] = yaml_line(y);
		if (!yaml_next(y) || !read_value(w, &table[i], base))
			return false;
	}
	return y->event.type == YAML_MAPPING_END_EVENT;
}

static bool
read_entry(struct walk *w, const struct setting *s, struct allow_entry *e)
{
	size_t line = yaml_line(&w->y);
	char why[512];

	for (size_t i = 0; i < nitems(table); i++)
		if (name_below(s, i) != NULL)
			w->line[i] = 0;
	return read_section(w, s, e) && (allow_check(e, why, sizeof(why)) ||
	    yaml_wrong(&w->y, line, "%s: %s", s->path, why));
}

static bool
read_entries(struct walk *w, const struct setting *s)
{
	struct yaml_reader *y = &w->y;
	size_t line = yaml_line(y);

	if (y->event.type != YAML_SEQUENCE_START_EVENT)
		return yaml_wrong(y, line, "%s: a list is needed: '- value' lines", s->path);
	if ((w->entries = calloc(MAX_ALLOW, sizeof(*w->entries))) == NULL)
		return out_of_memory(w);
	while (yaml_next(y) && y->event.type != YAML_SEQUENCE_END_EVENT) {
		struct allow_entry *e = &w->entries[w->nentries];

		if (w->nentries == MAX_ALLOW)
			return yaml_wrong(y, line, "%s: more than %u in one list", s->path,
			    MAX_ALLOW);
		w->nentries++;
		e->action = ALLOW_LOWER;
		if (!read_entry(w, s, e))
			return false;
	}
	return y->event.type == YAML_SEQUENCE_END_EVENT;
}

/* ---- The file ---- */

static bool
read_document(struct walk *w)
{
	struct yaml_reader *y = &w->y;

	while (y->event.type != YAML_STREAM_END_EVENT) {
		if (!yaml_next(y))
			return false;
		if (y->event.type == YAML_DOCUMENT_START_EVENT && (!yaml_next(y) ||
		    !(is_null(y) || read_section(w, NULL, w->settings))))
			return false;
	}
	return true;
}

/* What can be told only of all of it. */
static bool
finish(struct walk *w)
{
	struct rule_set *rules = &w->settings->rules;
	size_t suspicious = w->line[find(&table[find(NULL, "score")], "suspicious")];
	size_t malicious = w->line[find(&table[find(NULL, "score")], "malicious")];

	if (rules->suspicious > rules->malicious)
		return yaml_wrong(&w->y, malicious > suspicious ? malicious : suspicious,
		    "score: malicious (%d) is less than suspicious (%d)", rules->malicious,
		    rules->suspicious);
	for (size_t i = 0; i < R_MAX; i++)
		if (!w->settings->enabled[i])
			rules->weight[i] = 0;
	if (w->nentries == 0)
		return true;
	allow_free(w->settings->allow);
	w->settings->allow = allow_new(w->entries, w->nentries, w->y.err, w->y.errlen);
	w->entries = NULL;
	w->nentries = 0;
	return w->settings->allow != NULL;
}

bool
settings_read(struct settings *s, const char *path, char *err, size_t errlen)
{
	struct walk w = { .settings = s };
	bool good = yaml_open(&w.y, path, err, errlen) && read_document(&w) && finish(&w);

	for (size_t i = 0; i < w.nentries; i++)
		allow_entry_free(&w.entries[i]);
	free(w.entries);
	yaml_close(&w.y);
	return good;
}
