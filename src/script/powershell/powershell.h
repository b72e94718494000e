/*
 * powershell.h -- a static reader of PowerShell, shared by its parts.  It
 * reads a text once, in order, and keeps what is a constant there: what
 * depends on the run stays UNKNOWN and is shown as it was written.
 *
 *	ps_value.c	values and the memory they live in
 *	ps_lex.c	characters, names, literals, brackets that match
 *	ps_expr.c	expressions			ps_oper.c	their operators
 *	ps_statement.c	statements, control		ps_call.c	variables, blocks
 *	ps_string.c	texts cut and joined		ps_method.c	.members
 *	ps_decode.c	base64, streams, encodings	ps_static.c	[type]::members
 *	ps_command.c	pipelines, arguments		ps_program.c	whose name it is
 *	ps_cmdlet.c	cmdlets that run things		ps_task.c	cmdlets that make tasks
 *	ps_define.c	a definition into a fact	ps_com.c	Schedule.Service, WMI
 */
#ifndef POWERSHELL_H
#define POWERSHELL_H

#include "base/limits.h"
#include "base/rb.h"
#include "base/text.h"
#include "script/readers.h"

/* ---- Values ---- */

enum ps_kind {
	PS_UNKNOWN,	/* text: the source, once an expression ends */
	PS_NULL,
	PS_TEXT,
	PS_NUMBER,
	PS_TRUTH,
	PS_LETTERS,	/* text, as the array of its characters */
	PS_RANGE,	/* from .. to */
	PS_LIST,
	PS_MAP,		/* a hashtable or an object */
	PS_BLOCK,	/* text inside { } */
	PS_TYPE,	/* text inside [ ] */
	PS_BYTES
};

/* What made a text differ from its source; the greater hides the lesser. */
enum ps_how {
	PS_HOW_NONE, PS_HOW_CONCAT, PS_HOW_FORMAT, PS_HOW_REPLACE, PS_HOW_CHAR, PS_HOW_REVERSE,
	PS_HOW_BASE64, PS_HOW_DEFLATE, PS_HOW_GZIP
};

struct ps_value {
	uint8_t		 kind;
	uint8_t		 how;
	bool		 partly;	/* a text of which some is as written */
	bool		 told;		/* in decoded[] already */
	bool		 letter;	/* a [char]: as a number it is its code */
	union {
		struct view	 text;
		int64_t		 n;
		struct {
			int64_t	 from, to;
		};
		struct ps_list	*list;
		struct ps_map	*map;
	};
};

struct ps_list {
	struct ps_value	*v;
	size_t		 n, cap;
};

struct ps_entry {
	RB_ENTRY(ps_entry)	 link;
	struct ps_entry	*next;		/* in the order in which they were made */
	struct view	 key;
	struct ps_value	 v;
};
RB_HEAD(ps_entries, ps_entry);

struct ps_map {
	struct ps_entries	 entries;
	struct ps_entry	*first, **last;
	const char	*type;		/* of an object: "action", …; NULL: a hashtable */
};

/* One assignment, to be undone where it is uncertain or goes out of scope. */
struct ps_change {
	struct ps_entry	*slot;
	struct ps_value	 old;
	bool		 local;
};

struct ps_heap {
	struct ps_chunk	*chunks;
	uint8_t		*at;
	size_t		 left;
};

/* What ends: this turn of a loop, the loop, the block, a try's body, the text. */
enum ps_stop { PS_STOP_NONE, PS_STOP_TURN, PS_STOP_LOOP, PS_STOP_RETURN, PS_STOP_THROW, PS_STOP_ALL };

struct ps {
	struct script	*script;
	struct ps_heap	 cells, bytes;
	size_t		 held;		/* of MAX_PS_MEM */
	struct ps_map	*vars, *functions, *aliases;
	struct ps_map	*outer;		/* of the caller, for $using: */
	struct ps_change	*log;
	size_t		 n_log, cap_log;
	unsigned int	 depth;
	unsigned int	 scopes;	/* that assignments end with */
	unsigned int	 maybe;		/* inside a body that may not run … */
	unsigned int	 maybe_block, maybe_loop;	/* … and so many where these began */
	bool		 assigned;	/* the last statement gives nothing on */
	enum ps_stop	 stop;
};

/* A place in a text. */
struct ps_cursor {
	struct view	 text;
	size_t		 at;
};

void		*ps_take(struct ps *, size_t);		/* cleared; NULL: spent */
bool		 ps_work(struct ps *, size_t);		/* false: enough was done */
void		 ps_free(struct ps *);

struct ps_value	 ps_unknown(void);
struct ps_value	 ps_text(struct view);
struct ps_value	 ps_number(int64_t);
struct ps_value	 ps_truth(bool);
struct ps_value	 ps_map(struct ps *, const char *type);
struct ps_value	 ps_list(struct ps *);
bool		 ps_push(struct ps *, struct ps_list *, struct ps_value);
struct ps_entry	*ps_find(struct ps_map *, struct view key);
struct ps_entry	*ps_slot(struct ps *, struct ps_map *, struct view key);	/* made if need be */
void		 ps_put(struct ps *, struct ps_map *, const char *key, struct ps_value);
struct ps_value	 ps_get(const struct ps_value *, const char *key);	/* of a map; else unknown */
void		 ps_assign(struct ps *, struct ps_entry *, struct ps_value, bool local);
bool		 ps_is(const struct ps_value *, const char *type);	/* an object of it */

bool		 ps_known(const struct ps_value *);	/* nothing in it is unknown */
struct ps_value	 ps_written(struct ps *, struct ps_value);	/* as PS_TEXT; unknown parts as written */
struct ps_value	 ps_concat(struct ps *, struct ps_value, struct ps_value);
struct ps_value	 ps_bytes(struct ps *, struct view);	/* a copy, as PS_BYTES */
struct view	 ps_room(struct ps *, size_t, uint8_t **);	/* bytes to be written */
const char	*ps_cstr(struct ps *, struct ps_value);	/* NULL: no known text */
bool		 ps_int(const struct ps_value *, int64_t *);
bool		 ps_true(const struct ps_value *, bool *);	/* false: not known */
size_t		 ps_count(const struct ps_value *);	/* elements; 1 of a scalar */
struct ps_value	 ps_nth(struct ps *, const struct ps_value *, size_t);
void		 ps_tell(struct ps *, struct ps_value *);	/* in decoded[], if it was decoded */

/* ---- Reading ---- */

int		 ps_peek(const struct ps_cursor *);	/* dashes and quotes as ASCII; -1: the end */
int		 ps_ahead(const struct ps_cursor *, unsigned int n);
void		 ps_next(struct ps_cursor *);
void		 ps_blank(struct ps_cursor *, bool newlines);
bool		 ps_name_char(int c);
bool		 ps_ends_word(int c);			/* of a command's arguments */
struct view	 ps_since(const struct ps_cursor *, size_t from);
struct view	 ps_word(struct ps_cursor *);			/* letters, digits, _ */
struct view	 ps_variable_name(struct ps_cursor *);		/* behind the $ */
struct view	 ps_group(struct ps *, struct ps_cursor *, int close);	/* to the bracket that matches */
struct ps_value	 ps_variable(struct ps *, struct view name);
struct ps_value	 ps_spelled(struct view source);	/* of those that are the same everywhere */
struct view	 ps_scope(struct view name, bool *outer);	/* the name without it */
struct ps_value	 ps_quoted(struct ps *, struct ps_cursor *);	/* "…", '…', here-strings */
struct ps_value	 ps_bare(struct ps *, struct ps_cursor *);	/* a word of a command */

/* Where an assignment goes. */
struct ps_place {
	struct ps_entry	*slot;
	struct ps_list	*list;
	size_t		 index;
	struct ps_map	*of;		/* the object that has the slot */
	struct view	 cast;
	bool		 local;
};

struct ps_value	 ps_expression(struct ps *, struct ps_cursor *, unsigned int least, struct ps_place *);
#define PS_LOWEST	0	/* the whole of an expression */
#define PS_NO_COMMA	100	/* added: an argument of a method, where commas part */
struct ps_value	 ps_primary(struct ps *, struct ps_cursor *, struct ps_place *);
struct ps_value	 ps_statements(struct ps *, struct ps_cursor *, int close);
struct ps_value	 ps_statement(struct ps *, struct ps_cursor *);
struct ps_value	 ps_pipeline(struct ps *, struct ps_cursor *);
struct ps_value	 ps_run(struct ps *, struct view text);		/* in this scope */
/* A block with a scope of its own; args are bound to its param(). */
struct ps_arg;
struct ps_value	 ps_call(struct ps *, struct view block, struct view params,
		    const struct ps_arg *, size_t, const struct ps_value *input);
void		 ps_params(struct ps *, struct view params, const struct ps_arg *, size_t);
struct ps_value	 ps_each(struct ps *, struct view block, struct ps_value input);	/* of a pipeline */
struct ps_value	 ps_invoke_text(struct ps *, struct ps_value);	/* Invoke-Expression and its like */
void		 ps_uncalled(struct ps *);	/* functions that nobody called are read too */

/* ---- Operators and members ---- */

struct ps_operator {
	const char	*name;
	unsigned int	 level;
	struct ps_value	(*apply)(struct ps *, struct ps_value, struct ps_value, const struct ps_operator *);
	char		 what;
};
const struct ps_operator *ps_operator(struct ps_cursor *, unsigned int least);	/* moves past it */
struct ps_value	 ps_binary(struct ps *, const struct ps_operator *, struct ps_value, struct ps_value);
struct ps_value	 ps_add(struct ps *, struct ps_value, struct ps_value);
struct ps_value	 ps_arithmetic(char what, struct ps_value, struct ps_value);
struct ps_value	 ps_join(struct ps *, struct ps_value, struct view separator);
struct ps_value	 ps_split(struct ps *, struct ps_value, struct view separators, bool each);
struct ps_value	 ps_replace(struct ps *, struct ps_value, struct view from, struct view to,
		    bool nocase);
struct ps_value	 ps_format(struct ps *, struct ps_value, struct ps_value);
struct ps_value	 ps_reverse(struct ps *, struct ps_value);
struct ps_value	 ps_index(struct ps *, struct ps_value, struct ps_value);
bool		 ps_pattern(struct ps *, struct view regex, struct view *plain);
struct ps_value	 ps_cast(struct ps *, struct view type, struct ps_value);
struct ps_value	 ps_static(struct ps *, struct view type, struct view name,
		    const struct ps_value *, size_t, bool call, struct ps_place *first);
struct ps_value	 ps_member(struct ps *, struct ps_value, struct view name, struct ps_place *);
struct ps_value	 ps_method(struct ps *, struct ps_value, struct view name,
		    struct ps_value *, size_t);
struct ps_value	 ps_from_base64(struct ps *, struct ps_value);
struct ps_value	 ps_encoding(struct ps *, struct view name, struct view method, struct ps_value);
struct ps_value	 ps_stream(struct ps *, struct ps_value, struct view method,
		    const struct ps_value *, size_t);
struct ps_value	 ps_span(struct ps *, int64_t seconds);
struct ps_value	 ps_new(struct ps *, struct view type, const struct ps_value *, size_t);

/* ---- Commands ---- */

struct ps_arg {
	struct view	 name;		/* of a -name, without its dash; else empty */
	struct ps_value	 v;
	bool		 colon;		/* -name:value, in one */
	bool		 raw;		/* goes to a program as it is */
};

/* "+Name" may go without its name, "?Name" is a switch. */
struct ps_cmdlet {
	const char	*name;
	const char	*params;	/* with blanks between */
	struct ps_value	(*run)(struct ps *, const struct ps_cmdlet *, struct ps_value bound,
			    const struct ps_value *input);
	const char	*what;		/* an action, a type: for run */
};
const struct ps_cmdlet *ps_cmdlet(struct view name);	/* ps_cmdlet.c */
const struct ps_cmdlet *ps_task_cmdlet(struct view name);	/* ps_task.c */
struct ps_value	 ps_do(struct ps *, struct ps_value what, const struct ps_arg *, size_t,
		    const struct ps_value *input);
struct ps_value	 ps_bind(struct ps *, const char *params, const struct ps_arg *, size_t);
bool		 ps_switch(const struct ps_value *bound, const char *name);
void		 ps_line(struct ps *, struct ps_value);	/* a command line for CreateProcess */
void		 ps_process(struct ps *, struct ps_value file, struct ps_value arguments);

/* Sets asks->target while something is done elsewhere. */
const char	*ps_aim(struct ps *, struct ps_value host);	/* the old one */
/* Who is meant by -ComputerName, -CimSession or -Session: a name, or a list. */
struct ps_value	 ps_hosts(struct ps *, struct ps_value bound);

/* ---- Tasks ---- */

void		 ps_task(struct ps *, const char *action, struct ps_value description);
void		 ps_name_task(struct ps *, struct fact *, struct ps_value path, struct ps_value name);
void		 ps_define(struct ps *, struct fact *, struct ps_value description);
struct ps_value	 ps_duration(struct ps *, struct ps_value);
struct ps_value	 ps_com_object(struct ps *, struct view progid);
struct ps_value	 ps_com_method(struct ps *, struct ps_value, struct view name,
		    struct ps_value *, size_t, bool *known);
struct ps_value	 ps_com_member(struct ps *, struct ps_value, struct view name);
void		 ps_com_set(struct ps *, struct ps_map *, struct view name, struct ps_value);
void		 ps_cim_method(struct ps *, struct ps_value class, struct ps_value method,
		    struct ps_value arguments);

#endif
