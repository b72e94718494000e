/* at.c -- at.exe's command line. */
#include "script/script.h"

#include <ctype.h>
#include <stdlib.h>

#include "task/task.h"

/* 9:00, 21:30, 9:00AM, 9p */
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
tell(struct script *a, const char *action, const char *id)
{
	struct fact *o = script_task(a, action);
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
	script_done(a, o);
}

/* The command is all words from i on, with a blank between each two. */
static void
create(struct script *a, const struct words *w, size_t i, const char *trigger)
{
	struct fact *o = script_task(a, "create");
	struct buf command;

	if (o == NULL)
		return;
	buf_init(&command, a->budget, w->text.len);
	if (words_join(w, i, &command))
		task_exec(o, buf_view(&command), (struct view){ NULL, 0 });
	else
		o->cut = true;
	buf_free(&command);
	fact_next(o, F_TRG_TYPE);
	fact_str(o, F_TRG_TYPE, trigger);
	script_done(a, o);
}

/* time [/interactive] [/every:days | /next:days] command */
static bool
at_time(struct script *a, const struct words *w, size_t i)
{
	const char *trigger = "time";

	for (i++; i < w->n; i++) {
		if (is_switch(w->w[i].s, "every"))
			trigger = "calendar";
		else if (!is_switch(w->w[i].s, "next") && !is_switch(w->w[i].s, "interactive"))
			break;
	}
	if (i >= w->n)
		return false;
	create(a, w, i, trigger);
	return true;
}

/* [id] [/delete [/yes]] */
static bool
at_job(struct script *a, const struct words *w, size_t i)
{
	const char *id = NULL;
	bool delete = false;

	if (i < w->n && word_is_number(w->w[i].s))
		id = w->w[i++].s;
	for (; i < w->n; i++) {
		if (is_switch(w->w[i].s, "delete"))
			delete = true;
		else if (!is_switch(w->w[i].s, "yes"))
			return false;
	}
	tell(a, delete ? "delete" : id != NULL ? "query" : "list", id);
	return true;
}

bool
at_read(struct script *a, const struct words *w)
{
	const char *outer = a->target;
	size_t i = 1;
	bool is;

	if (i < w->n && strncmp(w->w[i].s, "\\\\", 2) == 0)
		a->target = w->w[i++].s + 2;
	is = i < w->n && is_time(w->w[i].s) ? at_time(a, w, i) : at_job(a, w, i);
	a->target = outer;
	return is;
}
