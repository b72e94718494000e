/* jobfile.c -- reads .job files, [MS-TSCH] 2.4. */
#include <stdio.h>

#include "task/content.h"
#include "base/limits.h"
#include "fact/fact.h"
#include "task/task.h"

#define FIXED_LEN	68	/* FIXDLEN_DATA, 2.4.1; the running instance count follows */
#define TRIGGER_LEN	48	/* 2.4.2.11 */

/* 2.3.7 and 2.4.2.11.2. */
enum { TASK_FLAG_DISABLED = 0x4 };
enum { TRIGGER_HAS_END_DATE = 0x1, TRIGGER_DISABLED = 0x4 };

static bool
product_known(uint16_t version)
{
	static const uint16_t known[] = { 0x0400, 0x0500, 0x0501, 0x0502, 0x0600, 0x0601,
		0x0602, 0x0603, 0x0a00 };

	for (size_t i = 0; i < nitems(known); i++)
		if (known[i] == version)
			return true;
	return false;
}

bool
jobfile_begins(struct view first)
{
	struct reader r = rd_open(first);
	uint16_t product = rd_le16(&r), file = rd_le16(&r), app, triggers;

	if (rd_ok(&r) && (!product_known(product) || file != 1))
		return false;
	rd_skip(&r, 16);	/* the job's UUID */
	app = rd_le16(&r);
	triggers = rd_le16(&r);
	if (!rd_ok(&r))
		return first.len >= 4;
	/* Seven counts at least lie before the triggers. */
	return app == JOB_HEADER && triggers >= JOB_HEADER + 14;
}

struct job {
	uint32_t	 flags;
	bool		 has_parameters;	/* they were read, even if they are empty */
	struct view	 app, parameters, directory, author, comment;
	struct view	 triggers;
};

/* A string, 2.4.2.2: the count of its characters, with the NUL, then these. */
static struct view
counted(struct reader *r)
{
	uint16_t n = rd_le16(r);
	struct view v = rd_view(r, (size_t)n * 2);

	if (v.len == 0)
		return v;
	v.len -= 2;
	if (le16dec(v.p + v.len) != 0)
		rd_fail(r, FAULT_BAD);
	return v;
}

/* Real files count triggers, where 2.4.2.10 speaks of bytes: both are taken. */
static struct view
trigger_array(struct reader *r)
{
	size_t n = rd_le16(r), len = n * TRIGGER_LEN;

	if (len > r->left && n % TRIGGER_LEN == 0 && n <= r->left)
		len = n;
	return rd_view(r, len);
}

/* Returns false if this is no job.  Of a file that was cut the rest stays empty. */
static bool
job_parse(struct job *j, struct view v)
{
	struct reader r = rd_open(v);
	uint16_t at;

	rd_skip(&r, 22);
	at = rd_le16(&r);
	rd_skip(&r, 24);
	j->flags = rd_le32(&r);
	rd_skip(&r, 16 + 2);
	j->app = counted(&r);
	if (!rd_ok(&r) || j->app.len == 0)
		return false;
	j->parameters = counted(&r);
	j->has_parameters = rd_ok(&r);
	j->directory = counted(&r);
	j->author = counted(&r);
	j->comment = counted(&r);
	rd_skip(&r, rd_le16(&r));	/* user data */
	rd_skip(&r, rd_le16(&r));	/* reserved */
	if (rd_ok(&r) && r.off != at)
		rd_fail(&r, FAULT_BAD);
	j->triggers = trigger_array(&r);
	return rd_ok(&r) || r.fault == FAULT_SHORT;
}

static bool
date_valid(uint16_t year, uint16_t month, uint16_t day)
{
	return year >= 1601 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static void
keep_minutes(struct fact *o, enum field f, uint32_t n)
{
	char text[16];

	if (n == 0)
		return;
	snprintf(text, sizeof(text), "PT%uM", n);
	fact_str(o, f, text);
}

static void
keep_trigger(struct fact *o, struct reader *r)
{
	static const char *const types[] = { "time", "calendar", "calendar", "calendar",
		"calendar", "idle", "boot", "logon" };
	uint16_t begin[3], end[3], hour, minute;
	uint32_t duration, interval, flags, type;
	char text[48];

	rd_skip(r, 4);
	for (int i = 0; i < 3; i++)
		begin[i] = rd_le16(r);
	for (int i = 0; i < 3; i++)
		end[i] = rd_le16(r);
	hour = rd_le16(r);
	minute = rd_le16(r);
	duration = rd_le32(r);
	interval = rd_le32(r);
	flags = rd_le32(r);
	type = rd_le32(r);
	rd_skip(r, 12);
	if (type >= nitems(types))
		return;
	fact_next(o, F_TRG_TYPE);
	fact_str(o, F_TRG_TYPE, types[type]);
	if (date_valid(begin[0], begin[1], begin[2]) && hour < 24 && minute < 60) {
		snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:00", begin[0], begin[1],
		    begin[2], hour, minute);
		fact_str(o, F_TRG_START, text);
	}
	if ((flags & TRIGGER_HAS_END_DATE) != 0 && date_valid(end[0], end[1], end[2])) {
		snprintf(text, sizeof(text), "%04u-%02u-%02u", end[0], end[1], end[2]);
		fact_str(o, F_TRG_END, text);
	}
	fact_bool(o, F_TRG_ENABLED, (flags & TRIGGER_DISABLED) == 0);
	keep_minutes(o, F_TRG_REP_INTERVAL, interval);
	keep_minutes(o, F_TRG_REP_DURATION, duration);
}

static void
keep_triggers(struct fact *o, struct view v)
{
	struct reader r = rd_open(v);

	for (unsigned int n = 0; r.left >= TRIGGER_LEN; n++) {
		if (n >= MAX_TRIGGERS) {
			o->cut = true;
			return;
		}
		keep_trigger(o, &r);
	}
}

static void
keep_settings(struct fact *o, uint32_t flags)
{
	static const struct {
		uint32_t	 flag;
		enum field	 field;
	} rows[] = {
		{ 0x0010, F_SET_IF_IDLE },
		{ 0x0020, F_SET_IDLE_STOP },
		{ 0x0040, F_SET_NO_BATTERIES },
		{ 0x0080, F_SET_STOP_BATTERIES },
		{ 0x0200, F_SET_HIDDEN },
		{ 0x0800, F_SET_IDLE_RESTART },
		{ 0x1000, F_SET_WAKE },
	};

	fact_bool(o, F_SET_ENABLED, (flags & TASK_FLAG_DISABLED) == 0);
	for (size_t i = 0; i < nitems(rows); i++)
		fact_bool(o, rows[i].field, (flags & rows[i].flag) != 0);
}

bool
jobfile_read(struct fact *o, struct view v)
{
	struct job j = { 0 };

	if (o == NULL || v.len < JOB_HEADER || !jobfile_begins(v) || !job_parse(&j, v))
		return false;
	fact_next(o, F_ACT_TYPE);
	fact_str(o, F_ACT_TYPE, "exec");
	fact_utf16(o, F_ACT_COMMAND, j.app, false);
	fact_utf16(o, F_ACT_ARGUMENTS, j.parameters, false);
	fact_utf16(o, F_ACT_DIRECTORY, j.directory, false);
	if (j.has_parameters)
		task_command_line(o);
	fact_utf16(o, F_AUTHOR, j.author, false);
	fact_utf16(o, F_DESCRIPTION, j.comment, false);
	keep_settings(o, j.flags);
	keep_triggers(o, j.triggers);
	return true;
}
