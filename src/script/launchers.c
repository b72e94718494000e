/* launchers.c -- programs that start others, and those that make tasks, by their names. */
#include "script/script.h"

#include <ctype.h>
#include <strings.h>

#include "base/decode-text.h"
#include "base/limits.h"
#include "base/text.h"

/* ---- Words ---- */

/* What stands from word i on, as it is written; of the last one its value. */
static struct view
rest(const struct words *w, size_t i)
{
	if (i >= w->n)
		return (struct view){ NULL, 0 };
	return i + 1 == w->n ? view_str(w->w[i].s) : view_from(w->text, w->w[i].at);
}

static bool
is_word(const char *s, const char *word)
{
	return strcasecmp(s, word) == 0;
}

/* /name or -name */
static bool
names_switch(const char *s, const char *name)
{
	const char *value;

	return word_names(s, name, &value) && value == NULL;
}

/* The value of /name:value; NULL: it is another word. */
static const char *
value_of(const char *s, const char *name)
{
	const char *value;

	return word_names(s, name, &value) ? value : NULL;
}

/* Is s in a list with blanks between? */
static bool
is_among(const char *s, const char *list)
{
	size_t n = strlen(s);
	const char *end;

	for (; n > 0 && *list != '\0'; list = end + (*end == ' ')) {
		end = strchrnul(list, ' ');
		if ((size_t)(end - list) == n && strncasecmp(s, list, n) == 0)
			return true;
	}
	return false;
}

/* ---- Elsewhere ---- */

/* Each of the hosts, with commas between, is asked for it; NULL: this one. */
static void
read_on(struct script *a, const char *hosts, enum language language, struct view text)
{
	const char *outer = a->target, *end;
	char *host;

	if (hosts == NULL || *hosts == '\0') {
		script_read(a, language, text);
		return;
	}
	for (; *hosts != '\0'; hosts = end + (*end == ',')) {
		end = strchrnul(hosts, ',');
		if (end == hosts)
			continue;
		host = budget_strndup(a->budget, (struct view){ (const uint8_t *)hosts,
		    (size_t)(end - hosts) });
		if (host == NULL)
			return;
		a->target = host;
		script_read(a, language, text);
		a->target = outer;
		budget_free(host);
	}
}

/* \\host, and the switches of a program that starts another; valued are those
 * that take a word each. */
static void
peel(struct script *a, const struct words *w, const char *valued)
{
	const char *hosts = NULL;
	size_t i;

	for (i = 1; i < w->n; i++) {
		const char *s = w->w[i].s;

		if (strncmp(s, "\\\\", 2) == 0 && hosts == NULL)
			hosts = s + 2;
		else if (word_is_switch(s))
			i += is_among(s + 1, valued);
		else if (!word_is_number(s))
			break;		/* a number belongs to the switch before it */
	}
	read_on(a, hosts, LANGUAGE_NONE, rest(w, i));
}

static void
psexec(struct script *a, const struct words *w)
{
	peel(a, w, "u p w n r a g");
}

static void
runas(struct script *a, const struct words *w)
{
	peel(a, w, "");
}

static void
conhost(struct script *a, const struct words *w)
{
	peel(a, w, "-width -height -signal -server");
}

/* winrs -r:host command: a cmd.exe there runs it. */
static void
winrs(struct script *a, const struct words *w)
{
	const char *host = NULL, *v, *scheme;
	char *name;
	size_t i;

	for (i = 1; i < w->n && word_is_switch(w->w[i].s); i++)
		if ((v = value_of(w->w[i].s, "r")) != NULL ||
		    (v = value_of(w->w[i].s, "remote")) != NULL)
			host = v;
	if (host == NULL || (scheme = strstr(host, "://")) == NULL) {
		read_on(a, host, LANGUAGE_CMD, rest(w, i));
		return;
	}
	scheme += 3;
	name = budget_strndup(a->budget, (struct view){ (const uint8_t *)scheme,
	    strcspn(scheme, scheme[0] == '[' ? "/" : ":/") });
	if (name != NULL)
		read_on(a, name, LANGUAGE_CMD, rest(w, i));
	budget_free(name);
}

/* wmic /node:host process call create "command" */
static void
wmic(struct script *a, const struct words *w)
{
	const char *hosts = NULL, *v, *s;
	struct view command;
	bool process = false;
	size_t i;

	for (i = 1; i < w->n; i++) {
		s = w->w[i].s;
		if ((v = value_of(s, "node")) != NULL)
			hosts = v;
		process |= is_word(s, "process") || is_word(s, "win32_process");
		if (process && i + 2 < w->n && is_word(s, "call") && is_word(w->w[i + 1].s, "create"))
			break;
	}
	if (i >= w->n)
		return;
	i += 2;
	command = rest(w, i);
	s = w->w[i].s;
	if (strncasecmp(s, "commandline=", 12) == 0)
		command = view_str(s + 12);
	else if (command.p[0] == '"')
		command = view_str(s);
	else if (command.len > 1 && command.p[0] == '\'') {
		command = view_from(command, 1);
		if ((v = memchr(command.p, '\'', command.len)) != NULL)
			command.len = (size_t)((const uint8_t *)v - command.p);
	}
	if (command.len > 0 && command.p[command.len - 1] == ',')
		command.len--;
	read_on(a, hosts, LANGUAGE_NONE, command);
}

/* sc \\host create name binPath= "command" */
static void
sc(struct script *a, const struct words *w)
{
	static const char key[] = "binpath=";
	const char *host = NULL, *s;

	for (size_t i = 1; i < w->n; i++) {
		s = w->w[i].s;
		if (i == 1 && strncmp(s, "\\\\", 2) == 0)
			host = s + 2;
		if (strncasecmp(s, key, sizeof(key) - 1) != 0)
			continue;
		s += sizeof(key) - 1;
		if (*s == '\0')
			s = i + 1 < w->n ? w->w[i + 1].s : "";
		read_on(a, host, LANGUAGE_NONE, view_str(s));
		return;
	}
}

/* forfiles /c "command" */
static void
forfiles(struct script *a, const struct words *w)
{
	for (size_t i = 1; i + 1 < w->n; i++)
		if (names_switch(w->w[i].s, "c")) {
			script_read(a, LANGUAGE_NONE, view_str(w->w[i + 1].s));
			return;
		}
}

/* start "title" /d path /min program: the first text in quotes is the title. */
static void
start(struct script *a, const struct words *w)
{
	bool titled = false;
	size_t i;

	for (i = 1; i < w->n; i++) {
		const char *s = w->w[i].s;

		if (s[0] == '/')
			i += is_among(s + 1, "d node affinity machine");
		else if (!titled && w->text.p[w->w[i].at] == '"')
			titled = true;
		else
			break;
	}
	script_read(a, LANGUAGE_NONE, rest(w, i));
}

/* ---- cmd.exe ---- */

/* A program's name alone, in quotes: what else stands there is none of its business. */
static bool
is_quoted_name(struct view v)
{
	const uint8_t *end = memchr(v.p + 1, '"', v.len - 1);

	if (end == NULL || end == v.p + 1)
		return false;
	for (const uint8_t *p = v.p + 1; p < end; p++)
		if (strchr(" \t&<>()@^|", *p) != NULL)
			return false;
	return true;
}

/*
 * The command behind /c.  Quotes round all are taken off, which are the first
 * and the last.  Where only the program stands in quotes and others follow,
 * cmd.exe takes off the same and then finds no such program; what was meant is
 * told nevertheless.
 */
static void
command(struct script *a, struct view v)
{
	const uint8_t *last;
	struct buf text;

	v = text_skip_blanks(v);
	if (v.len == 0 || v.p[0] != '"' || is_quoted_name(v)) {
		script_read(a, LANGUAGE_CMD, v);
		return;
	}
	v = view_from(v, 1);
	if (v.len == 0 || (last = memrchr(v.p, '"', v.len)) == NULL) {
		script_read(a, LANGUAGE_CMD, v);
		return;
	}
	buf_init(&text, a->budget, MAX_COMMAND_LINE);
	if (buf_add(&text, view_at(v, 0, (size_t)(last - v.p))) &&
	    buf_add(&text, view_from(v, (size_t)(last - v.p) + 1)))
		script_read(a, LANGUAGE_CMD, buf_view(&text));
	buf_free(&text);
}

/* The switches stand anywhere before the command, each right behind the other. */
static void
cmd(struct script *a, const struct words *w)
{
	struct view v;
	int c;

	if (w->n < 2)
		return;
	v = view_from(w->text, w->w[1].at);
	for (size_t i = 0; i + 1 < v.len; i++) {
		if (v.p[i] != '/')
			continue;
		c = tolower(v.p[i + 1]);
		if (c == '?')
			return;
		if (c == 'c' || c == 'k' || c == 'r') {
			command(a, view_from(v, i + 2));
			return;
		}
	}
}

/* ---- PowerShell ---- */

enum ps_kind { PS_FLAG, PS_VALUE, PS_COMMAND, PS_ENCODED, PS_FILE };

/* Each may be cut down to its first least letters. */
static const struct ps_switch {
	const char	*name, *alias;
	size_t		 least;
	enum ps_kind	 kind;
} ps_switches[] = {
	{ "command", NULL, 1, PS_COMMAND },
	{ "commandwithargs", "cwa", 15, PS_COMMAND },
	{ "encodedcommand", "ec", 1, PS_ENCODED },
	{ "encodedarguments", "ea", 8, PS_VALUE },
	{ "executionpolicy", "ep", 2, PS_VALUE },
	{ "file", NULL, 1, PS_FILE },
	{ "windowstyle", NULL, 1, PS_VALUE },
	{ "workingdirectory", "wd", 2, PS_VALUE },
	{ "version", NULL, 1, PS_VALUE },
	{ "inputformat", "if", 2, PS_VALUE },
	{ "outputformat", "of", 1, PS_VALUE },
	{ "psconsolefile", NULL, 1, PS_VALUE },
	{ "configurationname", NULL, 6, PS_VALUE },
	{ "configurationfile", NULL, 14, PS_VALUE },
	{ "custompipename", NULL, 3, PS_VALUE },
	{ "settingsfile", "settings", 3, PS_VALUE },
	{ "noexit", NULL, 3, PS_FLAG },
	{ "nologo", NULL, 3, PS_FLAG },
	{ "noninteractive", NULL, 4, PS_FLAG },
	{ "noprofile", NULL, 3, PS_FLAG },
	{ "noprofileloadtime", NULL, 10, PS_FLAG },
	{ "interactive", NULL, 1, PS_FLAG },
	{ "login", NULL, 1, PS_FLAG },
	{ "sta", NULL, 1, PS_FLAG },
	{ "mta", NULL, 1, PS_FLAG },
};

/* Behind the dash, which PowerShell takes in four forms, or the slash; NULL: it is no switch. */
static const char *
behind_dash(const char *s)
{
	if (word_is_switch(s))
		return s + 1 + (s[1] == '-');
	/* U+2013 to U+2015 */
	if (strncmp(s, "\xe2\x80", 2) == 0 && (uint8_t)s[2] >= 0x93 && (uint8_t)s[2] <= 0x95)
		return s + 3;
	return NULL;
}

static const struct ps_switch *
find_switch(const char *s)
{
	size_t n;

	if ((s = behind_dash(s)) == NULL || (n = strlen(s)) == 0)
		return NULL;
	for (size_t i = 0; i < nitems(ps_switches); i++) {
		const struct ps_switch *p = &ps_switches[i];

		if ((n >= p->least && strncasecmp(p->name, s, n) == 0) ||
		    (p->alias != NULL && is_word(s, p->alias)))
			return p;
	}
	return NULL;
}

static void
encoded(struct script *a, const char *s)
{
	struct buf bytes, text;

	buf_init(&bytes, a->budget, MAX_COMMAND_LINE);
	buf_init(&text, a->budget, 2 * MAX_COMMAND_LINE);
	if (base64_decode(view_str(s), &bytes) && text_of(buf_view(&bytes), &text)) {
		script_decoded(a, "base64", buf_view(&text));
		script_read(a, LANGUAGE_POWERSHELL, buf_view(&text));
	}
	buf_free(&bytes);
	buf_free(&text);
}

/* The words from i on are the script, with a blank between each two. */
static void
script(struct script *a, const struct words *w, size_t i)
{
	struct buf text;

	if (i >= w->n || (i + 1 == w->n && is_word(w->w[i].s, "-")))
		return;		/* it comes by standard input */
	buf_init(&text, a->budget, 2 * MAX_COMMAND_LINE);
	if (words_join(w, i, &text))
		script_read(a, LANGUAGE_POWERSHELL, buf_view(&text));
	buf_free(&text);
}

/* What is no switch begins a script, for pwsh the name of a file. */
static void
powershell(struct script *a, const struct words *w, enum ps_kind otherwise)
{
	const struct ps_switch *p;

	for (size_t i = 1; i < w->n; i++) {
		p = find_switch(w->w[i].s);
		switch (p != NULL ? p->kind : otherwise) {
		case PS_FLAG:
			break;
		case PS_VALUE:
			i++;
			break;
		case PS_ENCODED:
			if (++i < w->n)
				encoded(a, w->w[i].s);
			break;
		case PS_COMMAND:
			script(a, w, p != NULL ? i + 1 : i);
			return;
		case PS_FILE:
			return;
		}
	}
}

static void
windows_powershell(struct script *a, const struct words *w)
{
	powershell(a, w, PS_COMMAND);
}

static void
pwsh(struct script *a, const struct words *w)
{
	powershell(a, w, PS_FILE);
}

/* ---- By name ---- */

static void
schtasks(struct script *a, const struct words *w)
{
	(void)schtasks_read(a, w);
}

static void
at(struct script *a, const struct words *w)
{
	(void)at_read(a, w);
}

static const struct program {
	const char	*name;
	void		(*read)(struct script *, const struct words *);
} programs[] = {
	{ "schtasks", schtasks }, { "at", at },
	{ "cmd", cmd }, { "%comspec%", cmd }, { "$env:comspec", cmd },
	{ "powershell", windows_powershell }, { "pwsh", pwsh },
	{ "start", start }, { "runas", runas }, { "sudo", runas }, { "conhost", conhost },
	{ "psexec", psexec }, { "psexec64", psexec }, { "paexec", psexec }, { "csexec", psexec },
	{ "winrs", winrs }, { "wmic", wmic }, { "sc", sc }, { "forfiles", forfiles },
};

/* The last element of the path, without what says that it is a program. */
static struct view
base_name(const char *path)
{
	static const char *const endings[] = { ".exe", ".com", ".bat", ".cmd" };
	struct view v;

	for (const char *s = path; *s != '\0'; s++)
		if (*s == '\\' || *s == '/')
			path = s + 1;
	v = view_str(path);
	while (v.len > 0 && isspace(v.p[v.len - 1]))
		v.len--;
	for (size_t i = 0; i < nitems(endings); i++)
		if (v.len > 4 && text_ends(v, endings[i]))
			return view_at(v, 0, v.len - 4);
	return v;
}

void
script_program(struct script *a, const struct words *w)
{
	struct view name;

	if (w->n == 0)
		return;
	if (a->listener != NULL && a->listener->program != NULL)
		a->listener->program(a->listener->arg, w);
	name = base_name(w->w[0].s);
	for (size_t i = 0; i < nitems(programs); i++)
		if (text_is(name, programs[i].name)) {
			programs[i].read(a, w);
			return;
		}
}
