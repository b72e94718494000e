/* command-line.c -- the command lines of powershell.exe and pwsh.exe. */
#include "script/readers.h"

#include <strings.h>

#include "base/decode-text.h"
#include "base/limits.h"
#include "script/words.h"

enum parameter_kind { SWITCH, VALUE, COMMAND, ENCODED, SCRIPT_FILE };

/* A name may be abbreviated to its first least letters or more. */
static const struct parameter {
	const char	*name, *alias;
	size_t		 least;
	enum parameter_kind	 kind;
} parameters[] = {
	{ "command", NULL, 1, COMMAND },
	{ "commandwithargs", "cwa", 15, COMMAND },
	{ "encodedcommand", "ec", 1, ENCODED },
	{ "encodedarguments", "ea", 8, VALUE },
	{ "executionpolicy", "ep", 2, VALUE },
	{ "file", NULL, 1, SCRIPT_FILE },
	{ "windowstyle", NULL, 1, VALUE },
	{ "workingdirectory", "wd", 2, VALUE },
	{ "version", NULL, 1, VALUE },
	{ "inputformat", "if", 2, VALUE },
	{ "outputformat", "of", 1, VALUE },
	{ "psconsolefile", NULL, 1, VALUE },
	{ "configurationname", NULL, 6, VALUE },
	{ "configurationfile", NULL, 14, VALUE },
	{ "custompipename", NULL, 3, VALUE },
	{ "settingsfile", "settings", 3, VALUE },
	{ "noexit", NULL, 3, SWITCH },
	{ "nologo", NULL, 3, SWITCH },
	{ "noninteractive", NULL, 4, SWITCH },
	{ "noprofile", NULL, 3, SWITCH },
	{ "noprofileloadtime", NULL, 10, SWITCH },
	{ "interactive", NULL, 1, SWITCH },
	{ "login", NULL, 1, SWITCH },
	{ "sta", NULL, 1, SWITCH },
	{ "mta", NULL, 1, SWITCH },
};

/* Returns the name behind the slash or the dash, which has four forms; NULL: s is no parameter. */
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

static const struct parameter *
find_parameter(const char *s)
{
	size_t n;

	if ((s = behind_dash(s)) == NULL || (n = strlen(s)) == 0)
		return NULL;
	for (size_t i = 0; i < nitems(parameters); i++) {
		const struct parameter *p = &parameters[i];

		if ((n >= p->least && strncasecmp(p->name, s, n) == 0) ||
		    (p->alias != NULL && strcasecmp(s, p->alias) == 0))
			return p;
	}
	return NULL;
}

static void
read_encoded(struct script *script, const char *s)
{
	struct buf bytes, text;

	buf_init(&bytes, script->budget, MAX_COMMAND_LINE);
	buf_init(&text, script->budget, 2 * MAX_COMMAND_LINE);
	if (base64_decode(view_str(s), &bytes) && text_of(buf_view(&bytes), &text)) {
		script_decoded(script, "base64", buf_view(&text));
		script_read(script, LANGUAGE_POWERSHELL, buf_view(&text));
	}
	buf_free(&bytes);
	buf_free(&text);
}

/* The words from i on, joined by blanks, are the script. */
static void
read_script(struct script *script, const struct words *w, size_t i)
{
	struct buf text;

	if (i >= w->n || (i + 1 == w->n && strcmp(w->w[i].s, "-") == 0))
		return;		/* the script comes through standard input */
	buf_init(&text, script->budget, 2 * MAX_COMMAND_LINE);
	if (words_join(w, i, &text))
		script_read(script, LANGUAGE_POWERSHELL, buf_view(&text));
	buf_free(&text);
}

/* A word that is no parameter begins a script; for pwsh.exe it is the name of a file. */
static void
read_parameters(struct script *script, const struct words *w, enum parameter_kind otherwise)
{
	const struct parameter *p;

	for (size_t i = 1; i < w->n; i++) {
		p = find_parameter(w->w[i].s);
		switch (p != NULL ? p->kind : otherwise) {
		case SWITCH:
			break;
		case VALUE:
			i++;
			break;
		case ENCODED:
			if (++i < w->n)
				read_encoded(script, w->w[i].s);
			break;
		case COMMAND:
			read_script(script, w, p != NULL ? i + 1 : i);
			return;
		case SCRIPT_FILE:
			return;
		}
	}
}

void
powershell_exe_read(struct script *script, const struct words *w)
{
	read_parameters(script, w, COMMAND);
}

void
pwsh_exe_read(struct script *script, const struct words *w)
{
	read_parameters(script, w, SCRIPT_FILE);
}
