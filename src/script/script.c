/* script.c -- a text and the texts inside it: limits, who reads them, what they report. */
#include "script/readers.h"

#include "base/decode-text.h"
#include "base/limits.h"
#include "base/text.h"
#include "script/words.h"

void
script_cut(struct script *script)
{
	if (script->command != NULL)
		script->command->cut = true;
}

bool
script_work(struct script *script, size_t n)
{
	if (n > MAX_SCRIPT_WORK - script->work) {
		script->work = MAX_SCRIPT_WORK;
		script_cut(script);
		return false;
	}
	script->work += n;
	return true;
}

/* ---- Texts and programs ---- */

void
command_line_read(struct script *script, struct view text)
{
	struct words *w = words_split(script->budget, text);

	if (w != NULL && w->n > 0)
		script_program(script, w);
	words_free(w);
}

void
script_read(struct script *script, enum language language, struct view text)
{
	if (text.len > MAX_SCRIPT_TEXT || script->depth >= MAX_SCRIPT_DEPTH)
		script_cut(script);
	text = view_upto(text, 0, MAX_SCRIPT_TEXT);
	if (text.len == 0 || script->depth >= MAX_SCRIPT_DEPTH || !script_work(script, text.len))
		return;
	script->depth++;
	if (script->listener != NULL && script->listener->text != NULL)
		script->listener->text(script->listener->arg, language, text);
	reader_of_language(language)(script, text);
	script->depth--;
}

void
script_program(struct script *script, const struct words *w)
{
	program_reader *read;

	if (w->n == 0)
		return;
	if (script->listener != NULL && script->listener->program != NULL)
		script->listener->program(script->listener->arg, w);
	if ((read = reader_of_program(w->w[0].s)) != NULL)
		read(script, w);
}

/* ---- What encoded parts say ---- */

/* A text that is read in more than one way shows the same part more than once. */
void
script_decoded(struct script *script, const char *method, struct view utf8)
{
	struct view text = text_upto(utf8, MAX_SCRIPT_PART);

	if (script->listener != NULL && script->listener->decoded != NULL && utf8.len > 0 &&
	    script_work(script, utf8.len))
		script->listener->decoded(script->listener->arg, method, utf8);
	if (script->command == NULL || text.len == 0 || !script_work(script, text.len) ||
	    fact_has(script->command, F_CMD_DEC_TEXT, text))
		return;
	if (text.len < utf8.len || script->decoded >= MAX_SCRIPT_DECODED)
		script_cut(script);
	if (script->decoded >= MAX_SCRIPT_DECODED)
		return;
	script->decoded++;
	fact_next(script->command, F_CMD_DEC_METHOD);
	fact_str(script->command, F_CMD_DEC_METHOD, method);
	fact_utf8(script->command, F_CMD_DEC_TEXT, text);
}

/* ---- Tasks ---- */

bool
script_host_is_local(struct view host)
{
	static const char *const here[] = {
		"", ".", "localhost", "127.0.0.1", "::1", "%COMPUTERNAME%", "$env:COMPUTERNAME"
	};

	for (size_t i = 0; i < nitems(here); i++)
		if (text_is(host, here[i]))
			return true;
	return false;
}

/* The host as task.target has it: without backslashes; NULL if it is the machine itself. */
static const char *
remote_host(const char *name)
{
	if (name == NULL)
		return NULL;
	while (*name == '\\')
		name++;
	return script_host_is_local(view_str(name)) ? NULL : name;
}

struct fact *
script_task_new(struct script *script, const char *action)
{
	struct fact *o;

	if (script->tasks >= MAX_SCRIPT_TASKS) {
		script_cut(script);
		return NULL;
	}
	if ((o = script->fresh(script->arg)) == NULL)
		return NULL;
	script->tasks++;
	fact_str(o, F_ACTION, action);
	fact_str(o, F_TARGET, remote_host(script->target));
	return o;
}

void
script_task_done(struct script *script, struct fact *o)
{
	if (o == NULL)
		return;
	if (script->done != NULL)
		script->done(script->arg, o);
	else if (script->listener != NULL && script->listener->task != NULL)
		script->listener->task(script->listener->arg, o);
	else
		fact_free(o);
}

/* ---- Listeners ---- */

/* Nothing was on the wire: the listener knows of whom the text is. */
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
	struct script script = { .budget = b, .fresh = bare_task, .arg = b, .listener = listener };

	if (listener->work != NULL)
		script.work = *listener->work;
	script_read(&script, language, text);
	if (listener->work != NULL)
		*listener->work = script.work;
}

void
script_output(struct script *script, struct view file)
{
	if (script->listener != NULL && script->listener->output != NULL && file.len > 0)
		script->listener->output(script->listener->arg, file);
}
