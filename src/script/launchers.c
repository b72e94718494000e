/* launchers.c -- the command lines of programs that start another program. */
#include "script/readers.h"

#include <strings.h>

#include "base/text.h"
#include "script/words.h"

/* ---- Words ---- */

/* The command line from word i on as it is written; the last word alone has lost its quotes. */
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

/* Is s the switch /name or -name, without a value? */
static bool
names_switch(const char *s, const char *name)
{
	const char *value;

	return word_names(s, name, &value) && value == NULL;
}

/* Returns the value of the switch /name:value; NULL: s is another word. */
static const char *
value_of(const char *s, const char *name)
{
	const char *value;

	return word_names(s, name, &value) ? value : NULL;
}

/* Is s in a list whose members are separated by blanks? */
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

/* ---- Programs with a host and a command ---- */

/* The text runs on each of the hosts, which are separated by commas; NULL: on this one. */
static void
read_on(struct script *script, const char *hosts, enum language language, struct view text)
{
	const char *outer = script->target, *end;
	char *host;

	if (hosts == NULL || *hosts == '\0') {
		script_read(script, language, text);
		return;
	}
	for (; *hosts != '\0'; hosts = end + (*end == ',')) {
		end = strchrnul(hosts, ',');
		if (end == hosts)
			continue;
		host = budget_strndup(script->budget, (struct view){ (const uint8_t *)hosts,
		    (size_t)(end - hosts) });
		if (host == NULL)
			return;
		script->target = host;
		script_read(script, language, text);
		script->target = outer;
		budget_free(host);
	}
}

/*
 * Reads [\\host] [switches] command.  The switches in valued have a value, which
 * is the next word.
 */
static void
host_and_command(struct script *script, const struct words *w, const char *valued)
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
			break;		/* a number is the value of the switch before it */
	}
	read_on(script, hosts, LANGUAGE_NONE, rest(w, i));
}

void
psexec_read(struct script *script, const struct words *w)
{
	host_and_command(script, w, "u p w n r a g");
}

void
runas_read(struct script *script, const struct words *w)
{
	host_and_command(script, w, "");
}

void
conhost_read(struct script *script, const struct words *w)
{
	host_and_command(script, w, "-width -height -signal -server");
}

/* winrs -r:host command: cmd.exe runs the command on that host.  The host may be a URL. */
void
winrs_read(struct script *script, const struct words *w)
{
	const char *host = NULL, *v, *scheme;
	char *name;
	size_t i;

	for (i = 1; i < w->n && word_is_switch(w->w[i].s); i++)
		if ((v = value_of(w->w[i].s, "r")) != NULL ||
		    (v = value_of(w->w[i].s, "remote")) != NULL)
			host = v;
	if (host == NULL || (scheme = strstr(host, "://")) == NULL) {
		read_on(script, host, LANGUAGE_CMD, rest(w, i));
		return;
	}
	scheme += 3;
	name = budget_strndup(script->budget, (struct view){ (const uint8_t *)scheme,
	    strcspn(scheme, scheme[0] == '[' ? "/" : ":/") });
	if (name != NULL)
		read_on(script, name, LANGUAGE_CMD, rest(w, i));
	budget_free(name);
}

/* wmic /node:host process call create "command" */
void
wmic_read(struct script *script, const struct words *w)
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
		if (process && i + 2 < w->n && is_word(s, "call") &&
		    is_word(w->w[i + 1].s, "create"))
			break;
	}
	if (i >= w->n)
		return;
	i += 2;
	command = rest(w, i);
	s = w->w[i].s;
	if (strncasecmp(s, "commandline=", 12) == 0)
		command = view_str(s + 12);
	else if (command.len > 0 && command.p[0] == '"')
		command = view_str(s);
	else if (command.len > 1 && command.p[0] == '\'') {
		command = view_from(command, 1);
		if ((v = (const char *)view_chr(command, '\'')) != NULL)
			command.len = (size_t)((const uint8_t *)v - command.p);
	}
	if (command.len > 0 && command.p[command.len - 1] == ',')
		command.len--;
	read_on(script, hosts, LANGUAGE_NONE, command);
}

/* sc \\host create name binPath= "command" */
void
sc_read(struct script *script, const struct words *w)
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
		read_on(script, host, LANGUAGE_NONE, view_str(s));
		return;
	}
}

/* forfiles /c "command" */
void
forfiles_read(struct script *script, const struct words *w)
{
	for (size_t i = 1; i + 1 < w->n; i++)
		if (names_switch(w->w[i].s, "c")) {
			script_read(script, LANGUAGE_NONE, view_str(w->w[i + 1].s));
			return;
		}
}

/* start "title" /d path /min program: the first word in quotes is the title. */
void
start_read(struct script *script, const struct words *w)
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
	script_read(script, LANGUAGE_NONE, rest(w, i));
}
