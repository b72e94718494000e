/* baseline-none.c -- a build without SQLite: no baseline opens. */
#include "baseline/baseline.h"

void
baseline_terms_init(struct baseline_terms *t)
{
	*t = (struct baseline_terms){ .learning_days = 0 };
}

struct baseline *
baseline_open(const char *path, const struct baseline_terms *terms, bool read_only,
    char *err, size_t errlen)
{
	(void)terms, (void)read_only;
	snprintf(err, errlen, "%s: this schedwire was built without SQLite, so it has no baseline",
	    path);
	return NULL;
}

void
baseline_close(struct baseline *b)
{
	(void)b;
}

void
baseline_look(struct baseline *b, enum baseline_tuple kind, struct view text, int64_t now, struct baseline_usual *u)
{
	(void)b, (void)kind, (void)text, (void)now;
	*u = (struct baseline_usual){ .learning = true };
}

void
baseline_feed(struct baseline *b, enum baseline_tuple kind, struct view text, int64_t now)
{
	(void)b, (void)kind, (void)text, (void)now;
}

void
baseline_tick(struct baseline *b, int64_t now)
{
	(void)b, (void)now;
}

bool
baseline_error(struct baseline *b, char *err, size_t errlen)
{
	(void)b, (void)err, (void)errlen;
	return false;
}

bool
baseline_show(struct baseline *b, FILE *f)
{
	(void)b, (void)f;
	return false;
}

bool
baseline_export(struct baseline *b, FILE *f)
{
	(void)b, (void)f;
	return false;
}

bool
baseline_import(struct baseline *b, FILE *f, char *err, size_t errlen)
{
	(void)b, (void)f;
	snprintf(err, errlen, "this schedwire was built without SQLite");
	return false;
}
