/* keytab.h -- MIT keytabs, formats 5.1 and 5.2, as borrowed views. */
#ifndef KEYTAB_H
#define KEYTAB_H

#include "base/reader.h"

struct keytab {
	struct reader	 r;
	bool		 v1;
	unsigned int	 entry;		/* the one read last, from 1; holes do not count */
};

struct keytab_key {
	struct view	 realm;
	struct view	 names;		/* components, each with its length before it */
	bool		 big;		/* that length is big-endian */
	bool		 single;	/* there is one component: a user or a computer */
	int32_t		 etype;
	uint32_t	 kvno;
	struct view	 key;
};

enum keytab_found { KEYTAB_KEY, KEYTAB_END, KEYTAB_BAD };

bool		  keytab_open(struct keytab *, struct view file);	/* false: it is none */
/* The next key of a type that we can use, with the length of that type. */
enum keytab_found keytab_next(struct keytab *, struct keytab_key *);
/* "host/fs01.corp.example@CORP.EXAMPLE", with a NUL; bytes that would end it
 * early become "?".  Returns its length, 0 if room does not do. */
size_t		  keytab_principal(const struct keytab_key *, char *out, size_t room);

#endif
