/* keytab.h -- MIT keytabs, formats 5.1 and 5.2, as views of the file's bytes. */
#ifndef KEYTAB_H
#define KEYTAB_H

#include "base/reader.h"

/* A keytab whose entries are read one after the other. */
struct keytab {
	struct reader	 r;
	bool		 v1;		/* format 5.1, in its host's byte order, taken for ours */
	unsigned int	 entry;		/* number of the last one read, from 1, without holes */
};

struct keytab_key {
	struct view	 realm;
	struct view	 names;		/* components, each behind two bytes of its length */
	bool		 big;		/* that length is big-endian */
	bool		 single;	/* there is one component: a user or a computer */
	int32_t		 etype;		/* encryption type, RFC 3961 8 */
	uint32_t	 kvno;		/* key version number */
	struct view	 key;
};

enum keytab_found { KEYTAB_KEY, KEYTAB_END, KEYTAB_BAD };

/* Begins to read a file, which is borrowed.  Returns false if it is no keytab. */
bool		  keytab_open(struct keytab *, struct view file);

/* Reads the next key of an encryption type that is supported, whose length
 * fits that type.  Returns KEYTAB_BAD at a malformed entry, where reading
 * must end. */
enum keytab_found keytab_next(struct keytab *, struct keytab_key *);

/* Writes the principal, "host/fs01.corp.example@CORP.EXAMPLE", and a NUL; a NUL
 * inside becomes "?".  Returns its length, 0 if there is no room. */
size_t		  keytab_principal(const struct keytab_key *, char *out, size_t room);

#endif
