/* clixml.c -- pipelines as a person would type them, [MS-PSRP] 2.2.2.10,
 * 2.2.3.11-13. */
#include "winrm/clixml.h"

#include <stdlib.h>

#include "winrm/clixml-tree.h"
#include "base/text.h"
#include "engine/dissect.h"
#include "task/xml.h"

/* ---- Pipelines ---- */

struct cmd {
	struct view	 text;		/* a cmdlet's name or a script */
	bool		 script;
	clixml_index	 args;		/* the list of its arguments; 0: none */
};

/* Reads a Command, 2.2.3.12.  Returns false if it is none, or was cut before it
 * says whether it is a script. */
static bool
cmd_read(struct clixml_tree *t, clixml_index at, struct cmd *c)
{
	clixml_index obj = tree_follow(t, at), what = tree_property(t, obj, "Cmd"), is_script;

	is_script = tree_property(t, obj, "IsScript");
	*c = (struct cmd){ .text = tree_text(t, what) };
	if (tree_kind(t, what) != K_STRING || c->text.len == 0)
		return false;
	c->args = tree_inside(t, tree_property(t, obj, "Args"), K_LIST);
	c->script = text_is(tree_text(t, is_script), "true");
	if (is_script != 0 && t->n[is_script].whole)
		return true;
	/* A text that was cut is a script if it is longer than any cmdlet's name. */
	c->script = !t->n[what].whole && c->text.len > MAX_CLIXML_NAME;
	return c->script;
}

/* Is it one of the switches, which people write without a value? */
static bool
is_switch(struct view v)
{
	static const char *const names[] = {
		"AsJob", "AsPlainText", "AtLogOn", "AtStartup", "AllowStartIfOnBatteries", "Daily",
		"Debug", "Disable", "DontStopIfGoingOnBatteries", "Force", "Hidden", "NoNewWindow",
		"Once", "PassThru", "Recurse", "RunOnlyIfIdle", "RunOnlyIfNetworkAvailable",
		"StartWhenAvailable", "Stream", "UseBasicParsing", "Verbose", "Wait", "WakeToRun",
		"Weekly", "WhatIf",
	};

	for (size_t i = 0; i < nitems(names); i++)
		if (text_is(v, names[i]))
			return true;
	return false;
}

/*
 * Prints a Command Parameter, 2.2.3.13.  In a line that a person typed, names
 * keep their dashes and colons; the value of a name without one is the next
 * parameter, unless the name is a switch.
 */
static void
argument(struct clixml_tree *t, clixml_index at)
{
	clixml_index obj = tree_follow(t, at);
	clixml_index n = tree_property(t, obj, "N"), v = tree_property(t, obj, "V");
	struct view key = tree_text(t, n);
	bool colon = key.len > 0 && key.p[key.len - 1] == ':';

	if (v == 0 || !t->n[v].whole)
		return;
	print_str(t, " ");
	if (tree_kind(t, n) != K_STRING || key.len == 0) {
		print_value(t, v, ARGUMENT, 0);
		return;
	}
	if (key.p[0] == '-')
		key = view_from(key, 1);
	key.len -= colon;
	print_str(t, "-");
	if (print_is_name(key))
		print_view(t, key);
	else
		print_quoted(t, key);
	if (tree_kind(t, v) == K_NIL || (tree_kind(t, v) == K_BOOLEAN && !colon && is_switch(key) &&
	    text_is(tree_text(t, v), "true")))
		return;
	print_str(t, colon || tree_kind(t, v) == K_BOOLEAN ? ":" : " ");
	print_value(t, v, ARGUMENT, 0);
}

/* Prints one command of a pipeline.  A script may be several statements, so it
 * is put in a block unless it stands alone. */
static void
command(struct clixml_tree *t, const struct cmd *c, bool alone)
{
	clixml_index args = c->args != 0 ? tree_first(t, c->args) : 0;

	if (!c->script && !print_is_word(c->text)) {
		print_str(t, "& ");
		print_quoted(t, c->text);
	} else if (c->script && (!alone || args != 0)) {
		print_str(t, "& ");
		print_block(t, c->text);
	} else
		print_view(t, c->text);
	for (; args != 0 && !t->full; args = tree_next(t, args))
		argument(t, args);
}

/* Is this Invoke-Expression with a script, as some libraries send scripts? */
static bool
invokes_script(struct clixml_tree *t, const struct cmd *c, struct view *script)
{
	clixml_index arg = c->args != 0 ? tree_first(t, c->args) : 0, v;
	struct view key;

	if (c->script || !text_is(c->text, "Invoke-Expression") || arg == 0 ||
	    tree_next(t, arg) != 0)
		return false;
	arg = tree_follow(t, arg);
	key = tree_text(t, tree_property(t, arg, "N"));
	v = tree_property(t, arg, "V");
	if ((key.len > 0 && !text_is(key, "Command")) || tree_kind(t, v) != K_STRING)
		return false;
	*script = tree_text(t, v);
	return script->len > 0;
}

/* Are these commands only a script, and what the client's library or console
 * adds to print its output? */
static bool
typed_script(struct clixml_tree *t, clixml_index cmds, struct view *script)
{
	clixml_index at = tree_first(t, cmds);
	struct cmd c;

	if (at == 0 || !cmd_read(t, at, &c))
		return false;
	if (c.script && (c.args == 0 || tree_first(t, c.args) == 0))
		*script = c.text;
	else if (!invokes_script(t, &c, script))
		return false;
	while ((at = tree_next(t, at)) != 0)
		if (cmd_read(t, at, &c) && (c.script ||
		    (!text_is(c.text, "Out-String") && !text_is(c.text, "Out-Default"))))
			return false;
	return true;
}

/* Prints one statement: a pipeline of commands. */
static void
statement(struct clixml_tree *t, clixml_index cmds)
{
	struct view script;
	struct cmd c;
	bool more = false;
	clixml_index at;

	if (cmds == 0)
		return;
	if (typed_script(t, cmds, &script)) {
		print_view(t, script);
		return;
	}
	at = tree_first(t, cmds);
	for (bool alone = at != 0 && tree_next(t, at) == 0; at != 0 && !t->full;
	    at = tree_next(t, at)) {
		if (!cmd_read(t, at, &c))
			continue;
		if (more)
			print_str(t, " | ");
		more = true;
		command(t, &c, alone);
	}
}

static void
statements(struct clixml_tree *t, clixml_index shell)
{
	clixml_index extra = tree_inside(t, tree_property(t, shell, "ExtraCmds"), K_LIST);
	size_t from = t->out->len, at = from;

	/* If there are several statements, ExtraCmds has them all, and Cmds the
	 * first. */
	if (extra == 0 || tree_first(t, extra) == 0) {
		statement(t, tree_inside(t, tree_property(t, shell, "Cmds"), K_LIST));
		return;
	}
	for (clixml_index c = tree_first(t, extra); c != 0 && !t->full; c = tree_next(t, c)) {
		struct view before = view_from(buf_view(t->out), at);

		if (before.len > 0)
			print_str(t, view_has_lines(before) ? "\n" : "; ");
		at = t->out->len;
		statement(t, tree_inside(t, tree_property(t, tree_follow(t, c), "Cmds"), K_LIST));
	}
}

/* Returns the object itself, which may stand in an Objs element. */
static clixml_index
outermost(struct clixml_tree *t)
{
	clixml_index at = tree_first(t, 0);

	return tree_kind(t, at) == K_LIST ? tree_first(t, at) : at;
}

bool
clixml_pipeline(struct view xml, struct buf *out)
{
	size_t before = out->len;
	struct clixml_tree t;

	if (!tree_open(&t, xml, out))
		return false;
	statements(&t, tree_property(&t, outermost(&t), "PowerShell"));
	tree_close(&t);
	return out->len > before;
}

bool
clixml_text(struct view xml, struct buf *out)
{
	size_t before = out->len;
	struct clixml_tree t;

	if (!tree_open(&t, xml, out))
		return false;
	print_value(&t, outermost(&t), OUTPUT, 0);
	tree_close(&t);
	return out->len > before;
}

/* ---- One number: read without a tree ---- */

struct search {
	const char	*name;
	bool		 found, done;
	char		 digits[24];
	size_t		 n;
};

static bool
seek_start(void *arg, const struct xml_tag *tag)
{
	struct search *s = arg;
	const char *n = xml_att(tag, "N");

	if (s->done)
		return false;
	s->n = 0;
	/* An enumeration is an object with a number inside. */
	if (n != NULL)
		s->found = strcasecmp(n, s->name) == 0;
	return true;
}

static void
seek_text(void *arg, struct view v)
{
	struct search *s = arg;

	for (; s->found && !s->done && v.len > 0 && s->n < sizeof(s->digits) - 1;
	    v = view_from(v, 1))
		if (v.p[0] > ' ')
			s->digits[s->n++] = (char)v.p[0];
}

static void
seek_end(void *arg, size_t from, size_t to)
{
	struct search *s = arg;

	(void)from;
	(void)to;
	if (s->found && !s->done && view_is_number((struct view){ (uint8_t *)s->digits, s->n }))
		s->done = true;
	else if (!s->done)
		s->n = 0;
}

bool
clixml_number(struct view xml, const char *what, int64_t *out)
{
	static const struct xml_ops ops = { seek_start, seek_text, seek_end };
	struct xml_text t = xml_text(xml, false);
	struct search s = { .name = what };
	char *end;

	(void)xml_read(&t, &ops, &s);
	s.digits[s.n] = '\0';
	if (!s.done)
		return false;
	*out = strtoll(s.digits, &end, 10);
	return *end == '\0';
}
