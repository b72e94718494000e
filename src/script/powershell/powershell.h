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

#include "script/script.h"
#include "base/limits.h"
#include "base/rb.h"
#include "base/text.h"

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
	HOW_NONE, HOW_CONCAT, HOW_FORMAT, HOW_REPLACE, HOW_CHAR, HOW_REVERSE,
	HOW_BASE64, HOW_DEFLATE, HOW_GZIP
};

struct value {
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
		struct list	*list;
		struct map	*map;
	};
};

struct list {
	struct value	*v;
	size_t		 n, cap;
};

struct entry {
	RB_ENTRY(entry)	 link;
	struct entry	*next;		/* in the order in which they were made */
	struct view	 key;
	struct value	 v;
};
RB_HEAD(entries, entry);

struct map {
	struct entries	 entries;
	struct entry	*first, **last;
	const char	*type;		/* of an object: "action", …; NULL: a hashtable */
};

/* One assignment, to be undone where it is uncertain or goes out of scope. */
struct change {
	struct entry	*slot;
	struct value	 old;
	bool		 local;
};

struct heap {
	struct chunk	*chunks;
	uint8_t		*at;
	size_t		 left;
};

/* What ends: this turn of a loop, the loop, the block, a try's body, the text. */
enum stop { STOP_NONE, STOP_TURN, STOP_LOOP, STOP_RETURN, STOP_THROW, STOP_ALL };

struct ps {
	struct asks	*asks;
	struct heap	 cells, bytes;
	size_t		 held;		/* of MAX_PS_MEM */
	struct map	*vars, *functions, *aliases;
	struct map	*outer;		/* of the caller, for $using: */
	struct change	*log;
	size_t		 n_log, cap_log;
	unsigned int	 depth;
	unsigned int	 scopes;	/* that assignments end with */
	unsigned int	 maybe;		/* inside a body that may not run … */
	unsigned int	 maybe_block, maybe_loop;	/* … and so many where these began */
	bool		 assigned;	/* the last statement gives nothing on */
	enum stop	 stop;
};

/* A place in a text. */
struct in {
	struct view	 text;
	size_t		 at;
};

void		*ps_take(struct ps *, size_t);		/* cleared; NULL: spent */
bool		 ps_work(struct ps *, size_t);		/* false: enough was done */
void		 ps_free(struct ps *);

struct value	 ps_unknown(void);
struct value	 ps_text(struct view);
struct value	 ps_number(int64_t);
struct value	 ps_truth(bool);
struct value	 ps_map(struct ps *, const char *type);
struct value	 ps_list(struct ps *);
bool		 ps_push(struct ps *, struct list *, struct value);
struct entry	*ps_find(struct map *, struct view key);
struct entry	*ps_slot(struct ps *, struct map *, struct view key);	/* made if need be */
void		 ps_put(struct ps *, struct map *, const char *key, struct value);
struct value	 ps_get(const struct value *, const char *key);	/* of a map; else unknown */
void		 ps_assign(struct ps *, struct entry *, struct value, bool local);
bool		 ps_is(const struct value *, const char *type);	/* an object of it */

bool		 ps_known(const struct value *);	/* nothing in it is unknown */
struct value	 ps_written(struct ps *, struct value);	/* as PS_TEXT; unknown parts as written */
struct value	 ps_concat(struct ps *, struct value, struct value);
struct value	 ps_bytes(struct ps *, struct view);	/* a copy, as PS_BYTES */
struct view	 ps_room(struct ps *, size_t, uint8_t **);	/* bytes to be written */
const char	*ps_cstr(struct ps *, struct value);	/* NULL: no known text */
bool		 ps_int(const struct value *, int64_t *);
bool		 ps_true(const struct value *, bool *);	/* false: not known */
size_t		 ps_count(const struct value *);	/* elements; 1 of a scalar */
struct value	 ps_nth(struct ps *, const struct value *, size_t);
void		 ps_tell(struct ps *, struct value *);	/* in decoded[], if it was decoded */

/* ---- Reading ---- */

int		 ps_peek(const struct in *);	/* dashes and quotes as ASCII; -1: the end */
int		 ps_ahead(const struct in *, unsigned int n);
void		 ps_next(struct in *);
void		 ps_blank(struct in *, bool newlines);
bool		 ps_name_char(int c);
bool		 ps_ends_word(int c);			/* of a command's arguments */
struct view	 ps_since(const struct in *, size_t from);
struct view	 ps_word(struct in *);			/* letters, digits, _ */
struct view	 ps_variable_name(struct in *);		/* behind the $ */
struct view	 ps_group(struct ps *, struct in *, int close);	/* to the bracket that matches */
struct value	 ps_variable(struct ps *, struct view name);
struct value	 ps_spelled(struct view source);	/* of those that are the same everywhere */
struct view	 ps_scope(struct view name, bool *outer);	/* the name without it */
struct value	 ps_quoted(struct ps *, struct in *);	/* "…", '…', here-strings */
struct value	 ps_bare(struct ps *, struct in *);	/* a word of a command */

/* Where an assignment goes. */
struct place {
	struct entry	*slot;
	struct list	*list;
	size_t		 index;
	struct map	*of;		/* the object that has the slot */
	struct view	 cast;
	bool		 local;
};

struct value	 ps_expression(struct ps *, struct in *, unsigned int least, struct place *);
#define PS_LOWEST	0	/* the whole of an expression */
#define PS_NO_COMMA	100	/* added: an argument of a method, where commas part */
struct value	 ps_primary(struct ps *, struct in *, struct place *);
struct value	 ps_statements(struct ps *, struct in *, int close);
struct value	 ps_statement(struct ps *, struct in *);
struct value	 ps_pipeline(struct ps *, struct in *);
struct value	 ps_run(struct ps *, struct view text);		/* in this scope */
/* A block with a scope of its own; args are bound to its param(). */
struct arg;
struct value	 ps_call(struct ps *, struct view block, struct view params,
		    const struct arg *, size_t, const struct value *input);
void		 ps_params(struct ps *, struct view params, const struct arg *, size_t);
struct value	 ps_each(struct ps *, struct view block, struct value input);	/* of a pipeline */
struct value	 ps_invoke_text(struct ps *, struct value);	/* Invoke-Expression and its like */
void		 ps_uncalled(struct ps *);	/* functions that nobody called are read too */

/* ---- Operators and members ---- */

struct oper {
	const char	*name;
	unsigned int	 level;
	struct value	(*apply)(struct ps *, struct value, struct value, const struct oper *);
	char		 what;
};
const struct oper *ps_operator(struct in *, unsigned int least);	/* moves past it */
struct value	 ps_binary(struct ps *, const struct oper *, struct value, struct value);
struct value	 ps_add(struct ps *, struct value, struct value);
struct value	 ps_arithmetic(char what, struct value, struct value);
struct value	 ps_join(struct ps *, struct value, struct view separator);
struct value	 ps_split(struct ps *, struct value, struct view separators, bool each);
struct value	 ps_replace(struct ps *, struct value, struct view from, struct view to,
		    bool nocase);
struct value	 ps_format(struct ps *, struct value, struct value);
struct value	 ps_reverse(struct ps *, struct value);
struct value	 ps_index(struct ps *, struct value, struct value);
bool		 ps_pattern(struct ps *, struct view regex, struct view *plain);
struct value	 ps_cast(struct ps *, struct view type, struct value);
struct value	 ps_static(struct ps *, struct view type, struct view name,
		    const struct value *, size_t, bool call, struct place *first);
struct value	 ps_member(struct ps *, struct value, struct view name, struct place *);
struct value	 ps_method(struct ps *, struct value, struct view name,
		    struct value *, size_t);
struct value	 ps_from_base64(struct ps *, struct value);
struct value	 ps_encoding(struct ps *, struct view name, struct view method, struct value);
struct value	 ps_stream(struct ps *, struct value, struct view method,
		    const struct value *, size_t);
struct value	 ps_span(struct ps *, int64_t seconds);
struct value	 ps_new(struct ps *, struct view type, const struct value *, size_t);

/* ---- Commands ---- */

struct arg {
	struct view	 name;		/* of a -name, without its dash; else empty */
	struct value	 v;
	bool		 colon;		/* -name:value, in one */
	bool		 raw;		/* goes to a program as it is */
};

/* "+Name" may go without its name, "?Name" is a switch. */
struct cmdlet {
	const char	*name;
	const char	*params;	/* with blanks between */
	struct value	(*run)(struct ps *, const struct cmdlet *, struct value bound,
			    const struct value *input);
	const char	*what;		/* an action, a type: for run */
};
const struct cmdlet *ps_cmdlet(struct view name);	/* ps_cmdlet.c */
const struct cmdlet *ps_task_cmdlet(struct view name);	/* ps_task.c */
struct value	 ps_do(struct ps *, struct value what, const struct arg *, size_t,
		    const struct value *input);
struct value	 ps_bind(struct ps *, const char *params, const struct arg *, size_t);
bool		 ps_switch(const struct value *bound, const char *name);
void		 ps_line(struct ps *, struct value);	/* a command line for CreateProcess */
void		 ps_process(struct ps *, struct value file, struct value arguments);

/* Sets asks->target while something is done elsewhere. */
const char	*ps_aim(struct ps *, struct value host);	/* the old one */
/* Who is meant by -ComputerName, -CimSession or -Session: a name, or a list. */
struct value	 ps_hosts(struct ps *, struct value bound);

/* ---- Tasks ---- */

void		 ps_task(struct ps *, const char *action, struct value description);
void		 ps_name_task(struct ps *, struct obs *, struct value path, struct value name);
void		 ps_define(struct ps *, struct obs *, struct value description);
struct value	 ps_duration(struct ps *, struct value);
struct value	 ps_com_object(struct ps *, struct view progid);
struct value	 ps_com_method(struct ps *, struct value, struct view name,
		    struct value *, size_t, bool *known);
struct value	 ps_com_member(struct ps *, struct value, struct view name);
void		 ps_com_set(struct ps *, struct map *, struct view name, struct value);
void		 ps_cim_method(struct ps *, struct value class, struct value method,
		    struct value arguments);

#endif
