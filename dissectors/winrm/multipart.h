/* multipart.h -- sealed bodies of WS-Management over HTTP, [MS-WSMV] 2.2.9.1. */
#ifndef MULTIPART_H
#define MULTIPART_H

#include "base/reader.h"

enum sealing { SEALING_NONE, SEALING_SPNEGO, SEALING_KERBEROS, SEALING_CREDSSP };

/* What a Content-Type says of its body. */
enum sealing	 multipart_type(struct view content_type);

struct multipart {
	enum sealing	 sealing;
	struct view	 left;
	struct view	 boundary;	/* as the body has it; empty before the first part */
};

struct multipart_part {
	struct view	 token;		/* the signature, or a wrap's header; CredSSP has none */
	struct view	 body;		/* what is sealed; CredSSP: TLS records */
	size_t		 len;		/* of the body, where not all of it is there */
	bool		 whole;
};

struct multipart multipart_open(enum sealing, struct view body);
/* False: no more of them, or no such body at all. */
bool		 multipart_next(struct multipart *, struct multipart_part *);

#endif
