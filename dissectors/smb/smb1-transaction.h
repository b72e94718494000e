/*
 * smb1-transaction.h -- TRANSACTION, which carries calls on a pipe, and TRANS2,
 * which sets a file's information: [MS-CIFS] 2.2.4.33, 2.2.4.34 and 2.2.4.46.
 */
#ifndef SMB1_TRANSACTION_H
#define SMB1_TRANSACTION_H

#include "smb/smb1-conn.h"
#include "smb/smb1-message.h"

/* Takes a TRANSACTION or TRANS2 request. */
void	 smb1_transaction_request(struct smb1_conn *, struct smb1_block *, struct smb1_request *);

/* Takes a TRANSACTION_SECONDARY, which has more data of a TRANSACTION that is
 * already known, 2.2.4.34. */
void	 smb1_secondary_request(struct smb1_conn *, struct smb1_block *, struct smb1_request *);

/* Takes the answer to a TRANSACTION, or a part of it.  Returns whether more
 * parts follow, 2.2.4.33.2. */
bool	 smb1_transaction_answer(struct smb1_conn *, struct smb1_block *, struct smb1_request *);

/* Takes the answer to a TRANS2. */
void	 smb1_trans2_answer(struct smb1_conn *, struct smb1_block *, struct smb1_request *);

#endif
