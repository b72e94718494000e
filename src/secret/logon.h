/* logon.h -- the key of a logon, for other files of this folder. */
#ifndef LOGON_H
#define LOGON_H

#include "secret/secret.h"

/* Returns the key that both sides agreed on, which SMB derives its own keys
 * from ([MS-SMB2] 3.3.5.5.3); empty while it is not known.  It belongs to the
 * logon. */
struct view	logon_session_key(struct logon *);

#endif
