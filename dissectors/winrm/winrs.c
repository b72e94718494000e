/* winrs.c -- command lines, and what is typed into them, [MS-WSMV] 3.1.4.11. */
#include "winrm/winrs.h"

#include "base/decode-text.h"
#include "base/limits.h"
#include "base/text.h"

/* The server joins Command and Arguments with a blank between each two. */
static void
keep_line(const struct wsman_context *x, struct fact *o)
{
	const struct soap *s = x->soap;
	struct buf line;

	buf_init(&line, x->carrier.budget, MAX_SOAP_TEXT);
	if (s->command != NULL)
		buf_add(&line, view_str(s->command));
	for (size_t i = 0; i < s->n_arguments; i++) {
		if (s->arguments[i].len == 0)
			continue;
		if (line.len > 0)
			buf_add(&line, view_str(" "));
		buf_add(&line, s->arguments[i]);
	}
	fact_utf8(o, F_CMD_LINE, buf_view(&line));
	buf_free(&line);
}

/* Does the command line start PowerShell?  Its name is looked for in the first
 * word, or anywhere if that is quoted and may have blanks in its path. */
static bool
is_powershell(const char *line)
{
	const char *at = line != NULL ? strcasestr(line, "powershell") : NULL;
	const char *blank = line != NULL ? strpbrk(line, " \t") : NULL;

	return at != NULL && (blank == NULL || at < blank || line[0] == '"');
}

void
winrs_command(struct wsman_context *x, struct shell *sh)
{
	bool direct = soap_true(soap_option(x->soap, "WINRS_SKIP_CMD_SHELL"));
	struct fact *o = wsman_fact(x, "winrs", "winrs", direct ? "none" : "cmd");
	struct command *c;

	keep_line(x, o);
	c = wsman_command(x, sh, o, direct ? LANGUAGE_NONE : LANGUAGE_CMD, "winrshost.exe");
	if (c == NULL)
		return;
	c->feeds = is_powershell(fact_get(c->report.fact, F_CMD_LINE));
	if (x->soap->command_id != NULL)
		command_set_id(c, x->soap->command_id);
}

/* Makes a command of a line that was typed into cmd.exe, or into the PowerShell
 * that was started in its place. */
static void
typed_line(struct wsman_context *x, struct shell *sh, const char *id, bool powershell,
    struct view v)
{
	struct command *c;
	struct fact *o;

	while (v.len > 0 && (v.p[v.len - 1] == '\r' || v.p[v.len - 1] == ' '))
		v.len--;
	if (text_trim(v).len == 0)
		return;
	o = wsman_fact(x, "winrs", "winrs", powershell ? "powershell" : "cmd");
	fact_utf8(o, powershell ? F_CMD_SCRIPT : F_CMD_LINE, v);
	c = wsman_command(x, sh, o, powershell ? LANGUAGE_POWERSHELL : LANGUAGE_CMD,
	    "winrshost.exe");
	if (c == NULL)
		return;
	c->line = true;
	if (id != NULL)
		command_set_id(c, id);
}

/* Makes a command of each line of the input, and leaves in rest what has no
 * line end yet.  end: no more input follows. */
static void
typed(struct wsman_context *x, struct shell *sh, const char *id, bool powershell, struct buf *rest,
    bool end)
{
	struct view v = buf_view(rest);
	const uint8_t *nl;
	size_t lines = 0;

	while (v.len > 0 && (nl = view_chr(v, '\n')) != NULL) {
		if (lines++ == MAX_TYPED_LINES) {
			stat_add(x->carrier.world->stats, STAT_WINRM_LIMIT, 1);
			v.len = 0;
			break;
		}
		typed_line(x, sh, id, powershell, view_upto(v, 0, (size_t)(nl - v.p)));
		v = view_from(v, (size_t)(nl - v.p) + 1);
	}
	if (end || v.len > MAX_TYPED_LINE) {
		typed_line(x, sh, id, powershell, v);
		v.len = 0;
	}
	buf_drop(rest, rest->len - v.len);
}

void
winrs_input(struct wsman_context *x, struct shell *sh, const struct soap_stream *t)
{
	const char *id = t->command_id != NULL ? t->command_id : x->soap->command_id;
	struct command *c = id != NULL ? command_find(&sh->commands, id) : NULL;
	bool powershell = c != NULL && c->feeds;
	struct buf all, more;

	buf_init(&all, x->carrier.budget, MAX_SOAP_TEXT);
	buf_init(&more, x->carrier.budget, MAX_SOAP_TEXT);
	if (c != NULL) {
		buf_add(&all, buf_view(&c->typed));
		buf_free(&c->typed);
	}
	if (base64_decode(t->text, &more))
		buf_add(&all, buf_view(&more));
	buf_free(&more);
	typed(x, sh, id, powershell, &all, t->end);
	if (id != NULL && (c = command_find(&sh->commands, id)) != NULL)
		buf_add(&c->typed, buf_view(&all));
	buf_free(&all);
}
