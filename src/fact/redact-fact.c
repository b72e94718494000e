#include "fact/redact-fact.h"

#include "fact/redact.h"

/*
 * The text without its passwords; true if it had one.  Each "***" may stand
 * for a single character, so text grows to three times its length at most.
 */
static bool
mask(struct fact *o, struct item *i)
{
	static const uint8_t nul[1];
	struct buf out;

	buf_init(&out, o->budget, 3 * i->len + 1);
	if (!redact((struct view){ (const uint8_t *)i->str, i->len }, &out))
		return false;
	if (out.len > 0 && buf_add(&out, (struct view){ nul, 1 })) {
		budget_free(i->str);
		i->str = (char *)out.p;
		i->len = out.len - 1;
	} else {
		/* No room for the masked text: then none of it may be seen. */
		buf_free(&out);
		o->cut = true;
		i->len = i->len < 3 ? i->len : 3;
		memset(i->str, '*', i->len);
		i->str[i->len] = '\0';
	}
	return true;
}

void
redact_fact(struct fact *o)
{
	bool had = false;

	for (struct item *i = o->first; i != NULL; i = i->next)
		if (field_info[i->field].type == FT_TEXT && mask(o, i))
			had = true;
	if (had)
		fact_bool(o, F_HAS_PASSWORD, true);
}
