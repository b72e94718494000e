/* smb1-command.h -- what is done with each SMB1 command, [MS-CIFS] 2.2.4, [MS-SMB] 2.2.4. */
#ifndef SMB1_COMMAND_H
#define SMB1_COMMAND_H

#include "smb/smb1-conn.h"
#include "smb/smb1-message.h"

struct smb1_command {
	uint8_t		 code;
	bool		 andx;		/* another command may follow it in a chain */
	void		(*request)(struct smb1_conn *, struct smb1_block *, struct smb1_request *);
	void		(*answer)(struct smb1_conn *, struct smb1_block *, struct smb1_request *);
};

/* Returns the command of that code; NULL if nothing is learnt from it.  Its
 * request() may be NULL, and so is TRANSACTION's answer(), for that has parts. */
const struct smb1_command *smb1_command(uint8_t code);

#endif
