#include "detect/score.h"

#include <stdio.h>
#include <strings.h>

#include "detect/command.h"
#include "base/limits.h"
#include "detect/normalise.h"
#include "detect/taskname.h"
#include "base/iso8601.h"
#include "detect/wintask.h"

#define MINUTE		60000000LL
#define DAY		(24 * 60 * MINUTE)

/* impacket's atexec has had this one from its beginning. */
#define IMPACKET_START	"2015-07-15T20:35:13.2757294"

/* A fact, and where its findings go. */
struct judge {
	struct findings	*f;
	struct budget	*b;
	struct fact	*o;
	const struct command_context *context;	/* for its command lines */
};

/* One action of a task. */
struct action {
	const char	*type, *command, *arguments, *line, *class_id;
};

struct trigger {
	const char	*type, *start, *end, *interval;
};

static bool
is(const char *s, const char *word)
{
	return s != NULL && strcasecmp(s, word) == 0;
}

static struct view
text_of_field(const struct fact *o, enum field f)
{
	const char *s = fact_get(o, f);

	return s != NULL ? view_str(s) : (struct view){ NULL, 0 };
}

static bool
says(const struct fact *o, enum field f)
{
	int64_t n;

	return fact_get_int(o, f, &n) && n != 0;
}

bool
score_applies(const struct fact *o)
{
	const char *action = fact_get(o, F_ACTION);

	return o->kind == FACT_COMMAND || (o->kind == FACT_TASK && (is(action, "create") ||
	    is(action, "update") || is(action, "validate")));
}

/* ---- Actions and commands ---- */

static size_t
read_actions(const struct fact *o, struct action a[MAX_ACTIONS])
{
	size_t n = 0;

	memset(a, 0, MAX_ACTIONS * sizeof(*a));
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;) {
		const char **at;

		if (i->elem >= MAX_ACTIONS)
			continue;
		switch (i->field) {
		case F_ACT_TYPE:	at = &a[i->elem].type; break;
		case F_ACT_COMMAND:	at = &a[i->elem].command; break;
		case F_ACT_ARGUMENTS:	at = &a[i->elem].arguments; break;
		case F_ACT_COMMAND_LINE: at = &a[i->elem].line; break;
		case F_ACT_CLASS_ID:	at = &a[i->elem].class_id; break;
		default:		continue;
		}
		*at = i->str;
		if (i->elem >= n)
			n = i->elem + 1;
	}
	return n;
}

static struct view
view_of(const char *s)
{
	return s != NULL ? view_str(s) : (struct view){ NULL, 0 };
}

/* Writes an action as a command line.  Returns false when it has none. */
static bool
line_of(const struct judge *j, const struct action *a, struct buf *line)
{
	buf_init(line, j->b, MAX_SCRIPT_TEXT);
	if (a->command != NULL)
		return command_of_action(view_str(a->command), view_of(a->arguments), line);
	return a->line != NULL && command_of_action(view_str(a->line), view_of(NULL), line);
}

static void
judge_command(const struct judge *j)
{
	struct view line = text_of_field(j->o, F_CMD_LINE);
	struct view script = text_of_field(j->o, F_CMD_SCRIPT);
	bool cmd = is(fact_get(j->o, F_CMD_SHELL), "cmd");

	if (line.len > 0)
		command_judge(j->context, cmd ? LANGUAGE_CMD : LANGUAGE_NONE, line);
	if (script.len > 0)
		command_judge(j->context, LANGUAGE_POWERSHELL, script);
	if (line.len + script.len > 0 && found_any(j->f) &&
	    is(fact_get(j->o, F_ROUTE), "winrm"))
		found(j->f, R_AT_ONCE, view_str(""));
}

/* ---- The name ---- */

/* Is this the action of the task of Windows that has that name? */
static enum wintask
kind_of(const struct judge *j, struct view name, struct view line, const struct action *a)
{
	struct view what = view_of(a->class_id), behind = view_of(NULL);
	struct buf program, arguments;
	enum wintask kind;

	if (line.len > 0)
		what = command_program(line, &behind);
	buf_init(&program, j->b, MAX_COMMAND_LINE);
	buf_init(&arguments, j->b, MAX_COMMAND_LINE);
	normalise_text(what, &program);
	normalise_text(behind, &arguments);
	kind = wintask_find(name, buf_view(&program), buf_view(&arguments));
	buf_free(&program);
	buf_free(&arguments);
	return kind;
}

/* Judges what an action runs.  *kind is that of the actions before: a task is
 * Windows' own as long as each of its actions is. */
static void
judge_action(const struct judge *j, struct view name, const struct action *a, enum wintask *kind)
{
	struct buf out;
	struct view line = line_of(j, a, &out) ? buf_view(&out) : view_of(NULL);

	if (a->class_id != NULL && !wintask_class(view_str(a->class_id)))
		found(j->f, R_COM_UNKNOWN, view_str(a->class_id));
	if (line.len > 0)
		command_judge(j->context, LANGUAGE_NONE, line);
	if (name.len > 0 && *kind == WINTASK_SAME)
		*kind = kind_of(j, name, line, a);
	buf_free(&out);
}

static void
judge_name(const struct judge *j, struct view name, enum wintask kind)
{
	switch (kind) {
	case WINTASK_SAME:
		/* The command that creates it is not part of Windows. */
		if (j->context->depth == 0)
			found(j->f, R_WINDOWS_TASK, name);
		break;
	case WINTASK_CHANGED:
		found(j->f, R_WINDOWS_TASK_CHANGED, name);
		break;
	case WINTASK_AMONG:
		found(j->f, R_MASQUERADED_NAME, name);
		break;
	case WINTASK_NONE:
		if (taskname_random(name))
			found(j->f, R_RANDOM_NAME, name);
		break;
	}
}

/* ---- The definition ---- */

static bool
is_system(const char *user)
{
	static const char *const names[] = { "S-1-5-18", "SYSTEM", "NT AUTHORITY\\SYSTEM",
	    "LocalSystem", "NT-AUTORIT\xc3\x84T\\SYSTEM", "AUTORITE NT\\Syst\xc3\xa8me" };

	for (size_t i = 0; i < nitems(names); i++)
		if (is(user, names[i]))
			return true;
	return false;
}

static size_t
read_triggers(const struct fact *o, struct trigger t[MAX_TRIGGERS])
{
	size_t n = 0;

	memset(t, 0, MAX_TRIGGERS * sizeof(*t));
	for (const struct fact_item *i = NULL; (i = fact_each(o, i)) != NULL;) {
		const char **at;

		if (i->elem >= MAX_TRIGGERS)
			continue;
		switch (i->field) {
		case F_TRG_TYPE:	at = &t[i->elem].type; break;
		case F_TRG_START:	at = &t[i->elem].start; break;
		case F_TRG_END:		at = &t[i->elem].end; break;
		case F_TRG_REP_INTERVAL: at = &t[i->elem].interval; break;
		default:		continue;
		}
		*at = i->str;
		if (i->elem >= n)
			n = i->elem + 1;
	}
	return n;
}

/*
 * A local time names no zone.  Zones lie a multiple of 15 minutes apart, so a
 * start that is minutes ahead in some zone is minutes ahead modulo 15.
 */
static void
judge_once(const struct judge *j, const struct trigger *t)
{
	/* A task that a command creates is created when the command runs. */
	const int64_t now = j->context->o->at.us;
	int64_t start, ahead;
	bool zoned;

	if (!is(t->type, "time") || t->interval != NULL || t->start == NULL ||
	    !iso8601_read(view_str(t->start), &start, &zoned))
		return;
	ahead = start - now;
	if (ahead < -2 * DAY)
		found(j->f, R_ONCE_PAST, view_str(t->start));
	else if (zoned ? ahead > -MINUTE && ahead < 10 * MINUTE : ahead > -DAY && ahead < DAY &&
	    (ahead % (15 * MINUTE) + 15 * MINUTE) % (15 * MINUTE) < 6 * MINUTE)
		found(j->f, R_ONCE_SOON, view_str(t->start));
}

/*
 * The tasks of NetExec's atexec and schtask_as: a registration trigger with an
 * end but no start, hidden, highest privileges, no author, and no deletion at
 * the end.
 */
static bool
is_netexec(const struct fact *o, const struct trigger *t)
{
	return is(t->type, "registration") && t->start == NULL && t->end != NULL &&
	    says(o, F_SET_HIDDEN) && says(o, F_SET_ALLOW_DEMAND) &&
	    fact_get(o, F_SET_DELETE_AFTER) == NULL && fact_get(o, F_AUTHOR) == NULL &&
	    is(fact_get(o, F_RUN_LEVEL), "HighestAvailable");
}

static void
judge_triggers(const struct judge *j)
{
	struct trigger triggers[MAX_TRIGGERS];
	size_t n = read_triggers(j->o, triggers);

	for (size_t i = 0; i < n; i++) {
		const struct trigger *t = &triggers[i];

		judge_once(j, t);
		if (is(t->type, "registration"))
			found(j->f, R_ON_REGISTRATION, view_str(""));
		if (is(t->start, IMPACKET_START))
			found(j->f, R_IMPACKET_TASK, view_str(t->start));
	}
	if (n == 1 && is_netexec(j->o, &triggers[0]))
		found(j->f, R_NETEXEC_TASK, view_str(""));
}

/* The user without DOMAIN\ and @REALM. */
static struct view
bare_user(const char *s)
{
	const char *slash = strrchr(s, '\\');

	s = slash != NULL ? slash + 1 : s;
	return (struct view){ (const uint8_t *)s, strcspn(s, "@") };
}

static void
judge_author(const struct judge *j)
{
	const char *author = fact_get(j->o, F_AUTHOR), *caller = fact_get(j->o, F_AUTH_USER);
	struct view a, c;

	if (author == NULL || caller == NULL)
		return;
	a = bare_user(author);
	c = bare_user(caller);
	if (a.len != c.len || strncasecmp((const char *)a.p, (const char *)c.p, a.len) != 0)
		found(j->f, R_FORGED_AUTHOR, view_str(author));
}

static void
judge_definition(const struct judge *j)
{
	const struct fact *o = j->o;
	const struct view none = view_str("");

	if (says(o, F_SET_HIDDEN))
		found(j->f, R_HIDDEN_TASK, none);
	if (is_system(fact_get(o, F_USER_ID)))
		found(j->f, R_AS_SYSTEM, none);
	if (is(fact_get(o, F_RUN_LEVEL), "HighestAvailable"))
		found(j->f, R_HIGHEST, none);
	if (is(fact_get(o, F_PRINCIPAL_LOGON), "S4U") || is(fact_get(o, F_LOGON_TYPE), "s4u"))
		found(j->f, R_S4U, none);
	if (fact_get(o, F_SET_DELETE_AFTER) != NULL)
		found(j->f, R_SELF_DELETING, none);
	if (fact_has(o, F_FLAGS, view_str("dont_add_principal_ace")))
		found(j->f, R_NO_ACE, none);
	if (is(fact_get(o, F_ROUTE), "gpo") &&
	    view_starts(text_of_field(o, F_XML), "<ImmediateTask", 14))
		found(j->f, R_IMMEDIATE_TASK, none);
	judge_triggers(j);
	judge_author(j);
}

/* ---- The fact ---- */

static void
judge_caller(const struct judge *j)
{
	struct view user = text_of_field(j->o, F_AUTH_USER);
	const char *target = fact_get(j->o, F_TARGET);

	if (user.len > 1 && user.p[user.len - 1] == '$')
		found(j->f, R_MACHINE_ACCOUNT, user);
	if (target != NULL)
		found(j->f, R_SECOND_HOP, view_str(target));
	if (says(j->o, F_HAS_PASSWORD))
		found(j->f, R_PASSWORD_CLEAR, view_str(""));
}

static void
judge_task(const struct judge *j)
{
	struct action actions[MAX_ACTIONS];
	struct view name = text_of_field(j->o, F_NAME);
	enum wintask kind = WINTASK_SAME;
	size_t n = read_actions(j->o, actions);

	for (size_t i = 0; i < n; i++)
		judge_action(j, name, &actions[i], &kind);
	if (n == 0)
		kind = wintask_find(name, view_of(NULL), view_of(NULL));
	if (name.len > 0)
		judge_name(j, name, kind);
	judge_definition(j);
}

void
score_fact(struct findings *f, struct budget *b, struct fact *o)
{
	size_t work = 0;
	const struct command_context to = { .f = f, .b = b, .o = o, .work = &work };
	const struct judge j = { f, b, o, &to };

	judge_caller(&j);
	if (o->kind == FACT_COMMAND) {
		judge_command(&j);
		return;
	}
	judge_task(&j);
	/* Kilobytes that decode to megabytes are meant to exhaust the readers. */
	if (work >= MAX_SCRIPT_WORK)
		found(f, R_OBFUSCATED, view_str(""));
}

void
score_created(const struct command_context *to, struct fact *task)
{
	const struct judge j = { to->f, to->b, task, to };

	if (!score_applies(task))
		return;
	judge_caller(&j);
	judge_task(&j);
}

/* ---- The result ---- */

static void
set_reason(const struct findings *f, const struct rule_set *rules, enum rule r, struct fact *o)
{
	const char *detail = found_detail(f, r);
	char text[256];

	fact_next(o, F_DET_REASON);
	fact_str(o, F_DET_REASON, rule_info[r].name);
	fact_int(o, F_DET_WEIGHT, rules->weight[r]);
	snprintf(text, sizeof(text), "%s%s%s", rule_info[r].sentence, *detail != '\0' ? ": " : "",
	    detail);
	fact_str(o, F_DET_TEXT, text);
}

void
score_set(const struct findings *f, const struct rule_set *rules, struct fact *o)
{
	static const char *const names[] = {
		[VERDICT_BENIGN] = "benign", [VERDICT_SUSPICIOUS] = "suspicious",
		[VERDICT_MALICIOUS] = "malicious",
	};
	int score = findings_score(f, rules);

	fact_int(o, F_DET_SCORE, score);
	fact_str(o, F_DET_VERDICT, names[verdict_of(score, rules)]);
	for (enum rule r = 0; r < R_MAX; r++)
		if (f->has[r] && rules->weight[r] != 0)
			set_reason(f, rules, r, o);
}
