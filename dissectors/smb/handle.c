/* handle.c -- hands pipes' bytes to RPC, and gathers what is written to files. */
#include "smb/handle.h"

#include <strings.h>

#include "base/limits.h"
#include "engine/proto-conn.h"
#include "fact/fact.h"
#include "smb/atexec-output.h"
#include "smb/closed-files.h"
#include "smb/file-ranges.h"
#include "smb/ntstatus.h"
#include "smb/taskfile.h"
#include "task/content.h"
#include "task/task.h"

/* The share tells whether a handle is a pipe or a file.  If the share was not
 * seen, the first bytes that look like RPC make it a pipe. */
enum kind { UNDECIDED, PIPE, PLAIN };

struct handle {
	struct world	*world;
	struct budget	*budget;
	struct peers	 peers;
	struct closed_files *closed_files;
	char		*share, *name;		/* NULL: not seen */
	void		(*describe)(void *arg, struct fact *);
	void		*arg;
	enum kind	 kind;
	struct proto_conn *pipe;	/* the pipe's connection; NULL before any data */
	struct file_ranges	*file;
	struct waiter	 closing;
	struct packet_ref	 last;			/* the last message about it */
	bool		 refused, answered, closed;
	bool		 missed;		/* messages about it may be missing */
	bool		 encrypted;		/* a message of it was decrypted */
};

/* ---- What is told ---- */

static const char *
pipe_name(const struct handle *o)
{
	const char *s = o->name;

	if (s == NULL)
		return NULL;
	if (*s == '\\')
		s++;
	return strncasecmp(s, "pipe\\", 5) == 0 ? s + 5 : s;
}

static void
handle_describe(void *arg, struct fact *fact)
{
	const struct handle *o = arg;
	const char *seen = fact_get(fact, F_VISIBILITY);

	fact_str(fact, F_APP_PROTO, "smb");
	fact_str(fact, F_SMB_SHARE, o->share);
	if (o->pipe != NULL)
		fact_str(fact, F_SMB_PIPE, pipe_name(o));
	else
		fact_str(fact, F_SMB_FILENAME, o->name);
	fact_bool(fact, F_SMB_ENCRYPTED, o->encrypted);
	if (o->encrypted && seen != NULL && strcmp(seen, "clear") == 0)
		fact_str(fact, F_VISIBILITY, "decrypted");
	if (o->describe != NULL)
		o->describe(o->arg, fact);
}

static struct fact *
new_fact(struct handle *o, const char *outcome)
{
	struct fact *fact = fact_new(o->world->budget, FACT_TASK, &o->peers, o->last);

	fact_str(fact, F_VISIBILITY, "clear");
	fact_str(fact, F_OUTCOME, outcome);
	if (fact != NULL)
		handle_describe(o, fact);
	return fact;
}

static struct fact *
new_file_fact(void *arg)
{
	struct handle *o = arg;

	return new_fact(o, o->refused ? "failure" : o->answered ? "success" : "unknown");
}

static char *
copy(struct budget *b, const char *s)
{
	return s != NULL ? budget_strndup(b, view_str(s)) : NULL;
}

/* ---- Pipes ---- */

static struct proto_conn *
pipe_new(struct handle *o)
{
	bool midstream = o->name == NULL || o->missed;
	struct carrier c = { .world = o->world, .budget = o->budget,
	    .peers = &o->peers, .piped = true, .pipe = pipe_name(o),
	    .midstream = midstream, .describe = handle_describe, .arg = o };

	return proto_conn_new(pipe_proto, &c, (bool[2]){ midstream, midstream });
}

static void
pipe_data(struct handle *o, enum dir dir, struct view have, size_t len)
{
	if (o->pipe == NULL && (o->pipe = pipe_new(o)) == NULL)
		return;
	proto_conn_data(o->pipe, dir, have);
	if (have.len < len)
		proto_conn_gap(o->pipe, dir, len - have.len);
}

void
handle_gap(struct handle *o, enum dir dir)
{
	if (o == NULL)
		return;
	o->missed = true;
	proto_conn_gap(o->pipe, dir, UINT64_MAX);
}

/* ---- Files ---- */

/* Returns whether a file with these bytes at off may be a task definition.  Its
 * name counts only if its beginning was not seen. */
static bool
may_be_task(const struct handle *o, uint64_t off, struct view first)
{
	enum content kind;
	bool maybe = false;

	if (off != 0)
		return taskfile_path(o->name);
	return content_sniff(first, &kind, &maybe) || maybe;
}

static void
file_data(struct handle *o, uint64_t off, struct view have, size_t len)
{
	struct view head;
	bool cut;

	if (o->file == NULL) {
		if (have.len == 0 || !may_be_task(o, off, have) ||
		    (o->file = file_ranges_new(o->budget)) == NULL)
			return;
		stat_add(o->world->stats, STAT_FILES_WATCHED, 1);
	}
	file_ranges_put(o->file, off, have);
	if (have.len < len)
		file_ranges_lose(o->file, off + have.len, len - have.len);
	head = file_ranges_head(o->file, &cut);
	if (file_ranges_grown(o->file) && !may_be_task(o, 0, head)) {
		file_ranges_free(o->file);
		o->file = NULL;
	}
}

/* Reports the content if it is a task definition, and remembers it in case the
 * file is renamed. */
static void
file_end(struct handle *o)
{
	struct view head;
	bool cut;

	if (o->file == NULL)
		return;
	head = file_ranges_head(o->file, &cut);
	if (head.len > 0) {
		if (taskfile_tell(o->world, head, o->name, new_file_fact, o) && cut)
			stat_add(o->world->stats, STAT_FILES_CUT, 1);
		if (!o->refused)
			closed_files_add(o->closed_files, o->share, o->name, head);
	}
	file_ranges_free(o->file);
	o->file = NULL;
}

/* ---- The handle ---- */

static void
closing_fire(struct waiter *w)
{
	handle_close((struct handle *)((char *)w - offsetof(struct handle, closing)));
}

struct handle *
handle_new(const struct handle_opening *at)
{
	struct handle *o = budget_calloc(at->budget, 1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->world = at->world;
	o->budget = at->budget;
	o->peers = *at->peers;
	o->closed_files = at->closed;
	o->describe = at->describe;
	o->arg = at->arg;
	o->last = at->world->now;
	o->closing.fire = closing_fire;
	o->name = copy(o->budget, at->name);
	o->share = copy(o->budget, at->share);
	if ((at->name != NULL && o->name == NULL) || (at->share != NULL && o->share == NULL)) {
		handle_free(o);
		return NULL;
	}
	o->kind = at->pipe ? PIPE : at->share != NULL ? PLAIN : UNDECIDED;
	return o;
}

void
handle_free(struct handle *o)
{
	if (o == NULL)
		return;
	handle_close(o);
	budget_free(o->name);
	budget_free(o->share);
	budget_free(o);
}

void
handle_is_pipe(struct handle *o)
{
	if (o != NULL && o->kind == UNDECIDED)
		o->kind = PIPE;
}

void
handle_encrypted(struct handle *o)
{
	if (o != NULL)
		o->encrypted = true;
}

/* Makes an undecided handle a pipe if the bytes look like RPC. */
static void
decide(struct handle *o, enum dir dir, struct view first)
{
	if (o->kind == UNDECIDED &&
	    pipe_proto->probe(first) == (dir == C2S ? PROBE_CLIENT : PROBE_SERVER))
		o->kind = PIPE;
}

size_t
handle_wants(struct handle *o, enum dir dir, uint64_t off, struct view first, size_t len)
{
	if (o == NULL || o->closed)
		return 0;
	decide(o, dir, first);
	if (o->kind == PIPE)
		return len;
	if (dir == S2C || off >= MAX_FILE ||
	    (o->file == NULL && !may_be_task(o, off, first)))
		return 0;
	return len < MAX_FILE - off ? len : (size_t)(MAX_FILE - off);
}

void
handle_data(struct handle *o, enum dir dir, uint64_t off, struct view have, size_t len)
{
	if (o == NULL || o->closed)
		return;
	o->last = o->world->now;
	decide(o, dir, have);
	if (o->kind == PIPE)
		pipe_data(o, dir, have, len);
	else if (dir == C2S)
		file_data(o, off, have, len);
}

void
handle_answer(struct handle *o, uint32_t status)
{
	if (o == NULL)
		return;
	o->last = o->world->now;
	if (nt_ok(status))
		o->answered = true;
	else
		o->refused = true;
}

void
handle_truncate(struct handle *o, uint64_t size)
{
	if (o != NULL && o->file != NULL)
		file_ranges_truncate(o->file, size);
}

void
handle_rename(struct handle *o, const char *to)
{
	struct view content = { NULL, 0 };
	char *name;

	if (o == NULL || to == NULL || (name = copy(o->budget, to)) == NULL)
		return;
	o->last = o->world->now;
	if (o->file == NULL)
		content = closed_files_rename(o->closed_files, o->share, o->name, to);
	budget_free(o->name);
	o->name = name;
	if (content.p == NULL)
		return;
	/* It was written and closed before, under another name. */
	o->answered = true;
	if (taskfile_path(to))
		taskfile_tell(o->world, content, to, new_file_fact, o);
}

void
handle_closing(struct handle *o)
{
	if (o == NULL || o->closed)
		return;
	o->last = o->world->now;
	waiter_arm(o->world, &o->closing);
}

void
handle_close(struct handle *o)
{
	if (o == NULL || o->closed)
		return;
	waiter_stop(o->world, &o->closing);
	o->closed = true;
	file_end(o);
	proto_conn_end(o->pipe);
	proto_conn_free(o->pipe);
	o->pipe = NULL;
}

bool
handle_tells_reads(const struct handle *o)
{
	return o != NULL && o->kind != PIPE && taskfile_output(o->share, o->name).len > 0;
}

void
handle_fetched(struct handle *o, uint32_t status)
{
	struct view name;
	struct fact *fact;

	if (!handle_tells_reads(o))
		return;
	name = taskfile_output(o->share, o->name);
	if (!atexec_first_read(o->world, &o->peers.client, &o->peers.server, name))
		return;
	if (status != NT_PENDING)
		o->last = o->world->now;
	fact = new_fact(o, status == NT_SUCCESS ? "success" :
	    status == NT_PENDING ? "unknown" : "failure");
	fact_str(fact, F_ACTION, "query");
	fact_str(fact, F_ROUTE, "file");
	task_name(fact, name);
	sink_put(o->world->sink, fact);
}
