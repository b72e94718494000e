/*
 * value.h -- PowerShell's values as far as they are known without running the
 * script.  Values are small and copied freely; what they point to lives in the
 * script's memory (memory.h) or in its text until the script has been read.
 */
#ifndef PS_VALUE_H
#define PS_VALUE_H

#include "base/rb.h"
#include "base/reader.h"

struct ps;

enum ps_kind {
	PS_UNKNOWN,		/* .text: the expression's source, once that ends; may be empty */
	PS_NULL,		/* $null */
	PS_STRING,		/* .text */
	PS_NUMBER,		/* .n, an integer */
	PS_BOOL,		/* .n is 0 or 1 */
	PS_CHARS,		/* .text: a [char[]], one element a byte */
	PS_RANGE,		/* .from to .to, both included; may run backwards */
	PS_ARRAY,		/* .array */
	PS_MAP,			/* .map: a hashtable, or an object with its properties */
	PS_SCRIPT_BLOCK,	/* .text: the source between its braces */
	PS_TYPE,		/* .text: the name between its brackets */
	PS_BYTES		/* .text: a [byte[]] */
};

/*
 * How a string was made of the constants in the source.  Where several ways
 * were used, the greatest is kept.
 */
enum ps_how {
	PS_HOW_NONE, PS_HOW_CONCAT, PS_HOW_FORMAT, PS_HOW_REPLACE, PS_HOW_CHAR, PS_HOW_REVERSE,
	PS_HOW_BASE64, PS_HOW_DEFLATE, PS_HOW_GZIP
};

struct ps_value {
	uint8_t		 kind;		/* enum ps_kind */
	uint8_t		 how;		/* enum ps_how */
	bool		 partial;	/* some parts of a string are unknown, as written */
	bool		 reported;	/* its text went to decoded[] already */
	bool		 is_char;	/* a [char]: as a number it is its code */
	union {
		struct view	 text;	/* UTF-8, except of PS_BYTES */
		int64_t		 n;
		struct {
			int64_t	 from, to;
		};
		struct ps_array	*array;
		struct ps_map	*map;
	};
};

/* An array or ArrayList.  Copies of the value share it, as references do. */
struct ps_array {
	struct ps_value	*v;
	size_t		 n, cap;
};

/* One key of a hashtable, property of an object, or variable. */
struct ps_entry {
	RB_ENTRY(ps_entry) link;
	struct ps_entry	*next;		/* in the order in which they were made */
	struct view	 key;		/* compared without regard to ASCII case */
	struct ps_value	 v;
};
RB_HEAD(ps_entries, ps_entry);

/* A hashtable, an object or a set of variables.  Copies of the value share it. */
struct ps_map {
	struct ps_entries entries;
	struct ps_entry	*first, **last;	/* in the order in which they were made */
	const char	*type;		/* "action", "folder" …; NULL: a hashtable */
};

/* ---- Making values; on spent memory they return an unknown one ---- */

struct ps_value	 ps_unknown(void);
struct ps_value	 ps_string(struct view);	/* the text is not copied */
struct ps_value	 ps_number(int64_t);
struct ps_value	 ps_bool(bool);
struct ps_value	 ps_bytes(struct ps *, struct view);	/* the bytes are copied */
struct ps_value	 ps_array(struct ps *);			/* an empty array */
struct ps_value	 ps_map(struct ps *, const char *type);	/* without entries; type is not copied */

/* Appends a value to an array.  Returns false when memory is spent. */
bool		 ps_append(struct ps *, struct ps_array *, struct ps_value);

/* ---- Maps ---- */

/* Returns the entry of that key, or NULL. */
struct ps_entry	*ps_map_find(struct ps_map *, struct view key);

/* The same, but makes the entry if there is none; NULL: memory spent.  The key is not copied. */
struct ps_entry	*ps_map_entry(struct ps *, struct ps_map *, struct view key);

/* Sets the entry of that key, a literal.  Does nothing when memory is spent. */
void		 ps_map_put(struct ps *, struct ps_map *, const char *key, struct ps_value);

/* Returns the value of that key if v is a map and has it, else an unknown value. */
struct ps_value	 ps_property(const struct ps_value *, const char *key);

/* Returns whether the value is an object of that type. */
bool		 ps_is_object(const struct ps_value *, const char *type);

/* ---- Reading values ---- */

/* Returns whether no part of the value is unknown; of an array, looks one level deep. */
bool		 ps_is_known(const struct ps_value *);

/* Converts to an integer as PowerShell does.  Returns false if it is unknown or none. */
bool		 ps_as_int(const struct ps_value *, int64_t *);

/* Converts to a truth value as PowerShell does.  Returns false if it is unknown. */
bool		 ps_as_bool(const struct ps_value *, bool *);

/* Returns whether the value has elements: an array, chars, bytes or a range. */
bool		 ps_is_array(const struct ps_value *);

/* Returns the number of elements: 0 of $null, 1 of any other value that is no array. */
size_t		 ps_count(const struct ps_value *);

/* Returns element i; unknown if there is none, or it is a char that is not ASCII. */
struct ps_value	 ps_element(const struct ps_value *, size_t i);

/*
 * A parameter that takes several values has an array of them, or one value alone:
 * return the number of these, and the one of number i.
 */
size_t		 ps_n_items(const struct ps_value *);
struct ps_value	 ps_item(const struct ps_value *, size_t i);

/*
 * Returns the value as PS_STRING, arrays joined by blanks.  Unknown parts stand
 * as they are written in the source, and the result is then partial.
 */
struct ps_value	 ps_as_string(struct ps *, struct ps_value);

/* Returns both values as one string; unknown, when memory is spent. */
struct ps_value	 ps_concat(struct ps *, struct ps_value, struct ps_value);

/* Returns a copy of a string or number with a NUL behind it; NULL: it is neither, or empty. */
const char	*ps_cstr(struct ps *, struct ps_value);

/* Reports a string that was made of parts (its how is not NONE) as decoded, once. */
void		 ps_report_decoded(struct ps *, struct ps_value *);

#endif
