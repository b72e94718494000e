#include "detect/lolbin.h"

#include <threads.h>

#include "detect/path.h"
#include "detect/pattern.h"

static const struct row {
	const char	*programs, *pattern;
	enum rule	 rule;
} rows[] = {
#define LOLBIN(programs, pattern, rule) { programs, pattern, R_##rule },
#include "detect/lolbin.def"
};

/* The patterns of the rows, and the first letters of each row's programs, a bit
 * a letter: most rows need no look then.  Made by the first caller, and never
 * changed then. */
static struct pattern_table table;
static uint32_t initials[nitems(rows)];
static once_flag table_made = ONCE_FLAG_INIT;

/* Names and parts of paths by which places are judged. */
static const char system_names[] =
#define SYSTEM_PROGRAMS(names) names "|"
#include "detect/lolbin.def"
    "";
static const char windows_names[] =
#define WINDOWS_PROGRAMS(names) names "|"
#include "detect/lolbin.def"
    "";
static const char *const vendors[] = {
#define VENDOR(part) part,
#include "detect/lolbin.def"
};

#define DECOYS	"pdf|doc|docx|xls|xlsx|ppt|pptx|rtf|txt|jpg|jpeg|png|gif|mp3|mp4|zip|csv|html"

static uint32_t
initial_of(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? 1u << (c - 'a') : 1u << 31;
}

static void
make_table(void)
{
	for (size_t i = 0; i < nitems(rows); i++) {
		pattern_add(&table, rows[i].pattern);
		for (const char *p = rows[i].programs, *end; *p != '\0'; p = end + (*end == '|')) {
			end = strchrnul(p, '|');
			initials[i] |= *p == '*' ? UINT32_MAX : initial_of((uint8_t)*p);
		}
	}
}

/* ---- The program's place and name ---- */

static bool
contains(struct view v, const char *what)
{
	return v.len > 0 && memmem(v.p, v.len, what, strlen(what)) != NULL;
}

static bool
is_vendors(struct view path)
{
	for (size_t i = 0; i < nitems(vendors); i++)
		if (contains(path, vendors[i]))
			return true;
	return false;
}

/* Programs that Windows keeps in one place. */
static bool
is_misplaced(struct view path, enum place place)
{
	struct view name = path_program(path);

	if (place == PLACE_NAME || place == PLACE_RELATIVE)
		return false;
	if (place != PLACE_SYSTEM)
		return name_listed(system_names, name) || name_listed(windows_names, name);
	return name_listed(system_names, name) && !contains(path, "\\system32\\") &&
	    !contains(path, "\\syswow64\\") && !contains(path, "\\sysnative\\") &&
	    !contains(path, "\\winsxs\\");
}

/* "report.pdf.exe" */
static bool
has_two_extensions(struct view path)
{
	struct view base = path_base(path), extension = path_extension(path);

	if (!name_listed(PROGRAM_EXTENSIONS "|" SCRIPT_EXTENSIONS "|lnk", extension) ||
	    base.len <= extension.len + 1)
		return false;
	base.len -= extension.len + 1;
	while (base.len > 0 && base.p[base.len - 1] == ' ')
		base.len--;
	return name_listed(DECOYS, path_extension(base));
}

static void
judge_place(struct findings *f, struct view path)
{
	enum place place = path_place(path);
	struct view extension = path_extension(path);

	if ((place == PLACE_TEMP || place == PLACE_PROFILE) && !is_vendors(path))
		found(f, name_listed(SCRIPT_EXTENSIONS, extension) ? R_SCRIPT_WRITABLE :
		    R_PROGRAM_WRITABLE, path);
	if (place == PLACE_ADMIN_SHARE)
		found(f, R_REMOTE_PAYLOAD, path);
	if (place == PLACE_SHARE)
		found(f, R_REMOTE_PATH, path);
	if (path_has_stream(path))
		found(f, R_ALTERNATE_STREAM, path);
	if (is_misplaced(path, place) || has_two_extensions(path) ||
	    (place != PLACE_NAME && name_listed("tmp|dat|bin|log", extension)))
		found(f, R_MASQUERADED_PROGRAM, path);
}

static struct view
unquoted(struct view v)
{
	while (v.len > 0 && strchr(" \"'", v.p[0]) != NULL)
		v = view_from(v, 1);
	while (v.len > 0 && strchr(" \"'", v.p[v.len - 1]) != NULL)
		v.len--;
	return v;
}

void
lolbin_judge(struct findings *f, struct view program, struct view arguments)
{
	struct pattern_text t;
	struct view path = unquoted(program), name = path_program(path);
	uint32_t initial = initial_of(name.len > 0 ? name.p[0] : '\0');

	if (path.len == 0)
		return;
	call_once(&table_made, make_table);
	judge_place(f, path);
	pattern_read(&t, &table, arguments);
	for (size_t i = 0; i < nitems(rows); i++)
		if ((initials[i] & initial) != 0 && !f->has[rows[i].rule] &&
		    name_listed(rows[i].programs, name) && pattern_holds(&t, i, NULL))
			found(f, rows[i].rule, name);
}
