/* program.c -- which command a name means, and programs as PowerShell starts them. */
#include "script/powershell/powershell.h"

#include "script/words.h"

/* ---- Parameters of cmdlets ---- */

static const char common[] = "ErrorAction EA WarningAction WA InformationAction "
    "ErrorVariable EV WarningVariable OutVariable OV OutBuffer PipelineVariable "
    "?Verbose ?VB ?Debug ?DB ?WhatIf ?WI ?Confirm ?CF";

struct param {
	struct view	 name;
	bool		 is_switch;
};

static struct view
next_param(struct view *list)
{
	const uint8_t *blank = list->len > 0 ? memchr(list->p, ' ', list->len) : NULL;
	struct view v = *list;

	if (blank != NULL)
		v = view_at(*list, 0, (size_t)(blank - list->p));
	*list = view_from(*list, v.len + 1);
	return v;
}

/* By its whole name or a beginning that only it has; "Old=New" is an alias. */
static bool
find_param(const char *params, struct view name, struct param *out)
{
	struct view list = view_str(params), one, shown;
	const uint8_t *alias;
	bool found = false, is_switch;

	while (list.len > 0) {
		one = next_param(&list);
		is_switch = one.len > 0 && one.p[0] == '?';
		if (is_switch || (one.len > 0 && one.p[0] == '+'))
			one = view_from(one, 1);
		shown = one;
		if ((alias = memchr(one.p, '=', one.len)) != NULL) {
			one = view_at(shown, 0, (size_t)(alias - shown.p));
			shown = view_from(shown, one.len + 1);
		}
		if (one.len < name.len || !text_same(view_at(one, 0, name.len), name))
			continue;
		if (found && one.len != name.len && !text_same(shown, out->name))
			return false;		/* ambiguous: an error */
		out->name = shown;
		out->is_switch = is_switch;
		if (one.len == name.len)
			return true;
		found = true;
	}
	return found;
}

static bool
param_named(const char *params, struct view name, struct param *out)
{
	/* A cmdlet's own beginning wins over a common one: -W of -WorkingDirectory. */
	return find_param(params, name, out) || find_param(common, name, out);
}

static void
bind_names(struct ps *ps, const char *params, const struct ps_arg *args, size_t n, struct ps_map *m,
    bool *used)
{
	struct param p;
	struct ps_entry *s;
	struct ps_value v;

	for (size_t i = 0; i < n; i++) {
		if (args[i].name.len == 0)
			continue;
		used[i] = true;
		if (!param_named(params, args[i].name, &p))
			p = (struct param){ .name = args[i].name };
		if (args[i].colon)
			v = args[i].v;
		else if (p.is_switch)
			v = ps_truth(true);
		else if (i + 1 < n && args[i + 1].name.len == 0) {
			v = args[i + 1].v;
			used[i + 1] = true;
		} else
			v = (struct ps_value){ .kind = PS_NULL };
		if ((s = ps_slot(ps, m, p.name)) != NULL)
			s->v = v;
	}
}

/* A map of the parameters by their whole names. */
struct ps_value
ps_bind(struct ps *ps, const char *params, const struct ps_arg *args, size_t n)
{
	struct ps_value m = ps_map(ps, "bound");
	struct view list = view_str(params), one = { NULL, 0 };
	bool *used = ps_take(ps, n + 1);
	struct ps_entry *s;

	if (m.kind != PS_MAP || used == NULL)
		return ps_unknown();
	bind_names(ps, params, args, n, m.map, used);
	for (size_t i = 0; i < n; i++) {
		if (used[i])
			continue;
		do
			one = next_param(&list);
		while (one.len > 0 && (one.p[0] != '+' ||
		    ps_find(m.map, view_from(one, 1)) != NULL));
		if (one.len == 0)
			break;
		if ((s = ps_slot(ps, m.map, view_from(one, 1))) != NULL)
			s->v = args[i].v;
	}
	return m;
}

bool
ps_switch(const struct ps_value *bound, const char *name)
{
	struct ps_value v = ps_get(bound, name);
	bool b;

	return ps_true(&v, &b) && b;
}

/* ---- Programs ---- */

struct line {
	struct ps	*ps;
	struct ps_value	 text;
	struct word	*w;
	size_t		 n, cap;
	bool		 quotes;	/* a word has some inside */
};

static void
word(struct line *l, struct ps_value v, bool raw)
{
	struct ps *ps = l->ps;
	bool quote;
	char *s;

	v = ps_written(ps, v);
	if (l->n == l->cap || v.kind != PS_TEXT || (v.text.len == 0 && !raw))
		return;
	quote = !raw && (memchr(v.text.p, ' ', v.text.len) != NULL ||
	    memchr(v.text.p, '\t', v.text.len) != NULL);
	l->quotes |= raw || memchr(v.text.p, '"', v.text.len) != NULL;
	if (l->n > 0)
		l->text = ps_concat(ps, l->text, ps_text(view_str(" ")));
	if ((s = ps_take(ps, v.text.len + 1)) == NULL)
		return;
	memcpy(s, v.text.p, v.text.len);
	l->w[l->n++] = (struct word){ s, l->text.text.len, ps_known(&v) };
	if (quote)
		l->text = ps_concat(ps, l->text, ps_text(view_str("\"")));
	l->text = ps_concat(ps, l->text, v);
	if (quote)
		l->text = ps_concat(ps, l->text, ps_text(view_str("\"")));
}

static void
start(struct ps *ps, const struct words *w)
{
	if (ps->script->depth >= MAX_SCRIPT_DEPTH || !ps_work(ps, w->text.len + 256))
		return;
	script_program(ps->script, w);
}

/* As CreateProcess() takes it: split by the rules of the C library. */
void
ps_line(struct ps *ps, struct ps_value text)
{
	struct words *w, own;
	struct word *copy;

	text = ps_written(ps, text);
	if (text.kind != PS_TEXT || (w = words_split(ps->script->budget, text.text)) == NULL)
		return;
	own = *w;
	if (!ps_known(&text) && (copy = ps_take(ps, w->n * sizeof(*copy))) != NULL) {
		for (size_t i = 0; i < w->n; i++) {
			copy[i] = w->w[i];
			copy[i].fixed = false;
		}
		own.w = copy;
	}
	start(ps, &own);
	words_free(w);
}

/* Windows PowerShell puts quotes round words with blanks, and leaves quotes
 * inside them as they are. */
static void
program(struct ps *ps, struct view name, const struct ps_arg *args, size_t n)
{
	struct line l = { .ps = ps, .text = ps_text(view_str("")) };
	struct words w;
	size_t many = 1;

	for (size_t i = 0; i < n; i++)
		many += 1 + (args[i].v.kind == PS_LIST ? args[i].v.list->n : 1);
	if ((l.w = ps_take(ps, many * sizeof(*l.w))) == NULL)
		return;
	l.cap = many;
	word(&l, ps_text(name), false);
	for (size_t i = 0; i < n; i++) {
		struct ps_value v = args[i].v, dash = ps_text(view_str("-"));

		if (args[i].name.len > 0) {
			dash = ps_concat(ps, dash, ps_text(args[i].name));
			if (args[i].colon)
				dash = ps_concat(ps, ps_concat(ps, dash, ps_text(view_str(":"))),
				    v);
			word(&l, dash, false);
		} else if (v.kind == PS_LIST)
			for (size_t k = 0; k < v.list->n; k++)
				word(&l, v.list->v[k], false);
		else
			word(&l, v, args[i].raw);
	}
	if (l.n == 0 || l.text.kind != PS_TEXT)
		return;
	if (l.quotes) {
		ps_line(ps, l.text);
		return;
	}
	w = (struct words){ .n = l.n, .w = l.w, .text = l.text.text };
	start(ps, &w);
}

/* Start-Process joins its arguments with blanks and quotes nothing. */
void
ps_process(struct ps *ps, struct ps_value file, struct ps_value arguments)
{
	struct ps_value text;

	if (ps_is(&file, "startinfo")) {
		arguments = ps_get(&file, "Arguments");
		file = ps_get(&file, "FileName");
		if (arguments.kind == PS_UNKNOWN && arguments.text.len == 0)
			arguments.kind = PS_NULL;
	}
	if (file.kind != PS_TEXT)
		return;
	text = file;
	if (memchr(file.text.p, ' ', file.text.len) != NULL)
		text = ps_concat(ps, ps_concat(ps, ps_text(view_str("\"")), file),
		    ps_text(view_str("\"")));
	if (arguments.kind != PS_NULL) {
		text = ps_concat(ps, text, ps_text(view_str(" ")));
		text = ps_concat(ps, text, arguments);
	}
	ps_line(ps, text);
}

/* ---- Whose name it is ---- */

static const struct alias {
	const char	*name, *meaning;
} aliases[] = {
	{ "%", "ForEach-Object" }, { "foreach", "ForEach-Object" }, { "?", "Where-Object" },
	{ "where", "Where-Object" }, { "iex", "Invoke-Expression" },
	{ "icm", "Invoke-Command" }, { "start", "Start-Process" }, { "saps", "Start-Process" },
	{ "sajb", "Start-Job" }, { "nsn", "New-PSSession" }, { "ncms", "New-CimSession" },
	{ "icim", "Invoke-CimMethod" }, { "iwmi", "Invoke-WmiMethod" },
	{ "gwmi", "Get-WmiObject" }, { "gcls", "Get-CimClass" }, { "ncim", "New-CimInstance" },
	{ "gcm", "Get-Command" }, { "sal", "Set-Alias" }, { "nal", "Set-Alias" },
	{ "new-alias", "Set-Alias" }, { "sv", "Set-Variable" }, { "set", "Set-Variable" },
	{ "nv", "Set-Variable" }, { "new-variable", "Set-Variable" }, { "gv", "Get-Variable" },
	{ "si", "Set-Item" }, { "gi", "Get-Item" }, { "ls", "Get-Item" }, { "dir", "Get-Item" },
	{ "get-childitem", "Get-Item" }, { "gci", "Get-Item" }, { "echo", "Write-Output" },
	{ "write", "Write-Output" }, { "select", "Select-Object" }, { "sc", "Set-Content" },
	{ "cd", "Set-Location" }, { "at", "at.exe" },
};

/* ScheduledTasks\Register-ScheduledTask: without its module. */
static struct view
bare_name(struct view name)
{
	size_t at = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == ':' || (name.p[i] == '.' && i == 0))
			return name;
		if (name.p[i] == '\\')
			at = i + 1;
	}
	return at < name.len && memchr(name.p + at, '-', name.len - at) != NULL ?
	    view_from(name, at) : name;
}

static struct view
meaning(struct ps *ps, struct view name)
{
	struct ps_entry *s = ps_find(ps->aliases, name);

	if (s != NULL && s->v.kind == PS_TEXT)
		name = s->v.text;
	for (size_t i = 0; i < nitems(aliases); i++)
		if (text_is(name, aliases[i].name))
			return view_str(aliases[i].meaning);
	return name;
}

static struct ps_value
call_function(struct ps *ps, struct ps_entry *f, const struct ps_arg *args, size_t n,
    const struct ps_value *input)
{
	static const struct ps_arg none;

	if (ps->maybe == 0)
		ps_put(ps, f->v.map, "called", ps_truth(true));
	return ps_call(ps, ps_get(&f->v, "body").text, ps_get(&f->v, "params").text,
	    args != NULL ? args : &none, n, input);
}

/* powershell { … } runs the block. */
static bool
has_block(const struct ps_arg *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (args[i].v.kind == PS_BLOCK)
			return true;
	return false;
}

static struct ps_value
do_program(struct ps *ps, struct view name, const struct ps_arg *args, size_t n)
{
	if ((text_begins(name, "powershell") || text_begins(name, "pwsh")) && has_block(args, n)) {
		for (size_t i = 0; i < n; i++)
			if (args[i].v.kind == PS_BLOCK)
				ps_call(ps, args[i].v.text, view_str(""), NULL, 0, NULL);
	} else
		program(ps, name, args, n);
	return ps_unknown();
}

struct ps_value
ps_do(struct ps *ps, struct ps_value what, const struct ps_arg *args, size_t n,
    const struct ps_value *input)
{
	const struct ps_cmdlet *c;
	struct ps_value bound;
	struct view name;
	struct ps_entry *f;

	if (what.kind == PS_BLOCK) {
		static const struct ps_arg none;

		return ps_call(ps, what.text, view_str(""), args != NULL ? args : &none, n, input);
	}
	if (what.kind != PS_TEXT || what.text.len == 0 || !ps_work(ps, what.text.len))
		return ps_unknown();
	name = meaning(ps, what.text);
	if ((f = ps_find(ps->functions, name)) != NULL && f->v.kind == PS_MAP)
		return call_function(ps, f, args, n, input);
	if (what.partly)
		return do_program(ps, what.text, args, n);
	if ((c = ps_cmdlet(bare_name(name))) == NULL)
		c = ps_task_cmdlet(bare_name(name));
	if (c == NULL)
		return do_program(ps, name, args, n);
	bound = ps_bind(ps, c->params, args, n);
	return bound.kind == PS_MAP ? c->run(ps, c, bound, input) : bound;
}

/* ---- Where ---- */

const char *
ps_aim(struct ps *ps, struct ps_value host)
{
	const char *old = ps->script->target;

	if (host.kind == PS_MAP)
		host = ps_get(&host, "ComputerName");
	if (host.kind == PS_NULL)
		return old;
	while (host.kind == PS_TEXT && text_begins(host.text, "\\"))
		host.text = view_from(host.text, 1);
	if (host.kind != PS_TEXT || !script_host_is_local(host.text))
		ps->script->target = ps_cstr(ps, host);
	return old;
}

struct ps_value
ps_hosts(struct ps *ps, struct ps_value bound)
{
	static const char *const names[] = { "ComputerName", "CimSession", "Session", "HostName" };
	struct ps_value v = { .kind = PS_NULL };

	(void)ps;
	for (size_t i = 0; i < nitems(names) && v.kind == PS_NULL; i++)
		if (ps_find(bound.map, view_str(names[i])) != NULL)
			v = ps_get(&bound, names[i]);
	return v;
}
