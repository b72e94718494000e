/* smb2-logon.h -- dialects and logons, [MS-SMB2] 2.2.3 to 2.2.6. */
#ifndef SMB2_LOGON_H
#define SMB2_LOGON_H

#include "smb/smb2-message.h"
#include "smb/smb2-request.h"

/* Take a NEGOTIATE or SESSION_SETUP request or answer, as the functions of
 * struct smb2_command do; no open is involved.  The request of a NEGOTIATE
 * answer may be NULL: it was SMB1's, 3.3.5.3.1. */
void	 smb2_negotiate_request(struct smb2_message *, struct smb2_request *, struct smb_open *);
void	 smb2_negotiate_answer(struct smb2_message *, struct smb2_request *);
void	 smb2_session_setup_request(struct smb2_message *, struct smb2_request *,
	    struct smb_open *);
void	 smb2_session_setup_answer(struct smb2_message *, struct smb2_request *);

#endif
