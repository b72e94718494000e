#include "detect/command.h"

#include <ctype.h>
#include <strings.h>

#include "base/decode-text.h"
#include "detect/obfuscation.h"
#include "base/limits.h"
#include "detect/lolbin.h"
#include "detect/normalise.h"
#include "detect/path.h"
#include "detect/phrases.h"
#include "fact/redact.h"
#include "detect/score.h"
#include "base/text.h"
#include "script/words.h"

#define GROWTH		8	/* plain form may be longer than what was sent */

struct judge {
	struct command_context to;
	bool		 inside;	/* what is read now is not in a field of the fact */
};

static bool
plain(struct judge *j, struct view text, struct buf *out)
{
	buf_init(out, j->to.b, GROWTH * text.len + 64);
	return normalise_text(text, out) || out->len > 0;
}

/* ---- What the readers of scripts find ---- */

/* A path with blanks is put in quotes, or its plain form would end at the first. */
static bool
plain_program(struct judge *j, struct view path, struct buf *out)
{
	struct buf quoted;
	bool made;

	if (path.len == 0 || view_chr(path, ' ') == NULL)
		return plain(j, path, out);
	buf_init(&quoted, j->to.b, path.len + 2);
	made = buf_add(&quoted, view_str("\"")) && buf_add(&quoted, path) &&
	    buf_add(&quoted, view_str("\"")) && plain(j, buf_view(&quoted), out);
	buf_free(&quoted);
	return made;
}

static void
on_program(void *arg, const struct words *w)
{
	struct judge *j = arg;
	struct buf program, arguments;

	buf_init(&program, j->to.b, 0);
	if (plain_program(j, view_str(w->w[0].s), &program)) {
		plain(j, w->n > 1 ? view_from(w->text, w->w[1].at) : view_str(""), &arguments);
		lolbin_judge(j->to.f, buf_view(&program), buf_view(&arguments));
		buf_free(&arguments);
	}
	buf_free(&program);
}

/*
 * Details are written into records.  The passwords in the fact's own texts were
 * masked before, but not those in what is decoded or assembled from them.
 * Returns text, or its masked form, which is in out.
 */
static struct view
masked(const struct judge *j, struct view text, struct buf *out, bool *had)
{
	buf_init(out, j->to.b, 3 * text.len + 1);
	*had = redact(text, out);
	return *had ? buf_view(out) : text;
}

static void
judge_text(struct judge *j, struct view text)
{
	struct buf out;

	if (plain(j, text, &out))
		phrases_judge(j->to.f, buf_view(&out));
	buf_free(&out);
}

static void
on_text(void *arg, enum language language, struct view text)
{
	struct judge *j = arg;
	struct buf out;
	bool had;

	(void)language;
	buf_init(&out, j->to.b, 0);
	if (j->inside)
		text = masked(j, text, &out, &had);
	j->inside = true;
	obfuscation_judge(j->to.f, text);
	judge_text(j, text);
	buf_free(&out);
}

/* A file with the name of a report, in a folder where people look for reports. */
static bool
is_report(struct view path)
{
	static const char *const extensions[] = { "txt", "csv", "htm", "html", "xml", "json" };

	if (text_is(path_extension(path), "log"))
		return true;
	for (size_t i = 0; i < nitems(extensions); i++)
		if (text_is(path_extension(path), extensions[i]))
			return !text_begins(path, "\\windows\\") && !text_begins(path, "c:\\windows\\");
	return false;
}

/*
 * impacket's atexec, wmiexec and smbexec, and their descendants, redirect a
 * command's output to a file in a temporary folder or on the machine's own
 * administrative share, and read it there.  Reports and logs are something else.
 */
static void
on_output(void *arg, struct view to)
{
	struct judge *j = arg;
	struct view path;
	struct buf out;

	if (plain(j, to, &out)) {
		path = buf_view(&out);
		if (path_place(path) == PLACE_ADMIN_SHARE ||
		    (path_place(path) == PLACE_TEMP && !is_report(path)))
			found(j->to.f, R_OUTPUT_CAPTURED, to);
	}
	buf_free(&out);
}

/* Returns whether the decoded part is new: a text that is read in more than one
 * way gives the same part again. */
static bool
is_new(const struct fact *o, struct view text)
{
	return text.len > 0 && fact_count(o, F_DET_DEC_TEXT) < MAX_SCRIPT_DECODED &&
	    !fact_has(o, F_DET_DEC_TEXT, text);
}

static void
on_decoded(void *arg, const char *method, struct view text)
{
	struct judge *j = arg;
	struct fact *o = j->to.o;
	struct buf out;
	bool had;

	text = masked(j, text_upto(text, MAX_SCRIPT_PART), &out, &had);
	judge_text(j, text);
	if (had) {
		found(j->to.f, R_PASSWORD_CLEAR, view_str(""));
		fact_bool(o, F_HAS_PASSWORD, true);
	}
	if (is_new(o, text)) {
		fact_next(o, F_DET_DEC_METHOD);
		fact_str(o, F_DET_DEC_METHOD, method);
		fact_utf8(o, F_DET_DEC_TEXT, text);
	}
	buf_free(&out);
}

/* A task that a command creates is judged as if it had been registered. */
static void
on_task(void *arg, struct fact *task)
{
	const struct judge *j = arg;
	struct command_context inner = j->to;

	inner.depth++;
	if (inner.depth <= MAX_TASK_DEPTH)
		score_created(&inner, task);
	fact_free(task);
}

/* ---- Command lines ---- */

static bool
is_runnable(struct view v)
{
	static const char *const extensions[] = { ".exe", ".com", ".bat", ".cmd", ".scr", ".ps1",
	    ".vbs", ".js" };

	for (size_t i = 0; i < nitems(extensions); i++) {
		size_t n = strlen(extensions[i]);

		if (v.len > n && strncasecmp((const char *)v.p + v.len - n, extensions[i], n) == 0)
			return true;
	}
	return false;
}

static bool
is_rooted(struct view v)
{
	return (v.len > 2 && isalpha(v.p[0]) && v.p[1] == ':') || view_starts(v, "\\\\", 2) ||
	    view_starts(v, "%", 1);
}

/* The paths of Windows itself have no blanks. */
static bool
is_windows(struct view v)
{
	return text_begins(view_from(v, 1), ":\\windows\\") || text_begins(v, "%windir%\\") ||
	    text_begins(v, "%systemroot%\\");
}

/* Returns whether a switch or another path follows the blank. */
static bool
begins_argument(struct view v)
{
	v = text_skip_blanks(v);
	return view_starts(v, "/", 1) || is_rooted(v) ||
	    (view_starts(v, "-", 1) && v.len > 1 && v.p[1] != ' ');
}

/*
 * Returns the length of the program's path at the beginning of a line, or 0 when
 * it has no blanks or is in quotes.  CreateProcess() tries each blank as its end;
 * here the first part that ends like a program is taken.
 */
static size_t
spaced_path(struct view line)
{
	if (!is_rooted(line) || is_windows(line))
		return 0;
	for (size_t i = 0; i <= line.len; i++) {
		if (i < line.len && line.p[i] == '"')
			return 0;
		if (i < line.len && line.p[i] != ' ')
			continue;
		if (is_runnable(view_at(line, 0, i)))
			return memchr(line.p, ' ', i) != NULL ? i : 0;
		if (begins_argument(view_from(line, i)))
			return 0;
	}
	return 0;
}

/*
 * Logs and people put a line in quotes that has quotes of its own, or only one at
 * its beginning.  Returns what is inside, unless that is the path of a program.
 */
static struct view
whole_in_quotes(struct view line)
{
	const uint8_t *end;
	struct view inside;

	if (view_starts(line, "\"", 1) && text_ends(line, "\","))
		line.len--;		/* one of a list */
	if (view_starts(line, "\"\"", 2) && line.len > 3 && line.p[2] != ' ' && line.p[2] != '"') {
		line = view_from(line, 1);
		return line.p[line.len - 1] == '"' ? view_at(line, 0, line.len - 1) : line;
	}
	if (!view_starts(line, "\"", 1) || line.len == 1)
		return line;
	inside = view_from(line, 1);
	end = view_chr(inside, '"');
	if (end != NULL && end + 1 < inside.p + inside.len)
		return line;
	if (end != NULL)
		inside.len--;
	return inside.len == 0 || is_runnable(inside) ||
	    view_chr(inside, ' ') == NULL ? line : inside;
}

static bool
add_line(struct view line, struct buf *out)
{
	size_t n = spaced_path(line);

	if (n == 0)
		return buf_add(out, line);
	return buf_add(out, view_str("\"")) && buf_add(out, view_at(line, 0, n)) &&
	    buf_add(out, view_str("\"")) && buf_add(out, view_from(line, n));
}

bool
command_of_action(struct view command, struct view arguments, struct buf *out)
{
	return add_line(command, out) &&
	    (arguments.len == 0 || (buf_add(out, view_str(" ")) && buf_add(out, arguments)));
}

struct view
command_program(struct view line, struct view *arguments)
{
	bool quoted = view_starts(line, "\"", 1);
	const uint8_t *end;
	struct view program;

	line = view_from(line, quoted);
	end = line.len > 0 ? view_chr(line, quoted ? '"' : ' ') : NULL;
	program = end != NULL ? view_at(line, 0, (size_t)(end - line.p)) : line;
	*arguments = text_skip_blanks(view_from(line, program.len + (quoted && end != NULL)));
	return program;
}

/* Built-in commands of cmd.exe. */
static bool
is_builtin(struct view word)
{
	static const char *const names[] = {
		"assoc", "call", "cd", "chdir", "copy", "del", "dir", "echo", "erase", "for", "ftype",
		"if", "md", "mkdir", "mklink", "move", "popd", "pushd", "rd", "ren", "rename", "rmdir",
		"set", "start", "type", "ver", "vol"
	};

	for (size_t i = 0; i < nitems(names); i++)
		if (text_is(word, names[i]))
			return true;
	return false;
}

/* Returns whether the line makes sense for cmd.exe only: it begins with a built-in
 * command, or has operators outside quotes. */
static bool
is_for_cmd(struct view line)
{
	struct view behind;
	bool quoted = false;

	if (is_builtin(command_program(line, &behind)))
		return true;
	for (size_t i = 0; i < line.len; i++) {
		quoted ^= line.p[i] == '"';
		if (!quoted && strchr("&|<>^", line.p[i]) != NULL && line.p[i] != '\0')
			return true;
	}
	return false;
}

void
command_judge(const struct command_context *to, enum language language, struct view text)
{
	struct judge j = { .to = *to, .inside = to->depth > 0 };
	const struct script_listener reading = {
		.program = on_program, .text = on_text, .output = on_output,
		.decoded = on_decoded, .task = on_task, .arg = &j, .work = to->work
	};
	struct buf line;

	if (language != LANGUAGE_NONE) {
		script_scan(to->b, language, text, &reading);
		return;
	}
	buf_init(&line, to->b, text.len + 2);
	if (add_line(whole_in_quotes(text), &line))
		script_scan(to->b, is_for_cmd(buf_view(&line)) ? LANGUAGE_CMD : LANGUAGE_NONE,
		    buf_view(&line), &reading);
	buf_free(&line);
}
