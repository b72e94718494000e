#include "correlate.h"

#include "obs.h"
#include "redact.h"

static void
count(struct correlate *c, const struct obs *o)
{
	static const struct {
		const char	*visibility;
		enum counter	 tasks, commands;
	} seen[] = {
		{ "clear",	STAT_TASKS_CLEAR,	STAT_COMMANDS_CLEAR },
		{ "sealed",	STAT_TASKS_SEALED,	STAT_COMMANDS_SEALED },
		{ "decrypted",	STAT_TASKS_DECRYPTED,	STAT_COMMANDS_DECRYPTED },
	};
	bool command = o->kind == OBS_COMMAND;
	const char *how = obs_get(o, command ? F_CMD_VISIBILITY : F_VISIBILITY);

	if (o->cut)
		stat_add(c->stats, STAT_OBS_CUT, 1);
	if (how == NULL)
		return;
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		if (strcmp(how, seen[i].visibility) == 0)
			stat_add(c->stats, command ? seen[i].commands : seen[i].tasks, 1);
}

/*
 * The text without its passwords; true if it had one.  Each "***" may stand
 * for a single character, so text grows to three times its length at most.
 */
static bool
mask(struct obs *o, struct item *i)
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

static void
mask_all(struct obs *o)
{
	bool had = false;

	for (struct item *i = o->first; i != NULL; i = i->next)
		if (field_info[i->field].type == FT_TEXT && mask(o, i))
			had = true;
	if (had)
		obs_bool(o, o->kind == OBS_COMMAND ? F_CMD_HAS_PASSWORD : F_HAS_PASSWORD, true);
}

static void
put(struct sink *s, struct obs *o)
{
	struct correlate *c = (struct correlate *)s;

	if (o == NULL)
		return;
	mask_all(o);
	count(c, o);
	eve_fact(c->eve, o);
	obs_free(o);
}

void
correlate_init(struct correlate *c, struct stats *stats, struct eve *eve)
{
	*c = (struct correlate){ .sink.put = put, .stats = stats, .eve = eve };
}
