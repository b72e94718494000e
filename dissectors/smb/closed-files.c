/* closed-files.c -- the contents of files that were written and closed. */
#include "smb/closed-files.h"

#include <strings.h>

#include "base/limits.h"

struct closed_file {
	TAILQ_ENTRY(closed_file) link;
	char		*share, *path;
	struct view	 content;	/* the bytes behind the struct */
};

void
closed_files_init(struct closed_files *c, struct budget *b)
{
	*c = (struct closed_files){ .budget = b };
	TAILQ_INIT(&c->files);
}

static void
drop(struct closed_files *c, struct closed_file *f)
{
	TAILQ_REMOVE(&c->files, f, link);
	c->n--;
	c->bytes -= f->content.len;
	budget_free(f->share);
	budget_free(f->path);
	budget_free(f);
}

void
closed_files_clear(struct closed_files *c)
{
	while (!TAILQ_EMPTY(&c->files))
		drop(c, TAILQ_FIRST(&c->files));
}

/* Windows' names are the same in either case; some clients send a leading backslash. */
static bool
same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcasecmp(a + (a[0] == '\\'), b + (b[0] == '\\')) == 0;
}

static char *
copy(struct budget *b, const char *s)
{
	return s != NULL ? budget_strndup(b, view_str(s)) : NULL;
}

static struct closed_file *
find(struct closed_files *c, const char *share, const char *path)
{
	struct closed_file *f;

	if (path == NULL)
		return NULL;
	TAILQ_FOREACH_REVERSE(f, &c->files, closed_file_list, link)
		if (same(f->path, path) && same(f->share, share))
			break;
	return f;
}

void
closed_files_add(struct closed_files *c, const char *share, const char *path, struct view content)
{
	struct closed_file *f;
	uint8_t *bytes;

	if (path == NULL || content.len > MAX_CLOSED_BYTES)
		return;
	if ((f = find(c, share, path)) != NULL)
		drop(c, f);
	while (c->n >= MAX_CLOSED_FILES || c->bytes > MAX_CLOSED_BYTES - content.len)
		drop(c, TAILQ_FIRST(&c->files));
	if ((f = budget_calloc(c->budget, 1, sizeof(*f) + content.len)) == NULL)
		return;
	bytes = (uint8_t *)(f + 1);
	memcpy(bytes, content.p, content.len);
	f->content = (struct view){ bytes, content.len };
	f->path = copy(c->budget, path);
	f->share = copy(c->budget, share);
	TAILQ_INSERT_TAIL(&c->files, f, link);
	c->n++;
	c->bytes += content.len;
}

struct view
closed_files_rename(struct closed_files *c, const char *share, const char *path, const char *to)
{
	struct closed_file *f = find(c, share, path);

	if (f == NULL)
		return (struct view){ NULL, 0 };
	budget_free(f->path);
	f->path = copy(c->budget, to);
	return f->content;
}
