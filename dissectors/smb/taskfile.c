/* taskfile.c -- files that are tasks: [MS-TSCH] 2.4, 2.5.1, [MS-GPPREF] 2.2.1.22. */
#include "smb/taskfile.h"

#include <strings.h>

#include "fact/fact.h"
#include "task/content.h"
#include "task/task.h"

/* What stands behind dir ("System32\\Tasks\\") in a path, at the start of a path element. */
static const char *
below(const char *path, const char *dir)
{
	size_t n = strlen(dir);
	const char *at = path;

	while (at != NULL && *at != '\0') {
		if (strncasecmp(at, dir, n) == 0)
			return at[n] != '\0' ? at + n : NULL;
		if ((at = strchr(at, '\\')) != NULL)
			at++;
	}
	return NULL;
}

static const char *
last_element(const char *path)
{
	const char *last = strrchr(path, '\\');

	return last != NULL ? last + 1 : path;
}

static bool
ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcasecmp(s + n - m, end) == 0;
}

bool
taskfile_path(const char *path)
{
	if (path == NULL)
		return false;
	return below(path, "System32\\Tasks\\") != NULL ||
	    (below(path, "Tasks\\") != NULL && ends_in(path, ".job")) ||
	    strcasecmp(last_element(path), "ScheduledTasks.xml") == 0;
}

/* The scheduler goes by the file's place; the text's own URI may say anything,
 * and counts only for a file that is known to lie elsewhere. */
static void
name_definition(struct fact *o, const char *path)
{
	const char *name;

	if (path == NULL)
		return;
	if ((name = below(path, "System32\\Tasks\\")) == NULL)
		name = fact_get(o, F_URI);
	if (name != NULL)
		task_name(o, view_str(name));
}

static void
name_job(struct fact *o, const char *path)
{
	const char *name = path != NULL ? last_element(path) : NULL;

	if (name != NULL && ends_in(name, ".job"))
		task_name(o, view_upto(view_str(name), 0, strlen(name) - strlen(".job")));
}

struct gpo {
	struct world	*world;
	struct fact	*(*fresh)(void *);
	void		*arg;
};

static struct fact *
gpo_fresh(void *arg)
{
	struct gpo *g = arg;
	struct fact *o = g->fresh(g->arg);

	fact_str(o, F_ROUTE, "gpo");
	return o;
}

static void
gpo_done(void *arg, struct fact *o)
{
	struct gpo *g = arg;

	sink_put(g->world->sink, o);
}

bool
taskfile_tell(struct world *w, struct view v, const char *path,
    struct fact *(*fresh)(void *), void *arg)
{
	struct gpo gpo = { .world = w, .fresh = fresh, .arg = arg };
	enum content kind;
	struct fact *o;
	enum content_got got;
	bool maybe;

	if (!content_sniff(v, &kind, &maybe))
		return false;
	if (kind == CONTENT_GPO) {
		if (!gpo_read(v, gpo_fresh, gpo_done, &gpo))
			stat_add(w->stats, STAT_BAD_XML, 1);
		return true;
	}
	if ((o = fresh(arg)) == NULL)
		return true;
	if (kind == CONTENT_JOB)
		got = jobfile_read(o, v) ? CONTENT_WHOLE : CONTENT_NOT;
	else
		got = taskxml_read(o, v, false);
	if (got != CONTENT_WHOLE)
		stat_add(w->stats, kind == CONTENT_JOB ? STAT_BAD_JOB : STAT_BAD_XML, 1);
	if (got == CONTENT_NOT) {
		fact_free(o);
		return false;
	}
	fact_str(o, F_ACTION, "create");
	fact_str(o, F_ROUTE, "file");
	if (kind == CONTENT_JOB)
		name_job(o, path);
	else
		name_definition(o, path);
	sink_put(w->sink, o);
	return true;
}

struct view
taskfile_output(const char *share, const char *path)
{
	const char *name = NULL, *last;
	bool any = share == NULL;

	if (path == NULL || !ends_in(path, ".tmp"))
		return (struct view){ NULL, 0 };
	if (path[0] == '\\')
		path++;
	last = share != NULL ? last_element(share) : "";
	if ((any || strcasecmp(last, "C$") == 0) &&
	    strncasecmp(path, "Windows\\Temp\\", 13) == 0)
		name = path + 13;
	else if ((any || strcasecmp(last, "ADMIN$") == 0) &&
	    strncasecmp(path, "Temp\\", 5) == 0)
		name = path + 5;
	if (name == NULL || strchr(name, '\\') != NULL || strlen(name) <= strlen(".tmp"))
		return (struct view){ NULL, 0 };
	return (struct view){ (const uint8_t *)name, strlen(name) - strlen(".tmp") };
}
