/* secretfile.h -- the text of a secrets file, one secret a line, as views of it. */
#ifndef SECRETFILE_H
#define SECRETFILE_H

#include "base/reader.h"

/* A text whose lines are read one after the other. */
struct secretfile {
	struct reader	 r;
	unsigned int	 line;		/* the number of the last one read, from 1 */
};

enum secret_kind {
	SECRET_PASSWORD,
	SECRET_NTHASH,
	SECRET_KEYTAB,
	SECRET_KEYLOG,
	SECRET_SMBKEY,
	SECRET_BAD,		/* a malformed line: why tells what is wrong */
	SECRET_END
};

/* One line.  What its kind does not have is empty. */
struct secret {
	enum secret_kind kind;
	struct view	 account;	/* of a password, nthash: as written */
	struct view	 user, domain;	/* in it; domain may be empty */
	struct view	 password;
	struct view	 path;		/* of a keytab, keylog */
	uint64_t	 id;		/* of an smbkey: the id of the session */
	uint8_t		 key[64];	/* an NT hash, or a session key: the caller wipes it */
	size_t		 keylen;
	char		 why[80];	/* tells no secret */
};

/* Begins to read a text, which is borrowed. */
void		 secretfile_open(struct secretfile *, struct view text);

/* Reads the next secret, and skips comments and empty lines.  Returns its kind. */
enum secret_kind secretfile_next(struct secretfile *, struct secret *);

#endif
