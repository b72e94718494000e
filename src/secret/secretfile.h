/* secretfile.h -- the text of a secrets file, one secret a line, as borrowed views. */
#ifndef SECRETFILE_H
#define SECRETFILE_H

#include "base/reader.h"

struct secretfile {
	struct reader	 r;
	unsigned int	 line;		/* the one read last, from 1 */
};

enum secret_kind {
	SECRET_PASSWORD,
	SECRET_NTHASH,
	SECRET_KEYTAB,
	SECRET_KEYLOG,
	SECRET_SMBKEY,
	SECRET_BAD,		/* why says why, and tells no secret */
	SECRET_END
};

struct secret {
	enum secret_kind kind;
	struct view	 account;	/* as written; of a password, nthash */
	struct view	 user, domain;	/* in it; domain may be empty */
	struct view	 password;
	struct view	 path;		/* of a keytab, keylog */
	uint64_t	 id;		/* of the session of an smbkey */
	uint8_t		 key[64];	/* NT hash or session key: the caller wipes it */
	size_t		 keylen;
	char		 why[80];
};

void		 secretfile_open(struct secretfile *, struct view text);
/* The next secret; comments and empty lines are passed over. */
enum secret_kind secretfile_next(struct secretfile *, struct secret *);

#endif
