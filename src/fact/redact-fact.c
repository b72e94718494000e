#include "fact/redact-fact.h"

#include "fact/redact.h"

/* Mask one text.  Returns true if there was a password in it. */
static bool
mask(struct fact *o, const struct fact_item *i)
{
	struct buf out;
	bool ok;

	/* Each "***" may stand for a single character. */
	buf_init(&out, fact_budget(o), 3 * i->len);
	if (!redact((struct view){ (const uint8_t *)i->str, i->len }, &out))
		return false;
	ok = out.len > 0 && fact_change(o, i, buf_view(&out));
	buf_free(&out);
	if (!ok) {
		/* There is no room for the masked text: then none of it may be seen. */
		o->cut = true;
		fact_change(o, i, view_upto(view_str("***"), 0, i->len));
	}
	return true;
}

void
redact_fact(struct fact *o)
{
	bool had = false;

	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;)
		if (field_info[i->field].type == FT_TEXT && mask(o, i))
			had = true;
	if (had)
		fact_bool(o, F_HAS_PASSWORD, true);
}
