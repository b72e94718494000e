/* program.c -- native programs, as PowerShell starts them. */
#include "script/powershell/program.h"

#include "base/limits.h"
#include "script/powershell/powershell.h"
#include "script/words.h"

/* A command line that is being put together. */
struct line {
	struct ps	*ps;
	struct ps_value	 text;
	struct word	*w;
	size_t		 n, cap;
	bool		 quotes;	/* a word has quotes inside */
};

static void
word(struct line *l, struct ps_value v, bool raw)
{
	struct ps *ps = l->ps;
	bool quote;
	char *s;

	v = ps_as_string(ps, v);
	if (l->n == l->cap || v.kind != PS_STRING || (v.text.len == 0 && !raw))
		return;
	quote = !raw && (view_chr(v.text, ' ') != NULL ||
	    view_chr(v.text, '\t') != NULL);
	l->quotes |= raw || view_chr(v.text, '"') != NULL;
	if (l->n > 0)
		l->text = ps_concat(ps, l->text, ps_string(view_str(" ")));
	if ((s = ps_alloc(ps, v.text.len + 1)) == NULL)
		return;
	memcpy(s, v.text.p, v.text.len);
	l->w[l->n++] = (struct word){ s, l->text.text.len, ps_is_known(&v) };
	if (quote)
		l->text = ps_concat(ps, l->text, ps_string(view_str("\"")));
	l->text = ps_concat(ps, l->text, v);
	if (quote)
		l->text = ps_concat(ps, l->text, ps_string(view_str("\"")));
}

static void
start(struct ps *ps, const struct words *w)
{
	if (ps->script->depth >= MAX_SCRIPT_DEPTH || !ps_work(ps, w->text.len + 256))
		return;
	script_program(ps->script, w);
}

void
ps_start_command_line(struct ps *ps, struct ps_value text)
{
	struct words *w, own;
	struct word *copy;

	text = ps_as_string(ps, text);
	if (text.kind != PS_STRING || (w = words_split(ps->script->budget, text.text)) == NULL)
		return;
	own = *w;
	if (!ps_is_known(&text) && (copy = ps_alloc(ps, w->n * sizeof(*copy))) != NULL) {
		for (size_t i = 0; i < w->n; i++) {
			copy[i] = w->w[i];
			copy[i].fixed = false;
		}
		own.w = copy;
	}
	start(ps, &own);
	words_free(w);
}

/*
 * Windows PowerShell puts quotes around words with blanks, and leaves quotes
 * inside them as they are: such a command line is split anew.
 */
void
ps_start_program(struct ps *ps, struct view name, const struct ps_arg *args, size_t n)
{
	struct line l = { .ps = ps, .text = ps_string(view_str("")) };
	struct words w;
	size_t many = 1;

	for (size_t i = 0; i < n; i++)
		many += 1 + (args[i].v.kind == PS_ARRAY ? args[i].v.array->n : 1);
	if ((l.w = ps_alloc(ps, many * sizeof(*l.w))) == NULL)
		return;
	l.cap = many;
	word(&l, ps_string(name), false);
	for (size_t i = 0; i < n; i++) {
		struct ps_value v = args[i].v, dash = ps_string(view_str("-"));

		if (args[i].name.len > 0) {
			dash = ps_concat(ps, dash, ps_string(args[i].name));
			if (args[i].colon)
				dash = ps_concat(ps, ps_concat(ps, dash, ps_string(view_str(":"))),
				    v);
			word(&l, dash, false);
		} else if (v.kind == PS_ARRAY)
			for (size_t k = 0; k < v.array->n; k++)
				word(&l, v.array->v[k], false);
		else
			word(&l, v, args[i].raw);
	}
	if (l.n == 0 || l.text.kind != PS_STRING)
		return;
	if (l.quotes) {
		ps_start_command_line(ps, l.text);
		return;
	}
	w = (struct words){ .n = l.n, .w = l.w, .text = l.text.text };
	start(ps, &w);
}

/* Start-Process joins its arguments with blanks and quotes nothing. */
void
ps_start_process(struct ps *ps, struct ps_value file, struct ps_value arguments)
{
	struct ps_value text;

	if (ps_is_object(&file, "startinfo")) {
		arguments = ps_property(&file, "Arguments");
		file = ps_property(&file, "FileName");
		if (arguments.kind == PS_UNKNOWN && arguments.text.len == 0)
			arguments.kind = PS_NULL;
	}
	if (file.kind != PS_STRING)
		return;
	text = file;
	if (view_chr(file.text, ' ') != NULL)
		text = ps_concat(ps, ps_concat(ps, ps_string(view_str("\"")), file),
		    ps_string(view_str("\"")));
	if (arguments.kind != PS_NULL) {
		text = ps_concat(ps, text, ps_string(view_str(" ")));
		text = ps_concat(ps, text, arguments);
	}
	ps_start_command_line(ps, text);
}
