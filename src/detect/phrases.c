#include "detect/phrases.h"

#include <threads.h>

#include "detect/pattern.h"

static const struct row {
	const char	*pattern;
	enum rule	 rule;
} rows[] = {
#define PHRASE(pattern, rule) { pattern, R_##rule },
#include "detect/phrases.def"
#undef PHRASE
};

/* Made of rows by the first caller, and never changed then. */
static struct pattern_table table;
static once_flag table_made = ONCE_FLAG_INIT;

static void
make_table(void)
{
	for (size_t i = 0; i < nitems(rows); i++)
		pattern_add(&table, rows[i].pattern);
}

void
phrases_judge(struct findings *f, struct view text)
{
	struct pattern_text t;
	struct view detail;

	if (text.len == 0)
		return;
	call_once(&table_made, make_table);
	pattern_read(&t, &table, text);
	for (size_t i = 0; i < nitems(rows); i++)
		if (!f->has[rows[i].rule] && pattern_holds(&t, i, &detail))
			found(f, rows[i].rule, detail);
}
