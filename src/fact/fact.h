/*
 * fact.h -- a fact: one thing that was seen on the network (a task was
 * registered, a command was sent), with its time, the connection's addresses
 * and the values of its fields.  Dissectors make facts, detection adds what it
 * thinks of them, outputs write them.
 */
#ifndef FACT_H
#define FACT_H

#include "base/addr.h"
#include "base/arena.h"

enum fact_kind { FACT_TASK, FACT_COMMAND, FACT_ANOMALY };

/* The name of the JSON object that holds what a fact of each kind says. */
extern const char *const fact_object[];

/* F_NAME, F_ROUTE ...: one for each row of field.def, in that order. */
enum field {
#define FIELD(id, object, key, type) F_##id,
#include "fact/field.def"
#undef FIELD
	F_MAX
};

/* The types of field.def.  STR, TEXT and STRS are texts; the others are numbers. */
enum field_type { FT_STR, FT_TEXT, FT_INT, FT_BOOL, FT_STRS, FT_TIME };

struct field_info {
	const char	*object;	/* the path of the object, such as "task.actions[]" */
	const char	*key;		/* the key in that object, such as "command" */
	enum field_type	 type;
	unsigned int	 list;		/* the array that object names, from 1; 0: none */
};
extern const struct field_info field_info[F_MAX];

#define FACT_LISTS 6	/* different objects with "[]" in field.def */

/* One value of a fact. */
struct fact_item {
	enum field	 field;
	unsigned int	 elem;		/* the element of the array that it belongs to, from 0 */
	int64_t		 num;		/* INT; BOOL: 0 or 1; TIME: microseconds since 1970 */
	char		*str;		/* texts: valid UTF-8 that ends in NUL; else NULL */
	size_t		 len;		/* bytes of str without its NUL; 0 for numbers */
};

/*
 * A fact and all its values lie in one arena.  While a dissector fills it, the
 * arena is charged to the budget that was given to fact_new(), which must
 * outlive the fact.  sink_put() hands that charge back: from then on the fact
 * refers to no budget but its own, so it may outlive its connection and be
 * freed by another thread.  Its one pointer to memory of others is at.source.
 */
struct fact {
	enum fact_kind	 kind;
	bool		 alert;		/* to be written as the alert that it caused */
	bool		 cut;		/* a value is missing or shortened: a limit was met */
	struct packet_ref at;		/* the packet that completed it */
	struct peers	 peers;
	struct arena	 arena;
	struct fact_node *first, *last;	/* private to fact.c */
	unsigned int	 elems[FACT_LISTS];	/* begun, of each list; private too */
};

/* Make a fact without values; peers is copied.  Returns NULL if the budget
 * refuses.  A dissector need not test for it: fact_free() and the functions that
 * set or read a field accept a NULL fact, and do nothing. */
struct fact	*fact_new(struct budget *, enum fact_kind, const struct peers *,
		    struct packet_ref);
void		 fact_free(struct fact *);

/* Returns a copy that is charged to the budget (NULL: to none), without the
 * texts that are longer than max bytes; NULL if the budget refuses. */
struct fact	*fact_copy(struct budget *, const struct fact *, size_t max);

/* Returns the bytes that fact_copy() charges for such a copy. */
size_t		 fact_copy_size(const struct fact *, size_t max);

/* Hand the charge back to the budget that was given to fact_new(), and allow
 * the fact up to MAX_SCORE_MEM bytes more, however much its sender filled.
 * sink_put() does this; others need not. */
void		 fact_detach(struct fact *);

/* Returns the budget for scratch memory that is used while a fact is filled.
 * It must be freed before the fact is put or freed. */
struct budget	*fact_budget(struct fact *);

/*
 * Set a field.  A value that the field has already is replaced, but a STRS
 * field gets one more string.  A field of a list object is that of the newest
 * element.  Texts are cut at their first NUL; an empty text sets nothing.  Where
 * bytes are not valid UTF-8, all of them from 0x80 are written as \xHH; a lone
 * surrogate becomes U+FFFD.  If the fact's memory is spent, the field stays as
 * it was and cut is set.
 */
void	 fact_str(struct fact *, enum field, const char *);	/* NULL sets nothing */
void	 fact_utf8(struct fact *, enum field, struct view);
void	 fact_utf16(struct fact *, enum field, struct view, bool big);
void	 fact_int(struct fact *, enum field, int64_t);
void	 fact_bool(struct fact *, enum field, bool);

/* Remove all values of a field, in all elements. */
void	 fact_drop(struct fact *, enum field);

/* Begin the next element of the list object that the field belongs to.  An
 * element without values is not written. */
void	 fact_next(struct fact *, enum field);

/* Replace the text of an item that fact_each() returned.  Returns false, with
 * the text as it was, if the fact's memory is spent. */
bool	 fact_change(struct fact *, const struct fact_item *, struct view utf8);

/* Returns a field's text, which belongs to the fact, or NULL if it is not set.
 * In a list object that is the newest element's; of a STRS field, the first. */
const char *fact_get(const struct fact *, enum field);

/* The same for an element of a list object, the first being 0. */
const char *fact_elem(const struct fact *, enum field, unsigned int elem);

/* The same as fact_get() for a number.  Returns false, with nothing stored, if it
 * is not set. */
bool	 fact_get_int(const struct fact *, enum field, int64_t *);

/* Returns true if any value of the field, in any element, is this text. */
bool	 fact_has(const struct fact *, enum field, struct view);

/* Returns how many elements of the field's list object were begun. */
unsigned int fact_count(const struct fact *, enum field);

/* Walk through all values in the order of field.def, then of their elements,
 * then in which they were set.  Returns the value behind prev (NULL: the
 * first), or NULL at the end.  The fact must not change meanwhile, but for
 * fact_change(). */
const struct fact_item *fact_each(const struct fact *, const struct fact_item *prev);

#endif
