/*
 * obs.h -- one fact: when, who to whom, through what, what was done, and how
 * well we saw it.  Dissectors fill it, correlate and eve read it.
 */
#ifndef OBS_H
#define OBS_H

#include "base/addr.h"
#include "base/budget.h"

enum obs_kind { OBS_TASK, OBS_COMMAND, OBS_ALERT, OBS_ANOMALY };

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

#define OBS_LISTS 6	/* list objects in field.def */

struct obs {
	enum obs_kind	 kind;
	struct moment	 at;		/* the packet that completed it */
	struct peers	 peers;
	struct budget	*budget;
	struct item	*first, **last;
	unsigned int	 elems[OBS_LISTS];	/* begun, of each list */
	bool		 cut;		/* something did not fit the budget */
};

/* Both accept a spent budget: obs_new() returns NULL, and every call below
 * does nothing for a NULL obs, so a dissector needs no test. */
struct obs	*obs_new(struct budget *, enum obs_kind, const struct peers *,
		    struct moment);
void		 obs_free(struct obs *);

/* A copy of the budget's, without texts that are longer than max; NULL: it is spent. */
struct obs	*obs_copy(struct budget *, const struct obs *, size_t max);

/*
 * Set a field.  A scalar that is set again is replaced; in a list object the
 * newest element's value is meant.  Bytes that are no UTF-8 become "\xHH"
 * text, as Suricata writes them; text is cut at its first NUL.  An empty
 * string is "not known": it sets nothing.
 */
void	 obs_str(struct obs *, enum field, const char *);
void	 obs_utf8(struct obs *, enum field, struct view);
void	 obs_utf16(struct obs *, enum field, struct view, bool big);	/* lone surrogates: U+FFFD */
void	 obs_int(struct obs *, enum field, int64_t);
void	 obs_bool(struct obs *, enum field, bool);
void	 obs_add(struct obs *, enum field, struct view utf8);	/* one more string of a STRS */
void	 obs_drop(struct obs *, enum field);		/* forget it */

/* Begin the next element of the list that f stands in (F_ACT_TYPE, F_TRG_TYPE …);
 * an element that gets no field leaves no trace. */
void	 obs_next(struct obs *, enum field f);

/* Read back; NULL or false when not set.  In lists, the newest element's. */
const char *obs_get(const struct obs *, enum field);
bool	 obs_get_int(const struct obs *, enum field, int64_t *);

#endif
