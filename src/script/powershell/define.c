/* define.c -- the description of a task as the fields of a fact. */
#include "script/powershell/define.h"

#include "base/limits.h"
#include "base/text.h"
#include "fact/fact.h"
#include "script/powershell/decode.h"
#include "script/powershell/powershell.h"
#include "script/powershell/string.h"
#include "task/content.h"
#include "task/task.h"
#include "task/taskwords.h"

/* ---- Durations ---- */

struct ps_value
ps_timespan(struct ps *ps, int64_t seconds)
{
	static const struct { int64_t seconds; const char *letter; } units[] = {
		{ 86400, "D" }, { 3600, "H" }, { 60, "M" }, { 1, "S" },
	};
	struct ps_value v = ps_string(view_str("P"));
	int64_t n, left = seconds;

	for (size_t i = 0; i < nitems(units); i++) {
		if (i == 1 && (left > 0 || seconds == 0))
			v = ps_concat(ps, v, ps_string(view_str("T")));
		n = left / units[i].seconds;
		left %= units[i].seconds;
		if (n == 0 && (seconds > 0 || i < 3))
			continue;
		v = ps_concat(ps, v, ps_number(n));
		v = ps_concat(ps, v, ps_string(view_str(units[i].letter)));
	}
	v.how = PS_HOW_NONE;
	return v;
}

struct ps_value
ps_duration(struct ps *ps, struct ps_value v)
{
	int64_t n = -1, part[4] = { 0 };
	size_t parts = 0;

	if (v.kind != PS_STRING || v.partial || v.text.len == 0)
		return ps_unknown();
	if (v.text.p[0] == 'P')
		return v;
	for (size_t i = 0; i <= v.text.len; i++) {
		int c = i < v.text.len ? v.text.p[i] : ':';

		if (c >= '0' && c <= '9' && n < 1 << 24)
			n = (n < 0 ? 0 : n * 10) + c - '0';
		else if (n >= 0 && parts < 4 && (c == ':' || (c == '.' && parts == 0))) {
			if (c == ':' && parts == 0)
				part[parts++] = 0;	/* there are no days */
			part[parts++] = n;
			n = -1;
		} else
			return ps_unknown();
		if (parts == 4 && i < v.text.len)
			return ps_unknown();
	}
	if (parts < 3)
		return ps_unknown();
	return ps_timespan(ps, part[0] * 86400 + part[1] * 3600 + part[2] * 60 + part[3]);
}

/* ---- Fields ---- */

static void
keep(struct ps *ps, struct fact *o, enum field f, struct ps_value v)
{
	if (v.kind == PS_STRING || v.kind == PS_NUMBER)
		fact_utf8(o, f, ps_as_string(ps, v).text);
}

/* The same, but unknown parts stand as they are written, and arrays are joined. */
static void
keep_written(struct ps *ps, struct fact *o, enum field f, struct ps_value v)
{
	if (v.kind == PS_ARRAY)
		v = ps_join(ps, v, view_str(" "));
	if (v.kind == PS_UNKNOWN)
		fact_utf8(o, f, v.text);
	else
		keep(ps, o, f, v);
}

static void
keep_bool(struct fact *o, enum field f, struct ps_value v)
{
	bool b;

	if (v.kind != PS_UNKNOWN && v.kind != PS_NULL && ps_as_bool(&v, &b))
		fact_bool(o, f, b);
}

static void
keep_span(struct ps *ps, struct fact *o, enum field f, struct ps_value v)
{
	keep(ps, o, f, ps_duration(ps, v));
}

/* Sets a field that has a fixed set of values, which v names or numbers. */
static void
keep_member(struct ps *ps, struct fact *o, enum field f, struct ps_value v)
{
	if ((v.kind == PS_STRING || v.kind == PS_NUMBER) && !v.partial)
		fact_str(o, f, taskwords_spelling(f, ps_as_string(ps, v).text));
}

/* Returns how many objects v holds: the elements of an array, or one. */
static size_t
many(const struct ps_value *v)
{
	return v->kind == PS_ARRAY ? v->array->n : v->kind == PS_MAP ? 1 : 0;
}

/* Returns the property of one of two names; of a collection, its items. */
static struct ps_value
either(const struct ps_value *d, const char *one, const char *other)
{
	struct ps_value v = ps_property(d, one);

	if (v.kind == PS_UNKNOWN && v.text.len == 0)
		v = ps_property(d, other);
	return ps_is_object(&v, "collection") ? ps_property(&v, "Items") : v;
}

/* ---- Actions, triggers, principal, settings ---- */

static void
action(struct ps *ps, struct fact *o, struct ps_value a)
{
	struct ps_value class = ps_property(&a, "ClassId");

	fact_next(o, F_ACT_TYPE);
	if (class.kind == PS_STRING) {
		fact_str(o, F_ACT_TYPE, "com_handler");
		keep(ps, o, F_ACT_CLASS_ID, class);
		keep(ps, o, F_ACT_DATA, ps_property(&a, "Data"));
		return;
	}
	fact_str(o, F_ACT_TYPE, "exec");
	keep_written(ps, o, F_ACT_COMMAND, either(&a, "Execute", "Path"));
	keep_written(ps, o, F_ACT_ARGUMENTS, either(&a, "Arguments", "Argument"));
	keep_written(ps, o, F_ACT_DIRECTORY, ps_property(&a, "WorkingDirectory"));
	task_command_line(o);
}

/* Sets a boundary if it has a date: "3am" is a time of a day that only the machine knows. */
static void
keep_date(struct ps *ps, struct fact *o, enum field f, struct ps_value v)
{
	if (v.kind == PS_STRING && !v.partial && v.text.len >= 10 && v.text.p[4] == '-' &&
	    v.text.p[7] == '-')
		keep(ps, o, f, v);
}

static void
trigger(struct ps *ps, struct fact *o, struct ps_value t)
{
	struct ps_value repetition = ps_property(&t, "Repetition");

	fact_next(o, F_TRG_TYPE);
	keep(ps, o, F_TRG_TYPE, ps_property(&t, "Type"));
	keep_date(ps, o, F_TRG_START, either(&t, "StartBoundary", "At"));
	keep_date(ps, o, F_TRG_END, ps_property(&t, "EndBoundary"));
	keep_bool(o, F_TRG_ENABLED, ps_property(&t, "Enabled"));
	keep_span(ps, o, F_TRG_REP_INTERVAL, ps_property(&repetition, "Interval"));
	keep_span(ps, o, F_TRG_REP_DURATION, ps_property(&repetition, "Duration"));
	keep_span(ps, o, F_TRG_DELAY, ps_property(&t, "Delay"));
	keep_span(ps, o, F_TRG_RANDOM_DELAY, ps_property(&t, "RandomDelay"));
	keep(ps, o, F_TRG_USER_ID, either(&t, "UserId", "User"));
	keep(ps, o, F_TRG_SUBSCRIPTION, ps_property(&t, "Subscription"));
}

static void
principal(struct ps *ps, struct fact *o, struct ps_value p)
{
	keep(ps, o, F_USER_ID, either(&p, "UserId", "User"));
	keep(ps, o, F_GROUP_ID, ps_property(&p, "GroupId"));
	keep_member(ps, o, F_PRINCIPAL_LOGON, ps_property(&p, "LogonType"));
	keep_member(ps, o, F_RUN_LEVEL, ps_property(&p, "RunLevel"));
}

static void
keep_setting(struct ps *ps, struct fact *o, const struct task_setting *t, struct ps_value v)
{
	int64_t n;

	if (t->span)
		keep_span(ps, o, t->field, v);
	else if (taskwords_spells(t->field))
		keep_member(ps, o, t->field, v);
	else if (field_info[t->field].type == FT_BOOL)
		keep_bool(o, t->field, v);
	else if (field_info[t->field].type == FT_STR)
		keep(ps, o, t->field, v);
	else if (ps_as_int(&v, &n) && n >= 0)
		fact_int(o, t->field, n);
}

static void
keep_settings(struct ps *ps, struct fact *o, struct ps_value set)
{
	for (size_t i = 0; i < TASK_SETTINGS; i++) {
		const struct task_setting *t = &task_settings[i];
		struct ps_value in = t->inside != NULL ? ps_property(&set, t->inside) : set;

		keep_setting(ps, o, t, ps_property(&in, t->name));
	}
}

/* ---- The definition ---- */

static void
registration_info(struct ps *ps, struct fact *o, struct ps_value i)
{
	keep(ps, o, F_DESCRIPTION, ps_property(&i, "Description"));
	keep(ps, o, F_AUTHOR, ps_property(&i, "Author"));
	keep(ps, o, F_DATE, ps_property(&i, "Date"));
	keep(ps, o, F_SOURCE, ps_property(&i, "Source"));
	keep(ps, o, F_URI, ps_property(&i, "URI"));
}

static void
parts(struct ps *ps, struct fact *o, struct ps_value d)
{
	struct ps_value actions = either(&d, "Actions", "Action");
	struct ps_value triggers = either(&d, "Triggers", "Trigger");

	registration_info(ps, o, ps_property(&d, "RegistrationInfo"));
	registration_info(ps, o, d);
	for (size_t i = 0; i < many(&actions) && i < MAX_ACTIONS; i++)
		action(ps, o, ps_item(&actions, i));
	for (size_t i = 0; i < many(&triggers) && i < MAX_TRIGGERS; i++)
		trigger(ps, o, ps_item(&triggers, i));
	principal(ps, o, ps_property(&d, "Principal"));
	keep_settings(ps, o, ps_property(&d, "Settings"));
}

void
ps_set_definition(struct ps *ps, struct fact *o, struct ps_value d)
{
	struct ps_value xml = either(&d, "Xml", "XmlText"), inner = ps_property(&d, "InputObject");
	struct ps_value password = ps_property(&d, "Password");

	if (xml.kind == PS_UNKNOWN)
		xml = ps_property(&inner, "XmlText");
	if (xml.kind == PS_ARRAY)
		xml = ps_join(ps, xml, view_str("\n"));
	xml.text = xml.kind == PS_STRING ? text_trim(xml.text) : view_str("");
	if (text_begins(xml.text, "<")) {
		/* The parser takes bytes, in UTF-16 as the XML declaration of such strings says. */
		xml.partial = false;
		xml = ps_encoding_method(ps, view_str("unicode"), view_str("getbytes"), xml);
		if (xml.kind == PS_BYTES)
			taskxml_read(o, xml.text, false);
	}
	parts(ps, o, inner);
	parts(ps, o, d);
	principal(ps, o, d);
	if (ps_map_find(d.map, view_str("Password")) != NULL && password.kind != PS_NULL)
		fact_bool(o, F_HAS_PASSWORD, true);
}

void
ps_set_task_name(struct ps *ps, struct fact *o, struct ps_value folder, struct ps_value name)
{
	if (name.kind != PS_STRING && name.kind != PS_NUMBER)
		return;
	if (folder.kind == PS_STRING || folder.kind == PS_UNKNOWN)
		folder = ps_as_string(ps, folder);
	task_name_in(o, folder.kind == PS_STRING ? folder.text : view_str(""),
	    ps_as_string(ps, name).text);
}
