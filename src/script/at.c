/* at.c -- the command line of at.exe. */
#include "script/readers.h"

#include <ctype.h>
#include <stdlib.h>

#include "script/words.h"
#include "task/task.h"

/* Is s a time as at.exe takes it: 9:00, 21:30, 9:00AM, 9p? */
static bool
is_time(const char *s)
{
	size_t hour = strspn(s, "0123456789"), minute = 0;

	if (hour < 1 || hour > 2)
		return false;
	s += hour;
	if (s[0] == ':') {
		minute = strspn(s + 1, "0123456789");
		s += 1 + minute;
		if (minute != 2)
			return false;
	}
	if (tolower((uint8_t)s[0]) == 'a' || tolower((uint8_t)s[0]) == 'p') {
		s += tolower((uint8_t)s[1]) == 'm' ? 2 : 1;
		return s[0] == '\0';
	}
	return s[0] == '\0' && minute == 2;
}

static bool
is_switch(const char *s, const char *name)
{
	const char *value;

	return word_names(s, name, &value);
}

static void
report(struct script *script, const char *action, const char *id)
{
	struct fact *o = script_task_new(script, action);
	char name[16] = "\\At";
	const char *why;
	long long n;

	if (o == NULL)
		return;
	if (id != NULL) {
		n = strtonum(id, 1, INT32_MAX, &why);
		if (why == NULL) {
			fact_int(o, F_JOB_ID, n);
			strlcat(name, id + strspn(id, "0"), sizeof(name));
			fact_str(o, F_NAME, name);
		}
	}
	script_task_done(script, o);
}

/* The command is all words from i on, joined by blanks. */
static void
create(struct script *script, const struct words *w, size_t i, const char *trigger)
{
	struct fact *o = script_task_new(script, "create");
	struct buf command;

	if (o == NULL)
		return;
	buf_init(&command, script->budget, w->text.len);
	if (words_join(w, i, &command))
		task_exec(o, buf_view(&command), (struct view){ NULL, 0 });
	else
		o->cut = true;
	buf_free(&command);
	fact_next(o, F_TRG_TYPE);
	fact_str(o, F_TRG_TYPE, trigger);
	script_task_done(script, o);
}

/* at time [/interactive] [/every:days | /next:days] command */
static void
read_create(struct script *script, const struct words *w, size_t i)
{
	const char *trigger = "time";

	for (i++; i < w->n; i++) {
		if (is_switch(w->w[i].s, "every"))
			trigger = "calendar";
		else if (!is_switch(w->w[i].s, "next") && !is_switch(w->w[i].s, "interactive"))
			break;
	}
	if (i < w->n)
		create(script, w, i, trigger);
}

/* at [id] [/delete [/yes]] */
static void
read_job(struct script *script, const struct words *w, size_t i)
{
	const char *id = NULL;
	bool delete = false;

	if (i < w->n && word_is_number(w->w[i].s))
		id = w->w[i++].s;
	for (; i < w->n; i++) {
		if (is_switch(w->w[i].s, "delete"))
			delete = true;
		else if (!is_switch(w->w[i].s, "yes"))
			return;
	}
	report(script, delete ? "delete" : id != NULL ? "query" : "list", id);
}

void
at_read(struct script *script, const struct words *w)
{
	const char *outer = script->target;
	size_t i = 1;

	if (i < w->n && strncmp(w->w[i].s, "\\\\", 2) == 0)
		script->target = w->w[i++].s + 2;
	if (i < w->n && is_time(w->w[i].s))
		read_create(script, w, i);
	else
		read_job(script, w, i);
	script->target = outer;
}
