/* smb2-command.h -- what is done with each SMB2 command, [MS-SMB2] 2.2. */
#ifndef SMB2_COMMAND_H
#define SMB2_COMMAND_H

#include "smb/smb2-message.h"
#include "smb/smb2-request.h"

/*
 * Nothing is learnt from a command whose row is empty.  One that has only a
 * FileId is of interest because a related request may mean the same.
 */
struct smb2_command {
	uint16_t	 size;		/* StructureSize of the request */
	uint8_t		 id;		/* where the FileId is in the body; 0: there is none */
	/* Either may be NULL.  The open is that which the FileId names, NULL if
	 * it is not known; a request without an answer() is not awaited. */
	void		(*request)(struct smb2_message *, struct smb2_request *, struct smb_open *);
	void		(*answer)(struct smb2_message *, struct smb2_request *);
};
extern const struct smb2_command smb2_commands[SMB2_LAST_COMMAND + 1];

#endif
