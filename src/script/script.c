/* dissectors/asks.c -- texts that are run, and what is asked for in them. */
#include "script/script.h"

#include "base/decode-text.h"
#include "base/limits.h"
#include "base/text.h"

/* Something was left out: the fact says so. */
static void
too_much(struct asks *a)
{
	if (a->command != NULL)
		a->command->cut = true;
}

/* So many bytes are read or made.  False: that is more than one command is worth. */
static bool
work(struct asks *a, size_t n)
{
	if (n > MAX_ASK_WORK - a->work) {
		a->work = MAX_ASK_WORK;
		too_much(a);
		return false;
	}
	a->work += n;
	return true;
}

static void
program_read(struct asks *a, struct view text)
{
	struct words *w = words_split(a->budget, text);

	if (w != NULL && w->n > 0)
		asks_program(a, w);
	words_free(w);
}

void
asks_read(struct asks *a, enum language language, struct view text)
{
	if (text.len > MAX_ASK_TEXT || a->depth >= MAX_ASK_DEPTH)
		too_much(a);
	text = view_upto(text, 0, MAX_ASK_TEXT);
	if (text.len == 0 || a->depth >= MAX_ASK_DEPTH || !work(a, text.len))
		return;
	a->depth++;
	if (a->reading != NULL && a->reading->text != NULL)
		a->reading->text(a->reading->arg, language, text);
	switch (language) {
	case LANGUAGE_NONE:
		program_read(a, text);
		break;
	case LANGUAGE_CMD:
		cmd_read(a, text);
		break;
	case LANGUAGE_POWERSHELL:
		powershell_read(a, text);
		break;
	}
	a->depth--;
}

/* ---- What encoded parts say ---- */

static bool
was_decoded(const struct obs *o, struct view text)
{
	for (const struct item *i = o->first; i != NULL; i = i->next)
		if (i->field == F_CMD_DEC_TEXT && i->len == text.len &&
		    memcmp(i->str, text.p, text.len) == 0)
			return true;
	return false;
}

/* The same part is met again where a text is read in more than one way. */
void
asks_decoded(struct asks *a, const char *method, struct view utf8)
{
	struct view text = text_upto(utf8, MAX_ASK_PART);

	if (a->reading != NULL && a->reading->decoded != NULL && utf8.len > 0 &&
	    work(a, utf8.len))
		a->reading->decoded(a->reading->arg, method, utf8);
	if (a->command == NULL || text.len == 0 || !work(a, text.len) ||
	    was_decoded(a->command, text))
		return;
	if (text.len < utf8.len || a->decoded >= MAX_ASK_DECODED)
		too_much(a);
	if (a->decoded >= MAX_ASK_DECODED)
		return;
	a->decoded++;
	obs_next(a->command, F_CMD_DEC_METHOD);
	obs_str(a->command, F_CMD_DEC_METHOD, method);
	obs_utf8(a->command, F_CMD_DEC_TEXT, text);
}

/* ---- Tasks ---- */

bool
host_is_here(struct view host)
{
	static const char *const here[] = {
		"", ".", "localhost", "127.0.0.1", "::1", "%COMPUTERNAME%", "$env:COMPUTERNAME"
	};

	for (size_t i = 0; i < nitems(here); i++)
		if (text_is(host, here[i]))
			return true;
	return false;
}

/* The machine itself is no second one. */
static const char *
second_host(const char *name)
{
	if (name == NULL)
		return NULL;
	while (*name == '\\')
		name++;
	return host_is_here(view_str(name)) ? NULL : name;
}

struct obs *
asks_task(struct asks *a, const char *action)
{
	struct obs *o;

	if (a->tasks >= MAX_ASK_TASKS) {
		too_much(a);
		return NULL;
	}
	if ((o = a->fresh(a->arg)) == NULL)
		return NULL;
	a->tasks++;
	obs_str(o, F_ACTION, action);
	obs_str(o, F_TARGET, second_host(a->target));
	return o;
}

/* ---- For who only listens ---- */

/* A task that is not anybody's yet. */
static struct obs *
bare_task(void *arg)
{
	static const struct peers nobody;
	static const struct moment never;

	return obs_new(arg, OBS_TASK, &nobody, never);
}

void
read_text(struct budget *b, enum language language, struct view text,
    const struct reading *reading)
{
	struct asks a = { .budget = b, .fresh = bare_task, .arg = b, .reading = reading };

	if (reading->work != NULL)
		a.work = *reading->work;
	asks_read(&a, language, text);
	if (reading->work != NULL)
		*reading->work = a.work;
}

void
asks_output(struct asks *a, struct view to)
{
	if (a->reading != NULL && a->reading->output != NULL && to.len > 0)
		a->reading->output(a->reading->arg, to);
}

void
asks_done(struct asks *a, struct obs *o)
{
	if (o == NULL)
		return;
	if (a->done != NULL)
		a->done(a->arg, o);
	else if (a->reading != NULL && a->reading->task != NULL)
		a->reading->task(a->reading->arg, o);
	else
		obs_free(o);
}
