/*
 * smb1-message.h -- the layout of SMB1 messages: a header and a chain of blocks
 * of words and bytes, one for each command, [MS-CIFS] 2.2.3.
 */
#ifndef SMB1_MESSAGE_H
#define SMB1_MESSAGE_H

#include "base/budget.h"
#include "smb/smb.h"

#define SMB1_HEADER	32		/* bytes, 2.2.3.1 */
#define SMB1_NO_COMMAND	0xff		/* the chain ends, 2.2.3.4 */

/* 2.2.2.1 */
enum {
	SMB1_CLOSE = 0x04, SMB1_DELETE = 0x06, SMB1_RENAME = 0x07, SMB1_READ = 0x0a,
	SMB1_WRITE = 0x0b, SMB1_TRANSACTION = 0x25, SMB1_SECONDARY = 0x26,
	SMB1_WRITE_CLOSE = 0x2c, SMB1_OPEN_ANDX = 0x2d, SMB1_READ_ANDX = 0x2e,
	SMB1_WRITE_ANDX = 0x2f, SMB1_TRANS2 = 0x32, SMB1_TREE_DISCONNECT = 0x71,
	SMB1_NEGOTIATE = 0x72, SMB1_SESSION_SETUP = 0x73, SMB1_LOGOFF = 0x74,
	SMB1_TREE_CONNECT = 0x75, SMB1_NT_CREATE = 0xa2
};

struct smb1_message {
	struct view	 v;		/* what was captured of it, from its header on */
	size_t		 len;		/* of the message, in bytes */
	uint8_t		 command;	/* the first of the chain */
	uint32_t	 status;	/* NTSTATUS, also where the sender gave a DOS error */
	bool		 reply, unicode;
	uint16_t	 tid, uid;
	uint64_t	 key;		/* equal in a request and its answers */
};

/* One command of a chain. */
struct smb1_block {
	const struct smb1_message *m;
	uint8_t		 command;
	uint8_t		 n;		/* words */
	uint32_t	 status;	/* of this command */
	struct reader	 words;
	struct reader	 bytes;
	size_t		 bytes_at;	/* where they begin, from the message's header */
};

/* Reads the header of m->v, 2.2.3.1, into the other fields.  Returns false if
 * it is not all there. */
bool	 smb1_message_read(struct smb1_message *);

/* Opens the block of words and bytes at that offset of the message, which is
 * that command's.  Returns false if its words are not all there. */
bool	 smb1_block_open(const struct smb1_message *, uint8_t command, size_t at,
	    struct smb1_block *);

/* Reads a string, which ends in NUL, at the place that the block's bytes have
 * reached; UTF-16 is aligned to the message, 2.2.1.1.2.  Returns it as UTF-8,
 * owned by the caller, or NULL if there is none or the budget is spent. */
char	*smb1_text(struct smb1_block *, struct budget *);

/* Says where a WRITE_ANDX's data is, and of which FID, 2.2.4.43 and [MS-SMB]
 * 2.2.4.3.  Returns false if the words do not say it. */
bool	 smb1_write_payload(const struct smb1_block *, struct smb_payload *, uint16_t *fid);

/* The same for a READ_ANDX's answer, 2.2.4.42.2 and [MS-SMB] 2.2.4.2.2; where
 * its data is in the file, the request says. */
bool	 smb1_read_payload(const struct smb1_block *, struct smb_payload *);

#endif
