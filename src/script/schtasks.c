/* schtasks.c -- the command line of schtasks.exe. */
#include "script/readers.h"

#include <ctype.h>
#include <strings.h>

#include "base/text.h"
#include "script/words.h"
#include "task/task.h"

enum verb { CREATE, CHANGE, DELETE, RUN, END, QUERY, SHOWSID, VERBS };

static const char *const verbs[VERBS] = {
	"create", "change", "delete", "run", "end", "query", "showsid"
};

enum option {
	O_S, O_U, O_P, O_TN, O_TR, O_SC, O_MO, O_D, O_M, O_I, O_ST, O_RI, O_ET, O_DU, O_SD, O_ED,
	O_EC, O_RU, O_RP, O_RL, O_DELAY, O_XML, O_FO,
	O_VALUES,		/* the options above have a value */
	O_K = O_VALUES, O_IT, O_NP, O_Z, O_F, O_V1, O_HRESULT, O_ENABLE, O_DISABLE, O_V, O_NH,
	O_HELP, OPTIONS
};

static const char *const options[OPTIONS] = {
	[O_S] = "s", [O_U] = "u", [O_P] = "p", [O_TN] = "tn", [O_TR] = "tr", [O_SC] = "sc",
	[O_MO] = "mo", [O_D] = "d", [O_M] = "m", [O_I] = "i", [O_ST] = "st", [O_RI] = "ri",
	[O_ET] = "et", [O_DU] = "du", [O_SD] = "sd", [O_ED] = "ed", [O_EC] = "ec", [O_RU] = "ru",
	[O_RP] = "rp", [O_RL] = "rl", [O_DELAY] = "delay", [O_XML] = "xml", [O_FO] = "fo",
	[O_K] = "k", [O_IT] = "it", [O_NP] = "np", [O_Z] = "z", [O_F] = "f", [O_V1] = "v1",
	[O_HRESULT] = "hresult", [O_ENABLE] = "enable", [O_DISABLE] = "disable", [O_V] = "v",
	[O_NH] = "nh", [O_HELP] = "?"
};

/* One call of schtasks.exe. */
struct call {
	enum verb	 verb;
	const char	*v[OPTIONS];	/* values; "": an option without; NULL: not given */
	struct view	 run;		/* text of /tr that is not in quotes; else empty */
	bool		 password;	/* one is on the command line */
};

/* ---- Words ---- */

/* Returns which of the n names is that of the switch /name or /name:value, or n if none is. */
static int
which(const char *word, const char *const *names, int n, const char **value)
{
	int i;

	for (i = 0; i < n; i++)
		if (word_names(word, names[i], value))
			break;
	return i;
}

static bool
is_switch(const char *word)
{
	const char *value;

	return which(word, verbs, VERBS, &value) != VERBS ||
	    which(word, options, OPTIONS, &value) != OPTIONS;
}

/*
 * Does the unquoted text of /tr end before word i?  It does where an option of
 * schtasks follows.  A switch like "/s" that another switch follows belongs to
 * the program that /tr runs, for no value begins like a switch.
 */
static bool
ends_run(const struct words *w, size_t i)
{
	const char *value;
	int o;

	if (which(w->w[i].s, verbs, VERBS, &value) != VERBS)
		return true;
	o = which(w->w[i].s, options, OPTIONS, &value);
	if (o == OPTIONS || value != NULL)
		return false;
	return o >= O_VALUES || (i + 1 < w->n && !word_is_switch(w->w[i + 1].s));
}

/*
 * Remoting clients send each argument without its quotes: "/tr" "prog args"
 * arrives as /tr prog args.  Sets c->run where that is so.  Returns the number of
 * the last word that belongs to the text, which begins with word first.
 */
static size_t
unquoted_run(struct call *c, const struct words *w, size_t first)
{
	size_t last = first, end;

	if (w->w[first].at >= w->text.len || w->text.p[w->w[first].at] == '"')
		return first;
	while (last + 1 < w->n && !ends_run(w, last + 1))
		last++;
	if (last == first)
		return first;
	end = last + 1 < w->n ? w->w[last + 1].at : w->text.len;
	c->run = text_trim(view_at(w->text, w->w[first].at, end - w->w[first].at));
	return last;
}

/* The first of several values of an option counts. */
static void
read_words(struct call *c, const struct words *w)
{
	const char *value;
	int o;

	for (size_t i = 1; i < w->n; i++) {
		if ((o = which(w->w[i].s, options, OPTIONS, &value)) == OPTIONS)
			continue;
		if (o < O_VALUES && value == NULL && !(o == O_I && c->verb == RUN) &&
		    i + 1 < w->n && !is_switch(w->w[i + 1].s))
			value = w->w[++i].s;
		if (o == O_TR && value != NULL && value == w->w[i].s)
			i = unquoted_run(c, w, i);
		c->password |= (o == O_P || o == O_RP) && value != NULL && *value != '\0' &&
		    strcmp(value, "*") != 0;
		if (c->v[o] == NULL)
			c->v[o] = o < O_VALUES ? value : "";
	}
}

static bool
find_verb(const struct words *w, enum verb *verb)
{
	const char *value;
	int v;

	for (size_t i = 1; i < w->n; i++)
		if ((v = which(w->w[i].s, verbs, VERBS, &value)) != VERBS) {
			*verb = (enum verb)v;
			return true;
		}
	*verb = QUERY;
	return w->n == 1;	/* schtasks alone lists all tasks */
}

/* ---- Values ---- */

static bool
is(const char *value, const char *what)
{
	return value != NULL && strcasecmp(value, what) == 0;
}

/* The number without leading zeros; empty if v is no number or has more than 7 digits. */
static struct view
number(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (!isdigit(v.p[i]))
			return (struct view){ NULL, 0 };
	while (v.len > 1 && v.p[0] == '0')
		v = view_from(v, 1);
	return v.len < 8 ? v : (struct view){ NULL, 0 };
}

static bool
is_zero(struct view v)
{
	return v.len == 1 && v.p[0] == '0';
}

static void
put(char *out, size_t size, struct view v)
{
	size_t n = strlen(out);

	for (size_t i = 0; i < v.len && n + 1 < size; i++)
		out[n++] = (char)v.p[i];
	out[n] = '\0';
}

/*
 * Sets f to the duration of two numbers with the letters of their units, such as
 * PT1H30M; b may be empty.
 */
static void
keep_span(struct fact *o, enum field f, struct view a, const char *unit_a, struct view b,
    const char *unit_b)
{
	char span[32] = "PT";

	if (a.len == 0)
		return;
	if (!is_zero(a) || b.len == 0 || is_zero(b)) {
		put(span, sizeof(span), a);
		put(span, sizeof(span), view_str(unit_a));
	}
	if (b.len > 0 && !is_zero(b)) {
		put(span, sizeof(span), b);
		put(span, sizeof(span), view_str(unit_b));
	}
	fact_str(o, f, span);
}

/* Sets f to a duration of so many units, which value says, or otherwise where that is NULL. */
static void
keep_count(struct fact *o, enum field f, const char *value, const char *unit, const char *otherwise)
{
	if (value == NULL)
		value = otherwise;
	if (value != NULL)
		keep_span(o, f, number(view_str(value)), unit, (struct view){ NULL, 0 }, "");
}

/* Sets f to the duration value, which is written hhhh:mm or mmmm:ss. */
static void
keep_pair(struct fact *o, enum field f, const char *value, const char *unit_a, const char *unit_b)
{
	const char *colon = value != NULL ? strchr(value, ':') : NULL;
	struct view b;

	if (colon == NULL || (b = number(view_str(colon + 1))).len == 0)
		return;
	keep_span(o, f, number((struct view){ (const uint8_t *)value, (size_t)(colon - value) }),
	    unit_a, b, unit_b);
}

/* Appends the time s, HH:mm, H:mm or HH:mm:ss, as THH:mm:ss.  Returns false if s is none. */
static bool
put_time(char *out, size_t size, const char *s)
{
	size_t hour = strspn(s, "0123456789");

	if (hour < 1 || hour > 2 || s[hour] != ':' || strspn(s + hour + 1, "0123456789") != 2)
		return false;
	put(out, size, view_str(hour == 1 ? "T0" : "T"));
	put(out, size, (struct view){ (const uint8_t *)s, hour + 3 });
	s += hour + 3;
	if (s[0] == '\0')
		put(out, size, view_str(":00"));
	else if (s[0] == ':' && strspn(s + 1, "0123456789") == 2 && s[3] == '\0')
		put(out, size, view_str(s));
	else
		return false;
	return true;
}

static unsigned int
two_digits(const char *s)
{
	return (unsigned int)(s[0] - '0') * 10 + (unsigned int)(s[1] - '0');
}

/*
 * Appends the date s as yyyy-mm-dd.  It may be yyyy/mm/dd.  Or it is mm/dd/yyyy or
 * dd/mm/yyyy, as the machine's locale decides: then it is only known if the day
 * is past the twelfth, or day and month are the same.  Returns false if it isn't.
 */
static bool
put_date(char *out, size_t size, const char *s)
{
	const char *year = s, *month = s + 5, *day = s + 8;
	size_t first = strspn(s, "0123456789");

	if (strlen(s) != 10 || (first != 4 && first != 2))
		return false;
	for (size_t i = 0; i < 10; i++) {
		bool mark = first == 4 ? i == 4 || i == 7 : i == 2 || i == 5;

		if (mark ? strchr("/-.", s[i]) == NULL : !isdigit((uint8_t)s[i]))
			return false;
	}
	if (first == 2) {
		year = s + 6;
		month = s;
		day = s + 3;
		if (two_digits(month) > 12) {
			month = s + 3;
			day = s;
		} else if (two_digits(day) <= 12 && strncmp(day, month, 2) != 0)
			return false;
	}
	if (two_digits(month) < 1 || two_digits(month) > 12 || two_digits(day) < 1 ||
	    two_digits(day) > 31)
		return false;
	put(out, size, (struct view){ (const uint8_t *)year, 4 });
	put(out, size, view_str("-"));
	put(out, size, (struct view){ (const uint8_t *)month, 2 });
	put(out, size, view_str("-"));
	put(out, size, (struct view){ (const uint8_t *)day, 2 });
	return true;
}

/* ---- The action ---- */

/*
 * Adds the action that /tr names.  The program ends at its closing quote or at
 * the first blank.  Schtasks takes single quotes around it for double ones.
 */
static void
keep_action(struct fact *o, struct view v)
{
	struct view program;
	size_t end = 0;
	char *copy;

	v = text_skip_blanks(v);
	if (o == NULL || v.len == 0 || (copy = budget_strndup(fact_budget(o), v)) == NULL)
		return;
	if (copy[0] == '\'' && strchr(copy + 1, '\'') != NULL) {
		*strchr(copy + 1, '\'') = '"';
		copy[0] = '"';
	}
	if (copy[0] == '"')
		end = 1 + strcspn(copy + 1, "\"") + 1;
	else
		end = strcspn(copy, " \t");
	v = view_str(copy);
	program = view_upto(v, 0, end);
	v = text_skip_blanks(view_from(v, end));
	task_exec(o, program, v);
	budget_free(copy);
}

/* ---- The trigger ---- */

/* The event subscription that schtasks makes of /ec, a log, and /mo, an XPath query. */
static void
keep_subscription(struct fact *o, const char *log, const char *query)
{
	const char *const parts[] = { "<QueryList><Query Id=\"0\" Path=\"", log,
		"\"><Select Path=\"", log, "\">", query, "</Select></Query></QueryList>" };
	struct buf text;
	bool fits = true;

	if (o == NULL || log == NULL || query == NULL)
		return;
	buf_init(&text, fact_budget(o), 128 + 2 * strlen(log) + strlen(query));
	for (size_t i = 0; i < nitems(parts); i++)
		fits = fits && buf_add(&text, view_str(parts[i]));
	if (fits)
		fact_utf8(o, F_TRG_SUBSCRIPTION, buf_view(&text));
	else
		o->cut = true;
	buf_free(&text);
}

static const struct schedule {
	const char	*name;
	const char	*type;
	const char	*unit;		/* of /mo, where that is the interval of repetition */
} schedules[] = {
	{ "minute", "time", "M" }, { "hourly", "time", "H" }, { "once", "time", NULL },
	{ "daily", "calendar", NULL }, { "weekly", "calendar", NULL },
	{ "monthly", "calendar", NULL }, { "onstart", "boot", NULL },
	{ "onlogon", "logon", NULL }, { "onidle", "idle", NULL }, { "onevent", "event", NULL },
};

static void
keep_trigger(struct fact *o, const struct call *c)
{
	const struct schedule *s = NULL;
	char start[32] = "";

	for (size_t i = 0; i < nitems(schedules); i++)
		if (is(c->v[O_SC], schedules[i].name))
			s = &schedules[i];
	if (s == NULL)
		return;
	fact_next(o, F_TRG_TYPE);
	fact_str(o, F_TRG_TYPE, s->type);
	if (c->v[O_SD] != NULL && c->v[O_ST] != NULL &&
	    put_date(start, sizeof(start), c->v[O_SD]) &&
	    put_time(start, sizeof(start), c->v[O_ST]))
		fact_str(o, F_TRG_START, start);
	if (s->unit != NULL)
		keep_count(o, F_TRG_REP_INTERVAL, c->v[O_MO], s->unit, "1");
	else
		keep_count(o, F_TRG_REP_INTERVAL, c->v[O_RI], "M", NULL);
	keep_pair(o, F_TRG_REP_DURATION, c->v[O_DU], "H", "M");
	keep_pair(o, F_TRG_DELAY, c->v[O_DELAY], "M", "S");
	if (strcmp(s->type, "event") == 0)
		keep_subscription(o, c->v[O_EC], c->v[O_MO]);
	if (strcmp(s->type, "idle") == 0)
		keep_count(o, F_SET_IDLE_DURATION, c->v[O_I], "M", NULL);
}

/* ---- The task ---- */

static void
keep_principal(struct fact *o, const struct call *c)
{
	const char *account = c->v[O_RU];
	bool password = c->v[O_RP] != NULL;

	/* /ru "" means the system account. */
	fact_str(o, F_USER_ID, account != NULL && *account == '\0' ? "SYSTEM" : account);
	if (is(c->v[O_RL], "highest"))
		fact_str(o, F_RUN_LEVEL, "HighestAvailable");
	else if (is(c->v[O_RL], "limited"))
		fact_str(o, F_RUN_LEVEL, "LeastPrivilege");
	if (c->v[O_NP] != NULL)
		fact_str(o, F_PRINCIPAL_LOGON, "S4U");
	else if (c->v[O_IT] != NULL)
		fact_str(o, F_PRINCIPAL_LOGON,
		    password ? "InteractiveTokenOrPassword" : "InteractiveToken");
	else if (password)
		fact_str(o, F_PRINCIPAL_LOGON, "Password");
}

/*
 * Returns the fact's action.  /change is "enable" or "disable" if it changes
 * nothing else.
 */
static const char *
action_of(const struct call *c)
{
	static const enum option changes[] = { O_TR, O_RU, O_RP, O_RL, O_ST, O_SD, O_RI, O_ET,
		O_DU, O_ED, O_K, O_IT, O_NP, O_Z, O_DELAY };

	switch (c->verb) {
	case CREATE:
		return "create";
	case DELETE:
		return "delete";
	case RUN:
		return "run";
	case END:
		return "stop";
	case CHANGE:
		break;
	default:
		return c->v[O_TN] != NULL ? "query" : "list";
	}
	for (size_t i = 0; i < nitems(changes); i++)
		if (c->v[changes[i]] != NULL)
			return "update";
	return c->v[O_ENABLE] != NULL ? "enable" : c->v[O_DISABLE] != NULL ? "disable" : "update";
}

static void
keep_definition(struct fact *o, const struct call *c)
{
	if (c->v[O_TR] != NULL)
		keep_action(o, c->run.len > 0 ? c->run : view_str(c->v[O_TR]));
	keep_principal(o, c);
	if (c->verb == CREATE)
		keep_trigger(o, c);
	else if (c->v[O_ENABLE] != NULL || c->v[O_DISABLE] != NULL)
		fact_bool(o, F_SET_ENABLED, c->v[O_ENABLE] != NULL);
	if (c->v[O_Z] != NULL)
		fact_str(o, F_SET_DELETE_AFTER, "PT0S");
}

void
schtasks_read(struct script *script, const struct words *w)
{
	const char *outer = script->target, *action;
	struct call c = { .verb = QUERY };
	struct fact *o;

	if (!find_verb(w, &c.verb))
		return;
	read_words(&c, w);
	if (c.v[O_HELP] != NULL)
		return;		/* help is shown, nothing is done */
	/* No name of a host begins like a switch: there /s has no value. */
	if (c.v[O_S] != NULL && !word_is_switch(c.v[O_S]))
		script->target = c.v[O_S];
	action = action_of(&c);
	if ((o = script_task_new(script, action)) != NULL) {
		if (c.v[O_TN] != NULL)
			task_name(o, view_str(c.v[O_TN]));
		if (task_defines(action))
			keep_definition(o, &c);
		if (c.password)
			fact_bool(o, F_HAS_PASSWORD, true);
		script_task_done(script, o);
	}
	script->target = outer;
}
