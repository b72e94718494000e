/* krbmsg.h -- Kerberos messages, RFC 4120 5, as borrowed views. */
#ifndef KRBMSG_H
#define KRBMSG_H

#include "base/limits.h"
#include "base/reader.h"

/*
 * Every krbmsg_*() that reads a message takes it from its tag on and returns
 * false when it is none, or lacks something that is told here.  What RFC 4120
 * calls optional is an empty view when it is not there.
 */

/* 5.2.9 EncryptedData, EncryptionKey */
struct krb_sealed {
	int32_t		 etype;
	bool		 has_kvno;
	uint32_t	 kvno;
	struct view	 cipher;
};

struct krb_value {
	int32_t		 etype;
	struct view	 bytes;
};

/* A principal: its name is the components of a PrincipalName, undivided. */
struct krb_principal {
	struct view	 name, realm;
};

/* 5.3 */
struct krb_ticket {
	struct krb_principal service;
	struct krb_sealed part;
};

struct krb_ticket_part {
	struct krb_value key;
	struct krb_principal client;
};

/* 5.5.1 */
struct krb_ap_req {
	bool		 user_to_user;	/* USE-SESSION-KEY */
	struct krb_ticket ticket;
	struct krb_sealed authenticator;
};

struct krb_authenticator {
	struct krb_principal client;
	struct krb_value subkey;	/* optional */
};

/* 5.4.2: AS-REP, TGS-REP */
struct krb_kdc_rep {
	struct view	 padata;	/* optional: the content of a SEQUENCE OF PA-DATA */
	struct krb_principal client;
	struct krb_ticket ticket;
	struct krb_sealed part;
};

/* 5.2.7.5 ETYPE-INFO2-ENTRY */
struct krb_salt {
	struct view	 salt, params;	/* both optional; salt.p is not NULL where it is told */
};

/* False: the message goes on behind the end of the view. */
bool	krbmsg_whole(struct view);

bool	krbmsg_ap_req(struct view, struct krb_ap_req *);
bool	krbmsg_ap_rep(struct view, struct krb_sealed *);
bool	krbmsg_as_rep(struct view, struct krb_kdc_rep *);
bool	krbmsg_tgs_rep(struct view, struct krb_kdc_rep *);
bool	krbmsg_tgs_req(struct view, struct krb_ap_req *);	/* its PA-TGS-REQ */

/* What was sealed. */
bool	krbmsg_ticket_part(struct view, struct krb_ticket_part *);
bool	krbmsg_authenticator(struct view, struct krb_authenticator *);
bool	krbmsg_ap_rep_part(struct view, struct krb_value *subkey);	/* optional */
bool	krbmsg_kdc_rep_part(struct view, struct krb_value *key);

/* The entry for an etype of the PA-ETYPE-INFO2 among padata; false: none. */
bool	krbmsg_salt(struct view padata, int32_t etype, struct krb_salt *);
/* The first salt that a KRB-ERROR's ETYPE-INFO2 tells; empty if none. */
struct view	krbmsg_error_salt(struct view);

/* What FAST seals among the padata of a TGS-REP, and the key in that (optional):
 * RFC 6113 5.4.3. */
bool	krbmsg_fast_rep(struct view padata, struct krb_sealed *);
bool	krbmsg_fast_response(struct view plain, struct krb_value *strengthen);

/* As printable UTF-8, cut to the room; a name's components are joined by '/'. */
void	krbmsg_name_text(struct view name, char out[MAX_KRB_NAME]);
void	krbmsg_realm_text(struct view realm, char out[MAX_KRB_NAME]);

#endif
