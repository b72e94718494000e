#include "detect/wintask.h"

#include "base/hex.h"
#include "base/text.h"

#define W "microsoft\\windows\\"

#define DEVICE_DIRECTORY	"ae31b729-d5fd-401e-af42-784074835afe"
#define UPDATE_ASSISTANT	"c:\\windows\\updateassistant\\updateassistant"
#define DEFENDER		"c:\\program files\\windows defender\\mpcmdrun"
#define DEFENDER_PLATFORM	"c:\\programdata\\microsoft\\windows defender\\platform\\*\\mpcmdrun"
#define C2R	"c:\\program files\\common files\\microsoft shared\\clicktorun\\officec2rclient"
#define OFFICE	"c:\\program files\\microsoft office\\"
#define OFFICE86	"c:\\program files (x86)\\microsoft office\\"
#define EDGE_UPDATE	"c:\\program files (x86)\\microsoft\\edgeupdate\\microsoftedgeupdate"
#define ONEDRIVE_MACHINE	"c:\\program files\\microsoft onedrive\\"
#define ONEDRIVE	"c:\\users\\*\\appdata\\local\\microsoft\\onedrive\\"

struct task {
	const char	*path;
	const char	*program;	/* NULL: it has a class, or its action is not known */
	const char	*arguments;
	const char	*class_id;
};

static const struct task tasks[] = {
#define RUN(path, program, arguments) { path, program, arguments, NULL },
#define COM(path, class_id) { path, NULL, NULL, class_id },
#define KNOWN(path) { path, NULL, NULL, NULL },
#include "detect/wintask.def"
#undef RUN
#undef COM
#undef KNOWN
};

/* Folders of tasks of Windows and Office … */
static const char *const own_folders[] = {
	W, "microsoft\\office\\", "microsoft\\onecore\\", "microsoft\\windows defender\\",
	"microsoft\\xblgamesave\\", "officesoftwareprotectionplatform\\",
};

/* … and those of them in which administrators and management tools create tasks. */
static const char *const shared_folders[] = {
	W "deduplication\\", W "enterprisemgmt\\", W "enterprisemgmtnoncritical\\", W "grouppolicy\\",
	W "pla\\", W "powershell\\scheduledjobs\\",
};

/* Programs of System32 that run what their arguments say. */
static const char *const loaders[] = {
	"bash", "bitsadmin", "certutil", "cmd", "cmstp", "conhost", "control", "cscript", "esentutl",
	"forfiles", "ftp", "installutil", "mavinject", "mmc", "mshta", "msiexec", "net", "net1", "netsh",
	"odbcconf", "pcalua", "powershell", "pwsh", "reg", "regsvr32", "rundll32", "runonce", "sc",
	"schtasks", "scriptrunner", "ssh", "wevtutil", "wmic", "wscript", "wsl", "xwizard",
};

static const char *const system_folders[] = {
	"c:\\windows\\system32\\", "c:\\windows\\sysnative\\", "c:\\windows\\syswow64\\",
};

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Returns the length of the GUID in braces that v begins with, or 0. */
static size_t
guid_length(struct view v)
{
	static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";

	if (v.len < sizeof(form) - 1)
		return 0;
	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'x' ? hex_digit(v.p[i]) < 0 : v.p[i] != (uint8_t)form[i])
			return 0;
	return sizeof(form) - 1;
}

/* The same for a SID: S-1-5-21-…, [MS-DTYP] 2.4.2.1. */
static size_t
sid_length(struct view v)
{
	size_t n = 4;

	if (!text_begins(v, "s-1-"))
		return 0;
	while (n < v.len && ((v.p[n] >= '0' && v.p[n] <= '9') || v.p[n] == '-'))
		n++;
	return n > 4 ? n : 0;
}

/* In a path, "*" is one SID or GUID. */
static bool
path_matches(struct view path, const char *pattern)
{
	size_t n, at = 0;

	for (; *pattern != '\0'; pattern++) {
		struct view rest = view_from(path, at);

		if (*pattern == '*') {
			if ((n = guid_length(rest)) == 0 && (n = sid_length(rest)) == 0)
				return false;
			at += n;
		} else {
			if (rest.len == 0 || lower(rest.p[0]) != (uint8_t)*pattern)
				return false;
			at++;
		}
	}
	return at == path.len;
}

/* "*" is any text without the character stop; stop 0: any text.  Only the last
 * star is extended, which is enough: the time is at most |text| * |pattern|. */
static bool
glob_matches(struct view text, const char *pattern, uint8_t stop)
{
	const char *star = NULL;
	size_t at = 0, from = 0;

	while (at < text.len) {
		if (*pattern == '*') {
			star = ++pattern;
			from = at;
		} else if (*pattern != '\0' && lower(text.p[at]) == (uint8_t)*pattern) {
			pattern++;
			at++;
		} else if (star != NULL && (stop == 0 || text.p[from] != stop)) {
			pattern = star;
			at = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static struct view
unquoted(struct view v)
{
	v = text_trim(v);
	if (v.len >= 2 && v.p[0] == '"' && v.p[v.len - 1] == '"')
		return view_upto(v, 1, v.len - 2);
	return v;
}

/* Returns the length of the path of System32 that v begins with, or 0. */
static size_t
system_length(struct view v)
{
	for (size_t i = 0; i < nitems(system_folders); i++)
		if (text_begins(v, system_folders[i]))
			return strlen(system_folders[i]);
	return 0;
}

/* Returns the program as rows have it.  *in_system: it lies in System32 itself, or
 * Windows finds it there. */
static struct view
program_name(struct view program, bool *in_system)
{
	struct view p = unquoted(program), name;

	if (text_ends(p, ".exe"))
		p.len -= 4;
	name = view_from(p, system_length(p));
	*in_system = name.len > 0 && view_chr(name, '\\') == NULL &&
	    view_chr(name, '/') == NULL;
	return *in_system ? name : p;
}

#define MAX_ARGUMENTS 192	/* bytes: no row has more */

/* Compares arguments with those of a row: without quotes and the path of System32,
 * and with runs of blanks as one. */
static bool
arguments_match(struct view arguments, const char *pattern)
{
	struct view v = text_trim(arguments);
	uint8_t plain[MAX_ARGUMENTS];
	size_t n = 0;

	if (strcmp(pattern, "*") == 0)
		return true;
	while (v.len > 0) {
		size_t skip = system_length(v);

		if (skip == 0 && (v.p[0] == '"' || (v.p[0] == ' ' && v.len > 1 && v.p[1] == ' ')))
			skip = 1;
		if (skip == 0) {
			if (n == sizeof(plain))
				return false;
			plain[n++] = v.p[0];
			skip = 1;
		}
		v = view_from(v, skip);
	}
	return glob_matches((struct view){ plain, n }, pattern, 0);
}

static struct view
bare_class(struct view class_id)
{
	class_id = text_trim(class_id);
	if (class_id.len >= 2 && class_id.p[0] == '{' && class_id.p[class_id.len - 1] == '}')
		return view_upto(class_id, 1, class_id.len - 2);
	return class_id;
}

bool
wintask_class(struct view class_id)
{
	struct view bare = bare_class(class_id);

	for (size_t i = 0; i < nitems(tasks); i++)
		if (tasks[i].class_id != NULL && text_is(bare, tasks[i].class_id))
			return true;
	return false;
}

static bool
is_loader(struct view name)
{
	for (size_t i = 0; i < nitems(loaders); i++)
		if (text_is(name, loaders[i]))
			return true;
	return false;
}

/* Lists of processes show the program that hosts a COM class instead of the class. */
static bool
is_com_host(struct view name, struct view arguments)
{
	return text_trim(arguments).len == 0 &&
	    (text_is(name, "taskhostw") || text_is(name, "taskhostex") || text_is(name, "taskhost"));
}

static bool
runs_its_own(const struct task *t, struct view program, struct view arguments)
{
	bool in_system, is_class = program.p[0] == '{';
	struct view name = program_name(program, &in_system);

	if (t->program != NULL)
		return in_system == (strchr(t->program, '\\') == NULL) &&
		    glob_matches(name, t->program, '\\') && arguments_match(arguments, t->arguments);
	if (t->class_id != NULL)
		return text_is(bare_class(program), t->class_id) || (in_system && is_com_host(name, arguments));
	return is_class ? wintask_class(program) : in_system && !is_loader(name);
}

static bool
is_below(struct view path, const char *const *folders, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_begins(path, folders[i]))
			return true;
	return false;
}

enum wintask
wintask_find(struct view path, struct view program, struct view arguments)
{
	bool known = false;

	while (path.len > 0 && path.p[0] == '\\')
		path = view_from(path, 1);
	program = text_trim(program);
	for (size_t i = 0; i < nitems(tasks); i++) {
		if (!path_matches(path, tasks[i].path))
			continue;
		known = true;
		if (program.len > 0 && runs_its_own(&tasks[i], program, arguments))
			return WINTASK_SAME;
	}
	if (known)
		return program.len > 0 ? WINTASK_CHANGED : WINTASK_NONE;
	if (is_below(path, own_folders, nitems(own_folders)) &&
	    !is_below(path, shared_folders, nitems(shared_folders)))
		return WINTASK_AMONG;
	return WINTASK_NONE;
}
