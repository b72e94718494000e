/* script.c -- texts that are run, and what is asked for in them. */
#include "script/script.h"

#include "base/decode-text.h"
#include "base/limits.h"
#include "base/text.h"

/* Something was left out: the fact says so. */
static void
too_much(struct script *a)
{
	if (a->command != NULL)
		a->command->cut = true;
}

/* So many bytes are read or made.  False: that is more than one command is worth. */
static bool
work(struct script *a, size_t n)
{
	if (n > MAX_SCRIPT_WORK - a->work) {
		a->work = MAX_SCRIPT_WORK;
		too_much(a);
		return false;
	}
	a->work += n;
	return true;
}

static void
program_read(struct script *a, struct view text)
{
	struct words *w = words_split(a->budget, text);

	if (w != NULL && w->n > 0)
		script_program(a, w);
	words_free(w);
}

void
script_read(struct script *a, enum language language, struct view text)
{
	if (text.len > MAX_SCRIPT_TEXT || a->depth >= MAX_SCRIPT_DEPTH)
		too_much(a);
	text = view_upto(text, 0, MAX_SCRIPT_TEXT);
	if (text.len == 0 || a->depth >= MAX_SCRIPT_DEPTH || !work(a, text.len))
		return;
	a->depth++;
	if (a->listener != NULL && a->listener->text != NULL)
		a->listener->text(a->listener->arg, language, text);
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
was_decoded(const struct fact *o, struct view text)
{
	for (const struct item *i = o->first; i != NULL; i = i->next)
		if (i->field == F_CMD_DEC_TEXT && i->len == text.len &&
		    memcmp(i->str, text.p, text.len) == 0)
			return true;
	return false;
}

/* The same part is met again where a text is read in more than one way. */
void
script_decoded(struct script *a, const char *method, struct view utf8)
{
	struct view text = text_upto(utf8, MAX_SCRIPT_PART);

	if (a->listener != NULL && a->listener->decoded != NULL && utf8.len > 0 &&
	    work(a, utf8.len))
		a->listener->decoded(a->listener->arg, method, utf8);
	if (a->command == NULL || text.len == 0 || !work(a, text.len) ||
	    was_decoded(a->command, text))
		return;
	if (text.len < utf8.len || a->decoded >= MAX_SCRIPT_DECODED)
		too_much(a);
	if (a->decoded >= MAX_SCRIPT_DECODED)
		return;
	a->decoded++;
	fact_next(a->command, F_CMD_DEC_METHOD);
	fact_str(a->command, F_CMD_DEC_METHOD, method);
	fact_utf8(a->command, F_CMD_DEC_TEXT, text);
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

struct fact *
script_task(struct script *a, const char *action)
{
	struct fact *o;

	if (a->tasks >= MAX_SCRIPT_TASKS) {
		too_much(a);
		return NULL;
	}
	if ((o = a->fresh(a->arg)) == NULL)
		return NULL;
	a->tasks++;
	fact_str(o, F_ACTION, action);
	fact_str(o, F_TARGET, second_host(a->target));
	return o;
}

/* ---- For who only listens ---- */

/* A task that is not anybody's yet. */
static struct fact *
bare_task(void *arg)
{
	static const struct peers nobody;
	static const struct packet_ref never;

	return fact_new(arg, FACT_TASK, &nobody, never);
}

void
script_scan(struct budget *b, enum language language, struct view text,
    const struct script_listener *listener)
{
	struct script a = { .budget = b, .fresh = bare_task, .arg = b, .listener = listener };

	if (listener->work != NULL)
		a.work = *listener->work;
	script_read(&a, language, text);
	if (listener->work != NULL)
		*listener->work = a.work;
}

void
script_output(struct script *a, struct view to)
{
	if (a->listener != NULL && a->listener->output != NULL && to.len > 0)
		a->listener->output(a->listener->arg, to);
}

void
script_done(struct script *a, struct fact *o)
{
	if (o == NULL)
		return;
	if (a->done != NULL)
		a->done(a->arg, o);
	else if (a->listener != NULL && a->listener->task != NULL)
		a->listener->task(a->listener->arg, o);
	else
		fact_free(o);
}
