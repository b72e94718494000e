#include "detect/path.h"

#include <ctype.h>

#include "base/text.h"

/* Takes the first element off a path, with the separators behind it. */
static struct view
next_element(struct view *path)
{
	struct view v = *path, one;
	size_t n = 0;

	while (n < v.len && v.p[n] != '\\' && v.p[n] != '/')
		n++;
	one = view_upto(v, 0, n);
	while (n < v.len && (v.p[n] == '\\' || v.p[n] == '/'))
		n++;
	*path = view_from(v, n);
	return one;
}

static struct view
unquoted(struct view v)
{
	v = text_trim(v);
	while (v.len > 0 && (v.p[0] == '"' || v.p[0] == '\''))
		v = view_from(v, 1);
	while (v.len > 0 && (v.p[v.len - 1] == '"' || v.p[v.len - 1] == '\''))
		v.len--;
	return v;
}

/* Returns whether path is the directory or below it. */
static bool
below(struct view path, const char *dir)
{
	size_t n = strlen(dir);

	return text_begins(path, dir) && (path.len <= n || path.p[n] == '\\' || path.p[n] == '/');
}

static bool
contains(struct view v, const char *s)
{
	return v.len > 0 && memmem(v.p, v.len, s, strlen(s)) != NULL;
}

static bool
drive(struct view v)
{
	return v.len >= 2 && isalpha(v.p[0]) && v.p[1] == ':';
}

static bool
bare_address(struct view host)
{
	size_t dots = 0;

	for (size_t i = 0; i < host.len; i++) {
		dots += host.p[i] == '.';
		if (!isdigit(host.p[i]) && host.p[i] != '.')
			return text_ends(host, ".ipv6-literal.net");
	}
	return dots == 3;
}

static enum place
share_place(struct view path)
{
	struct view host, share;

	path = view_from(path, 2);
	host = next_element(&path);
	if (text_is(host, ".") || text_is(host, "?"))
		return PLACE_OTHER;
	share = next_element(&path);
	/* tsclient: the disks of the client of a Remote Desktop session. */
	if (text_is(host, "tsclient") || text_is(share, "admin$") || text_is(share, "ipc$") || text_is(share, "davwwwroot") ||
	    (share.len == 2 && isalpha(share.p[0]) && share.p[1] == '$') ||
	    bare_address(host) || (host.len > 0 && view_chr(host, '@') != NULL))
		return PLACE_ADMIN_SHARE;
	return PLACE_SHARE;
}

/* Folders below the Windows directory that users can write to. */
static const char *const windows_open[] = {
	"temp", "tasks", "tracing", "debug\\wia", "registration\\crmlog", "pla\\system",
	"system32\\com\\dmp", "syswow64\\com\\dmp", "system32\\fxstmp", "syswow64\\fxstmp",
	"system32\\microsoft\\crypto\\rsa\\machinekeys",
	"system32\\spool\\drivers\\color", "system32\\spool\\printers", "system32\\spool\\servers",
	"system32\\tasks", "syswow64\\tasks",
};

/* Such folders of any disk. */
static const char *const disk_open[] = {
	"temp", "tmp", "users\\public", "$recycle.bin", "recycler", "perflogs",
};
static const char *const programs[] = {
	"program files", "program files (x86)", "progra~1", "progra~2",
};
static const char *const profiles[] = { "users", "documents and settings", "docume~1" };

static bool
below_any(struct view path, const char *const *dirs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (below(path, dirs[i]))
			return true;
	return false;
}

/* Folders below the Windows directory for data only: Windows has no program there. */
static const char *const windows_data[] = {
	"addins", "cursors", "debug", "fonts", "globalization", "help", "l2schemas", "media",
	"policydefinitions", "prefetch", "repair", "resources", "schemas", "security", "web",
};

static bool
is_program(struct view path)
{
	struct view extension = path_extension(path);

	return extension.len > 0 && (text_is(extension, "exe") || text_is(extension, "dll") ||
	    text_is(extension, "scr"));
}

/* Returns whether a program lies in the root of a disk or beside the folders of
 * Microsoft's products, where no installer puts one. */
static bool
is_misplaced(struct view path)
{
	if (text_begins(path, "programdata\\microsoft\\"))
		path = view_from(path, strlen("programdata\\microsoft\\"));
	return is_program(path) && view_chr(path, '\\') == NULL &&
	    view_chr(path, '/') == NULL;
}

/* path is what follows the drive. */
static enum place
disk_place(struct view path, bool windows_drive)
{
	struct view rest = path;
	bool temp = contains(path, "\\appdata\\local\\temp") ||
	    contains(path, "\\local settings\\temp");

	if (windows_drive && below(path, "windows")) {
		(void)next_element(&rest);
		if (temp || below_any(rest, windows_open, nitems(windows_open)))
			return PLACE_TEMP;
		return is_program(rest) && below_any(rest, windows_data, nitems(windows_data)) ?
		    PLACE_PROFILE : PLACE_SYSTEM;
	}
	if (below_any(path, disk_open, nitems(disk_open)))
		return PLACE_TEMP;
	if (below_any(path, programs, nitems(programs)))
		return PLACE_PROGRAMS;
	if (below_any(path, profiles, nitems(profiles)))
		return temp || contains(path, "\\downloads\\") ? PLACE_TEMP : PLACE_PROFILE;
	if (text_is(next_element(&rest), "programdata")) {
		(void)next_element(&rest);
		if (rest.len == 0)
			return PLACE_PROFILE;
	}
	if (contains(path, "\\temp\\") || contains(path, "\\tmp\\"))
		return PLACE_TEMP;
	return is_misplaced(path) ? PLACE_PROFILE : PLACE_OTHER;
}

static bool
is_web(struct view v)
{
	size_t n = 0;

	while (n < v.len && (isalnum(v.p[n]) || v.p[n] == '+' || v.p[n] == '-' || v.p[n] == '.'))
		n++;
	return n > 1 && view_starts(view_from(v, n), "://", 3);
}

enum place
path_place(struct view path)
{
	path = unquoted(path);
	if (is_web(path))
		return PLACE_WEB;
	if (view_starts(path, "\\??\\", 4))
		path = view_from(path, 4);
	if (view_starts(path, "\\\\", 2) || view_starts(path, "//", 2))
		return share_place(path);
	if (drive(path)) {
		if (path.len < 3 || (path.p[2] != '\\' && path.p[2] != '/'))
			return PLACE_OTHER;
		return disk_place(view_from(path, 3), path.p[0] == 'c');
	}
	if (below(path, "\\systemroot"))
		return PLACE_SYSTEM;
	if (view_starts(path, "\\", 1))
		return disk_place(view_from(path, 1), true);
	if (path.len > 0 && (path.p[0] == '%' || path.p[0] == '$'))
		return PLACE_OTHER;	/* a variable that is not the same everywhere */
	if (path.len > 1 && (view_chr(path, '\\') != NULL ||
	    memchr(path.p + 1, '/', path.len - 1) != NULL))
		return PLACE_RELATIVE;
	return PLACE_NAME;
}

static struct view
without_tail(struct view v)
{
	while (v.len > 0 && (v.p[v.len - 1] == '.' || v.p[v.len - 1] == ' '))
		v.len--;
	return v;
}

struct view
path_base(struct view path)
{
	struct view v = unquoted(path);
	bool web = is_web(v);
	size_t n;

	for (n = 0; web && n < v.len; n++)
		if (v.p[n] == '?' || v.p[n] == '#')
			v.len = n;
	for (n = v.len; n > 0; n--)
		if (v.p[n - 1] == '\\' || v.p[n - 1] == '/')
			break;
	return view_from(v, n);
}

struct view
path_program(struct view path)
{
	/* The 8.3 names of programs with longer names. */
	static const struct {
		const char	*alias, *name;
	} aliases[] = {
		{ "bitsad~1", "bitsadmin" }, { "comput~1", "computerdefaults" },
		{ "deskto~1", "desktopimgdownldr" }, { "disksh~1", "diskshadow" },
		{ "fodhel~1", "fodhelper" }, { "instal~1", "installutil" },
		{ "mavinj~1", "mavinject" }, { "micros~1", "microsoft.workflow.compiler" },
		{ "powers~1", "powershell" }, { "presen~1", "presentationhost" },
		{ "syncap~1", "syncappvpublishingserver" },
	};
	struct view v = without_tail(path_base(path));

	if (text_ends(v, ".exe"))
		v = without_tail(view_upto(v, 0, v.len - 4));
	for (size_t i = 0; i < nitems(aliases); i++)
		if (text_is(v, aliases[i].alias))
			return view_str(aliases[i].name);
	return v;
}

struct view
path_extension(struct view path)
{
	struct view v = without_tail(path_base(path));

	for (size_t n = v.len; n > 1; n--)
		if (v.p[n - 1] == '.')
			return view_from(v, n);
	return (struct view){ NULL, 0 };
}

bool
name_listed(const char *names, struct view name)
{
	for (const char *end, *p = names;; p = end + 1) {
		size_t n;

		end = strchrnul(p, '|');
		n = (size_t)(end - p);
		if (n > 0 && (p[n - 1] == '*' ? n == 1 || view_starts(name, p, n - 1) :
		    n == name.len && memcmp(p, name.p, n) == 0))
			return true;
		if (*end == '\0')
			return false;
	}
}
