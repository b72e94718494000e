/*
 * fact.h -- one fact: when, who to whom, through what, what was done, and how
 * well we saw it.  Dissectors fill it, correlate and eve read it.
 */
#ifndef FACT_H
#define FACT_H

#include "base/addr.h"
#include "base/budget.h"

enum fact_kind { FACT_TASK, FACT_COMMAND, FACT_ANOMALY };

/* The object in a record that holds what a fact of each kind says. */
extern const char *const fact_object[];

enum field {
#define FIELD(id, object, key, type) F_##id,
#include "fact/field.def"
#undef FIELD
	F_MAX
};

enum field_type { FT_STR, FT_TEXT, FT_INT, FT_BOOL, FT_STRS, FT_TIME };

struct field_info {
	const char	*object;	/* "task.actions[]" */
	const char	*key;		/* "command" */
	enum field_type	 type;
};
extern const struct field_info field_info[F_MAX];

/* One value.  In a list object ("[]"), elem is the element's number, from 0. */
struct item {
	struct item	*next;		/* in the order in which they were set */
	enum field	 field;
	unsigned int	 elem;
	int64_t		 num;		/* INT, BOOL, TIME */
	char		*str;		/* STR, TEXT, STRS: UTF-8, valid, no NUL inside; one item a string */
	size_t		 len;
};

#define FACT_LISTS 6	/* list objects in field.def */

struct fact {
	enum fact_kind	 kind;
	bool		 alert;		/* written as the alert that it caused */
	struct packet_ref	 at;		/* the packet that completed it */
	struct peers	 peers;
	struct budget	*budget;
	struct item	*first, **last;
	unsigned int	 elems[FACT_LISTS];	/* begun, of each list */
	bool		 cut;		/* something did not fit the budget */
};

/* Both accept a spent budget: fact_new() returns NULL, and every call below
 * does nothing for a NULL fact, so a dissector needs no test. */
struct fact	*fact_new(struct budget *, enum fact_kind, const struct peers *,
		    struct packet_ref);
void		 fact_free(struct fact *);

/* A copy of the budget's, without texts that are longer than max; NULL: it is spent. */
struct fact	*fact_copy(struct budget *, const struct fact *, size_t max);

/*
 * Set a field.  A scalar that is set again is replaced; in a list object the
 * newest element's value is meant.  Bytes that are no UTF-8 become "\xHH"
 * text, as Suricata writes them; text is cut at its first NUL.  An empty
 * string is "not known": it sets nothing.
 */
void	 fact_str(struct fact *, enum field, const char *);
void	 fact_utf8(struct fact *, enum field, struct view);
void	 fact_utf16(struct fact *, enum field, struct view, bool big);	/* lone surrogates: U+FFFD */
void	 fact_int(struct fact *, enum field, int64_t);
void	 fact_bool(struct fact *, enum field, bool);
void	 fact_add(struct fact *, enum field, struct view utf8);	/* one more string of a STRS */
void	 fact_drop(struct fact *, enum field);		/* forget it */

/* Begin the next element of the list that f stands in (F_ACT_TYPE, F_TRG_TYPE …);
 * an element that gets no field leaves no trace. */
void	 fact_next(struct fact *, enum field f);

/* Read back; NULL or false when not set.  In lists, the newest element's. */
const char *fact_get(const struct fact *, enum field);
bool	 fact_get_int(const struct fact *, enum field, int64_t *);

#endif
