/* rpc.h -- one client's tasks over RPC, made up, in the clear or sealed:
 * [C706] 12, [MS-RPCE] 2.2.2, [MS-TSCH] 3.2.5.4.2. */
#ifndef RPC_H
#define RPC_H

#include "krb.h"
#include "ntlm.h"
#include "smb.h"
#include "wire.h"

enum rpc_auth { RPC_CLEAR = 0, RPC_NTLM = 10, RPC_KERBEROS = 16 };	/* 2.2.1.1.7 */

struct rpc {
	struct wire	*w;
	struct conn	*c;
	struct smb	*smb;		/* on this session's open pipe; NULL: over TCP */
	enum rpc_auth	 auth;		/* else with packet privacy */
	struct ntlm	 ntlm;
	struct krb	 krb;
	struct msg	 ask, answer;
	uint32_t	 call;
};

void	rpc_init(struct rpc *, struct wire *, enum rpc_auth);
void	rpc_free(struct rpc *);

/* With the logon that its authentication needs; a keytab is added to. */
void	rpc_bind(struct rpc *, struct conn *, struct smb *, struct msg *keytab);
void	rpc_register(struct rpc *, unsigned int task);

#endif
