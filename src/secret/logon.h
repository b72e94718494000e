/* logon.h -- what a logon's key is, for the secret layer only. */
#ifndef LOGON_H
#define LOGON_H

#include "secret/secret.h"

/* The key that both sides agreed on, which SMB derives its own from ([MS-SMB2]
 * 3.3.5.5.3); alive as long as the logon.  Empty while it is not known. */
struct view	logon_session_key(struct logon *);

#endif
