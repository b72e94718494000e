/* smb2-conn.h -- what is known of an SMB2 connection, [MS-SMB2] 3.3.1.7. */
#ifndef SMB2_CONN_H
#define SMB2_CONN_H

#include "smb/family.h"

struct smb2_link;

struct smb2_conn {
	struct smb_conn	 smb;
	uint16_t	 revision;	/* DialectRevision, 2.2.4; 0: not seen */
	uint16_t	 cipher;	/* CipherId, 2.2.4.1.2; 0: none was seen */
	uint8_t		 guid[16];	/* ServerGuid; zeros: not seen */
	uint8_t		 preauth[64];	/* the hash of the negotiation, 3.1.1 */
	bool		 hashed;	/* of all of it */
	bool		 unsealed;	/* the message at hand was encrypted */
	bool		 unwanted[2];	/* by direction: the coming message was encrypted, and
					 * carries nothing but a payload that nobody wants */
	uint64_t	 unwanted_mid;	/* MessageId of that from the server */
	uint64_t	 stranger;	/* a session that seals, whose logon was not seen */
	RB_HEAD(smb2_links, smb2_link) links;	/* to the sessions that it uses (smb2-session.h) */
};

#endif
