/* content.c -- tells whether a file holds tasks, by its content. */
#include "task/content.h"

#include "task/xml.h"

#define TASK_NAMESPACE	"http://schemas.microsoft.com/windows/2004/02/mit/task"	/* [MS-TSCH] 2.5 */

enum answer { PENDING, NO, IS_TASK, IS_GPO };

struct sniff {
	enum answer	 answer;
	bool		 root;		/* the root was a <Task>, which its first child must prove */
};

/* Returns the namespace that the tag's own attributes give its name, or NULL. */
static const char *
namespace_of(const struct xml_tag *tag)
{
	static const char xmlns[] = "xmlns";
	const size_t n = sizeof(xmlns) - 1;

	for (const char *const *a = tag->atts; a[0] != NULL; a += 2) {
		if (strncmp(a[0], xmlns, n) != 0)
			continue;
		if (tag->prefix_len == 0 ? a[0][n] == '\0' :
		    a[0][n] == ':' && strlen(a[0] + n + 1) == tag->prefix_len &&
		    memcmp(a[0] + n + 1, tag->prefix, tag->prefix_len) == 0)
			return a[1];
	}
	return NULL;
}

static bool
is_child_of_task(const char *name)
{
	static const char *const names[] = { "RegistrationInfo", "Triggers", "Principals",
		"Settings", "Data", "Actions" };

	for (size_t i = 0; i < nitems(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static enum answer
judge_root(const struct xml_tag *tag)
{
	const char *space = namespace_of(tag);

	if (strcmp(tag->name, "ScheduledTasks") == 0)
		return IS_GPO;
	if (strcmp(tag->name, "Task") != 0)
		return NO;
	if (space != NULL)
		return strcmp(space, TASK_NAMESPACE) == 0 ? IS_TASK : NO;
	return xml_att(tag, "version") != NULL ? IS_TASK : PENDING;
}

static bool
on_start(void *arg, const struct xml_tag *tag)
{
	struct sniff *s = arg;

	if (s->root)
		s->answer = is_child_of_task(tag->name) ? IS_TASK : NO;
	else
		s->answer = judge_root(tag);
	s->root = true;
	return s->answer == PENDING;
}

bool
content_sniff(struct view first, enum content *kind, bool *maybe)
{
	static const struct xml_ops ops = { on_start, NULL, NULL };
	const struct xml_text text = xml_text(first, false);
	struct sniff s = { .answer = PENDING };
	enum xml_got got;

	if (jobfile_begins(first)) {
		*kind = CONTENT_JOB;
		*maybe = first.len < JOB_HEADER;
		return !*maybe;
	}
	got = xml_read(&text, &ops, &s);
	*maybe = s.answer == PENDING && got == XML_GOT_PART;
	*kind = s.answer == IS_GPO ? CONTENT_GPO : CONTENT_TASK_XML;
	return s.answer == IS_TASK || s.answer == IS_GPO;
}
