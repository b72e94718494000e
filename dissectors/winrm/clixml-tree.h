/* clixml-tree.h -- a serialised object as a tree, and its values as PowerShell text. */
#ifndef CLIXML_TREE_H
#define CLIXML_TREE_H

#include <strings.h>

#include "base/budget.h"
#include "base/limits.h"

enum kind {
	K_OTHER, K_NIL, K_STRING, K_NUMBER, K_TRUTH, K_CHAR, K_SECRET, K_BLOCK, K_BYTES,	/* values */
	K_TOSTRING, K_TYPE,				/* text that belongs to an object */
	K_OBJ, K_REF, K_TYPES, K_TYPES_REF, K_LIST, K_DICT, K_ENTRY, K_MEMBERS, K_PROPS
};

typedef uint32_t place;		/* of a node in the tree; 0: none, the root itself */

struct node {
	uint8_t		 kind;
	bool		 whole;		/* its end was seen */
	bool		 has_id;
	uint32_t	 id;		/* RefId */
	place		 next, child, last;
	size_t		 name, name_len;	/* N, in the tree's text */
	size_t		 text, text_len;
};

struct ref {
	uint8_t		 kind;
	uint32_t	 id;
	place		 node;
};

struct tree {
	struct budget	*budget;
	struct node	*n;
	size_t		 len, cap;
	struct buf	 text;
	bool		 spent;		/* the budget; nothing more is read */
	place		 open[MAX_XML_DEPTH + 2];
	unsigned int	 depth;
	struct ref	*refs;		/* by kind and id */
	size_t		 nrefs;

	struct buf	*out;
	bool		 full;		/* out: nothing more is written */
	unsigned int	 steps;		/* left: an object may be referred to again and again */
};

/* ---- Walking it: clixml_tree.c ---- */

/* Whatever stands before a fault or a cut is kept.  False: that is nothing. */
bool		 tree_open(struct tree *, struct view xml, struct buf *out);
void		 tree_close(struct tree *);
place		 tree_first(struct tree *, place);	/* child */
place		 tree_next(struct tree *, place);	/* sibling */
enum kind	 tree_kind(const struct tree *, place);
struct view	 tree_text(const struct tree *, place);
struct view	 tree_name(const struct tree *, place);	/* N */
place		 tree_follow(struct tree *, place);	/* what a Ref or TNRef stands for; 0: nothing */
place		 tree_inside(struct tree *, place, enum kind);	/* the first child of that kind */
place		 tree_named(struct tree *, place, const char *);	/* … of that name, followed */
place		 tree_property(struct tree *, place obj, const char *);

/* In any case, as PowerShell has names. */
static inline bool
view_is(struct view v, const char *word)
{
	return v.len == strlen(word) && strncasecmp((const char *)v.p, word, v.len) == 0;
}

/* ---- Writing to its out: clixml_print.c ---- */

/* Where a value stands: an argument, an expression, or by itself as output. */
enum mode { ARGUMENT, EXPRESSION, OUTPUT };

void		 print_view(struct tree *, struct view);	/* as much as there is room for */
void		 print_str(struct tree *, const char *);
void		 print_quoted(struct tree *, struct view);
void		 print_block(struct tree *, struct view);
void		 print_value(struct tree *, place, enum mode, unsigned int depth);
bool		 print_is_word(struct view);	/* needs no quotes as an argument */
bool		 print_is_name(struct view);	/* of a parameter, of a key */
bool		 view_is_number(struct view);
bool		 view_has_lines(struct view);	/* or a comment, which ends with one */

#endif

