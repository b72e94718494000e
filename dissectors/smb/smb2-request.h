/* smb2-request.h -- SMB2 requests whose answers are awaited; their key is the MessageId. */
#ifndef SMB2_REQUEST_H
#define SMB2_REQUEST_H

#include "smb/smb2-session.h"

struct smb2_request {
	struct smb_request r;
	uint64_t	 session;	/* SessionId */
	uint8_t		 id[SMB_ID];	/* FileId, once it is known */
	bool		 waits;		/* its FileId is that which the answer to create will give, 3.2.4.1.4 */
	uint64_t	 create;	/* MessageId of that CREATE */
	bool		 transceive;	/* FSCTL_PIPE_TRANSCEIVE */
	struct smb2_setup *setup;	/* SESSION_SETUP that has no session yet; owned */
};
extern const struct smb_request_ops smb2_request_ops;

/* Returns the request of that MessageId; NULL if there is none. */
struct smb2_request *smb2_request_find(struct smb2_conn *, uint64_t mid);

/* Frees a request that was answered; does nothing if there is none of that MessageId. */
void		 smb2_request_answered(struct smb2_conn *, uint64_t mid);

/* Returns what is open in the session under the FileId that the request names;
 * NULL if that is not known, or if s is NULL. */
struct smb_open	*smb2_request_open(struct smb2_session *s, const struct smb2_request *);

/* The answer to a CREATE has given a FileId: the requests of its compound that
 * wait for it get it. */
void		 smb2_request_resolve(struct smb2_request *create, const uint8_t id[SMB_ID]);

#endif
