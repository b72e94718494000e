/* readers.c -- which reader reads which language, and which program's command line. */
#include "script/readers.h"

#include <ctype.h>

#include "base/text.h"

static language_reader *const languages[] = {
	[LANGUAGE_NONE] = command_line_read,
	[LANGUAGE_CMD] = cmd_read,
	[LANGUAGE_POWERSHELL] = powershell_read,
};

static const struct {
	const char	*name;
	program_reader	*read;
} programs[] = {
	{ "schtasks",		schtasks_read },
	{ "at",			at_read },
	{ "cmd",		cmd_exe_read },
	{ "%comspec%",		cmd_exe_read },
	{ "$env:comspec",	cmd_exe_read },
	{ "powershell",		powershell_exe_read },
	{ "pwsh",		pwsh_exe_read },
	{ "start",		start_read },
	{ "runas",		runas_read },
	{ "sudo",		runas_read },
	{ "conhost",		conhost_read },
	{ "psexec",		psexec_read },
	{ "psexec64",		psexec_read },
	{ "paexec",		psexec_read },
	{ "csexec",		psexec_read },
	{ "winrs",		winrs_read },
	{ "wmic",		wmic_read },
	{ "sc",			sc_read },
	{ "forfiles",		forfiles_read },
};

/* The last element of a path, without blanks behind it and without .exe or the like. */
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

language_reader *
reader_of_language(enum language language)
{
	return languages[language];
}

program_reader *
reader_of_program(const char *path)
{
	struct view name = base_name(path);

	for (size_t i = 0; i < nitems(programs); i++)
		if (text_is(name, programs[i].name))
			return programs[i].read;
	return NULL;
}
