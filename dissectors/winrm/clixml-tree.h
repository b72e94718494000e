/*
 * clixml-tree.h -- a serialised object ([MS-PSRP] 2.2.5) as a tree of its
 * elements, and its values as PowerShell text.
 */
#ifndef CLIXML_TREE_H
#define CLIXML_TREE_H

#include "base/budget.h"
#include "base/limits.h"

/* What an element is. */
enum clixml_kind {
	K_OTHER,
	/* values, 2.2.5.1 */
	K_NIL, K_STRING, K_NUMBER, K_BOOLEAN, K_CHAR, K_SECURE_STRING, K_BLOCK, K_BYTES,
	/* texts that belong to an object */
	K_TOSTRING, K_TYPE,
	K_OBJ, K_REF, K_TYPES, K_TYPES_REF, K_LIST, K_DICT, K_ENTRY, K_MEMBERS, K_PROPS
};

typedef uint32_t clixml_index;	/* of a node in the tree; 0: none, and the root itself */

struct clixml_node {
	uint8_t		 kind;		/* enum clixml_kind */
	bool		 whole;		/* its end tag was seen */
	bool		 has_id;
	uint32_t	 id;		/* RefId */
	clixml_index	 next, child, last;	/* next sibling, first and last child */
	size_t		 name, name_len;	/* the attribute N, in the tree's text */
	size_t		 text, text_len;	/* what is in it, in the tree's text */
};

struct clixml_refid {
	uint8_t		 kind;		/* K_OBJ or K_TYPES, which are numbered apart */
	uint32_t	 id;
	clixml_index	 node;
};

struct clixml_tree {
	struct budget	*budget;
	struct clixml_node *n;
	size_t		 len, cap;
	struct buf	 text;		/* all names and texts */
	bool		 spent;		/* the budget: nothing more is read */
	clixml_index	 open[MAX_XML_DEPTH + 2];	/* while it is read: the elements around */
	unsigned int	 depth;
	struct clixml_refid *refs;	/* sorted by kind and id */
	size_t		 nrefs;

	struct buf	*out;		/* where the print_ functions write */
	bool		 full;		/* out has no room: nothing more is written */
	unsigned int	 steps;		/* that are left, since references can repeat objects */
};

/* ---- The tree ---- */

/* Reads an object from XML.  What stands before a fault or a cut is kept.  Its
 * text will be written to out, and its memory is charged to out's budget.
 * Returns false if nothing could be read; else call tree_close(). */
bool		 tree_open(struct clixml_tree *, struct view xml, struct buf *out);
void		 tree_close(struct clixml_tree *);

/* Return the first child and the next sibling; 0: none, or no steps are left. */
clixml_index	 tree_first(struct clixml_tree *, clixml_index);
clixml_index	 tree_next(struct clixml_tree *, clixml_index);

/* Return a node's kind, its text, and its attribute N; both belong to the tree. */
enum clixml_kind tree_kind(const struct clixml_tree *, clixml_index);
struct view	 tree_text(const struct clixml_tree *, clixml_index);
struct view	 tree_name(const struct clixml_tree *, clixml_index);

/* Returns the node that a Ref or a TNRef refers to, 0 if there is none; any
 * other node itself. */
clixml_index	 tree_follow(struct clixml_tree *, clixml_index);

/* Returns the first child of that kind, or 0. */
clixml_index	 tree_inside(struct clixml_tree *, clixml_index, enum clixml_kind);

/* Returns the first child of that name, and follows it; 0: there is none. */
clixml_index	 tree_named(struct clixml_tree *, clixml_index, const char *name);

/* Returns the extended or the adapted property of an object, followed, or 0. */
clixml_index	 tree_property(struct clixml_tree *, clixml_index obj, const char *name);

/* ---- Text: appended to the tree's out, as much as there is room for ---- */

/* Where a value stands decides how it is quoted: as an argument of a command,
 * in an expression, or by itself as what PowerShell prints. */
enum clixml_mode { ARGUMENT, EXPRESSION, OUTPUT };

void		 print_view(struct clixml_tree *, struct view);
void		 print_str(struct clixml_tree *, const char *);
void		 print_quoted(struct clixml_tree *, struct view);	/* in single quotes */
void		 print_block(struct clixml_tree *, struct view);	/* in braces */

/* A node's value.  depth counts the objects around it; call it with 0. */
void		 print_value(struct clixml_tree *, clixml_index, enum clixml_mode,
		    unsigned int depth);

/* Does a text need no quotes: as an argument; as a parameter's or a key's name? */
bool		 print_is_word(struct view);
bool		 print_is_name(struct view);

/* Does a text look like a number? */
bool		 view_is_number(struct view);

/* Does it have a line end, or a comment, which only a line end closes? */
bool		 view_has_lines(struct view);

#endif
