/* command-line.c -- cmd.exe's own command line: the command behind /c. */
#include "script/readers.h"

#include <ctype.h>

#include "base/limits.h"
#include "base/text.h"
#include "script/words.h"

/* Does v begin with a program's name in quotes, which cmd.exe then leaves as they are? */
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
 * Reads the command behind /c.  cmd.exe removes the first and the last quote,
 * which usually enclose the whole command.  Where they enclose the program's
 * name and its last argument, cmd.exe removes them too and then finds no such
 * program; here the intended command is read nevertheless.
 */
static void
command(struct script *script, struct view v)
{
	const uint8_t *last;
	struct buf text;

	v = text_skip_blanks(v);
	if (v.len == 0 || v.p[0] != '"' || is_quoted_name(v)) {
		script_read(script, LANGUAGE_CMD, v);
		return;
	}
	v = view_from(v, 1);
	if (v.len == 0 || (last = memrchr(v.p, '"', v.len)) == NULL) {
		script_read(script, LANGUAGE_CMD, v);
		return;
	}
	buf_init(&text, script->budget, MAX_COMMAND_LINE);
	if (buf_add(&text, view_at(v, 0, (size_t)(last - v.p))) &&
	    buf_add(&text, view_from(v, (size_t)(last - v.p) + 1)))
		script_read(script, LANGUAGE_CMD, buf_view(&text));
	buf_free(&text);
}

/* Switches need no blank between them: "cmd /q/c whoami". */
void
cmd_exe_read(struct script *script, const struct words *w)
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
			command(script, view_from(v, i + 2));
			return;
		}
	}
}
