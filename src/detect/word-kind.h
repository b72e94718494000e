/*
 * word-kind.h -- what each word of a command's arguments is: a number, a web
 * address, a script in a temporary folder.
 */
#ifndef WORD_KIND_H
#define WORD_KIND_H

#include "base/reader.h"

/* A set of these is what one word is. */
enum {
	WORD_FIRST	= 1 << 0,	/* the first word that is no switch */
	WORD_WEB	= 1 << 1,	/* an address with http, https or ftp */
	WORD_SHARE	= 1 << 2,
	WORD_ADMIN_SHARE = 1 << 3,	/* C$, ADMIN$, IPC$, or any share of an IP address */
	WORD_TEMP	= 1 << 4,
	WORD_WRITABLE	= 1 << 5,	/* below a profile, or temporary */
	WORD_OUTSIDE	= 1 << 6,	/* a path to neither Windows nor Program Files */
	WORD_ROOT	= 1 << 7,	/* all of a disk, of Windows or of the profiles */
	WORD_SCRIPT	= 1 << 8,	/* by its extension; so are the next three */
	WORD_DLL	= 1 << 9,
	WORD_EXE	= 1 << 10,
	WORD_DATA	= 1 << 11,	/* a file that nobody runs */
	WORD_NUMBER	= 1 << 12,
	WORD_ADS	= 1 << 13,	/* in an alternate data stream */
	WORD_FORWARD	= 1 << 14,	/* "8080:host:80" */
	/* And these, what all of the arguments are: */
	WORDS_ANY	= 1 << 15,	/* at least one word */
	WORDS_NONE	= 1 << 16,
	WORDS_ONE	= 1 << 17
};

#define MAX_WORD_SETS	49	/* different ones in one line; real lines have four */

/* The sets of a line's words: each different one once, in no order. */
struct word_kinds {
	unsigned int	 set[MAX_WORD_SETS];
	size_t		 n;
};

/* Reads arguments, in plain form (normalise.h).  Only the first MAX_WORD_SETS - 1
 * different sets are kept. */
void		 word_kinds_read(struct word_kinds *, struct view arguments);

/* Returns whether one word is all of wanted, a set. */
bool		 word_kinds_have(const struct word_kinds *, unsigned int wanted);

/* Returns the kind of that name ("admin_share" is "adminshare"), or 0. */
unsigned int	 word_kind(struct view name);

/* Returns whether path, in plain form, names an alternate data stream. */
bool		 path_has_stream(struct view path);

/* Extensions of files, for name_listed() (path.h). */
#define SCRIPT_EXTENSIONS "ps1|psm1|psd1|vbs|vbe|js|jse|wsf|wsh|wsc|sct|hta|bat|cmd|py|pyw|pl|rb|php|jar|lua|au3|sh|a3x"
#define PROGRAM_EXTENSIONS "exe|com|scr|pif|msi|msix|appx"

#endif
