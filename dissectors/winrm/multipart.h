/* multipart.h -- encrypted bodies of WS-Management over HTTP, [MS-WSMV] 2.2.9.1. */
#ifndef MULTIPART_H
#define MULTIPART_H

#include "base/reader.h"

/* What sealed a body: the "protocol" of its Content-Type. */
enum multipart_sealing { SEALING_NONE, SEALING_SPNEGO, SEALING_KERBEROS, SEALING_CREDSSP };

/* Returns what sealed the body with this Content-Type. */
enum multipart_sealing multipart_type(struct view content_type);

/* A body whose parts are read one after the other. */
struct multipart {
	enum multipart_sealing sealing;
	struct view	 left;		/* not read yet */
	struct view	 boundary;	/* empty before the first part */
};

/* One encrypted message.  Views point into the body. */
struct multipart_part {
	struct view	 token;		/* signature, or header of a wrap token; none of CredSSP */
	struct view	 body;		/* the sealed bytes; of CredSSP, TLS records */
	size_t		 len;		/* bytes of the body, which may be more than are there */
	bool		 whole;		/* body has them all */
};

/* Begins to read a body, which is borrowed. */
struct multipart multipart_open(enum multipart_sealing, struct view body);

/* Sets *part to the next part.  Returns false after the last, and if the body
 * is malformed. */
bool		 multipart_next(struct multipart *, struct multipart_part *part);

#endif
