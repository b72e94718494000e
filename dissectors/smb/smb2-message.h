/* smb2-message.h -- the layout of SMB2 messages, [MS-SMB2] 2.2.1, and of what READ and WRITE carry. */
#ifndef SMB2_MESSAGE_H
#define SMB2_MESSAGE_H

#include "smb/smb.h"
#include "smb/smb2-session.h"

#define SMB2_HEADER	64		/* bytes */

/* Flags of the header. */
#define SMB2_FLAG_RESPONSE	0x01
#define SMB2_FLAG_ASYNC		0x02
#define SMB2_FLAG_RELATED	0x04

/* Command of the header. */
enum {
	SMB2_NEGOTIATE, SMB2_SESSION_SETUP, SMB2_LOGOFF, SMB2_TREE_CONNECT,
	SMB2_TREE_DISCONNECT, SMB2_CREATE, SMB2_CLOSE, SMB2_FLUSH, SMB2_READ,
	SMB2_WRITE, SMB2_LOCK, SMB2_IOCTL, SMB2_CANCEL, SMB2_ECHO,
	SMB2_QUERY_DIRECTORY, SMB2_CHANGE_NOTIFY, SMB2_QUERY_INFO, SMB2_SET_INFO,
	SMB2_LAST_COMMAND = 0x13
};

#define FSCTL_PIPE_TRANSCEIVE 0x0011c017u	/* CtlCode of an IOCTL, 2.2.31 */

/* One message, which may be one of a compound. */
struct smb2_message {
	struct smb2_conn *c;
	struct view	 v;		/* what was captured of it, from its header on */
	size_t		 len;		/* of the message, in bytes */
	uint32_t	 status;	/* NTSTATUS, of an answer */
	uint32_t	 flags, tree;
	uint32_t	 next;		/* where the next of the compound begins; 0: this is the last */
	uint16_t	 command;
	uint64_t	 mid, session;
	struct smb2_session *s;		/* NULL: none, or none could be made */
};

/* Reads the header of m->v into the other fields, but for s.  Returns false if
 * it is not all there or no header. */
bool		 smb2_message_read(struct smb2_message *);

/* Returns a reader of what was captured behind the header. */
struct reader	 smb2_body(const struct smb2_message *);

/* Read where a WRITE's data is, 2.2.21, and its FileId, which points into the
 * body; or where that of a READ's answer is, 2.2.20, whose place in the file is
 * in the request.  Return false if the body does not say it. */
bool		 smb2_write_payload(struct reader body, struct smb_payload *, const uint8_t **id);
bool		 smb2_read_payload(struct reader body, struct smb_payload *);

/* Returns whether a FileId is all ones, which in a related request stands for
 * that of the request before it, 3.2.4.1.4. */
bool		 smb2_id_inherited(const uint8_t id[SMB_ID]);

/*
 * Returns what is open under that FileId in the session that the message names,
 * and adds what was opened before the capture began if there is none; pipe: it
 * can only be a pipe.  NULL if the FileId is inherited, and when the budget is
 * spent.
 */
struct smb_open	*smb2_open_get(const struct smb2_message *, uint32_t tree,
		    const uint8_t id[SMB_ID], bool pipe);

/* Notes that the message is about that open, for a message that was encrypted
 * shows that the open is used so.  NULL is allowed. */
void		 smb2_open_mark(const struct smb2_conn *, struct smb_open *);

#endif
