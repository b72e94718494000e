/* smb.h -- one client's SMB 3.1.1 session with a server, made up, in the clear
 * or encrypted: [MS-SMB2]. */
#ifndef SMB_H
#define SMB_H

#include <nettle/gcm.h>

#include "ntlm.h"
#include "wire.h"

struct smb {
	struct wire	*w;
	struct conn	*c;
	struct msg	 m;
	struct ntlm	 ntlm;
	uint64_t	 session, id, file;
	uint32_t	 tree;
	uint8_t		 preauth[64];
	bool		 sealed;		/* from now on */
	struct smb_side {
		struct gcm_aes128_ctx	 gcm;
		uint64_t		 nonce;
	}		 side[2];		/* client's, server's */
};

void	smb_init(struct smb *, struct wire *, size_t longest);	/* payload */
void	smb_free(struct smb *);

/* A connection's logon and its tree; seal: all after the logon is encrypted. */
void	smb_open(struct smb *, struct conn *, uint64_t session, const char *share, bool seal);
void	smb_create(struct smb *, const char *name);
void	smb_close(struct smb *);
void	smb_write(struct smb *, uint64_t off, const void *, size_t);
void	smb_read(struct smb *, uint64_t off, const void *, size_t);
void	smb_transceive(struct smb *, const struct msg *ask, const struct msg *answer);

#endif
