/* krbmsg.h -- Kerberos messages, RFC 4120 5, as views of their bytes. */
#ifndef KRBMSG_H
#define KRBMSG_H

#include "base/limits.h"
#include "base/reader.h"

/*
 * Each krbmsg_ function that reads a message takes its DER bytes from the tag
 * on and fills the struct, whose views point into those bytes.  It returns
 * false if this is another message, is malformed, or lacks a field that is kept
 * here and that RFC 4120 does not call optional; the struct then means
 * nothing.  An optional field that is missing is an empty view.
 */

/* EncryptedData, 5.2.9 */
struct krb_sealed {
	int32_t		 etype;
	bool		 has_kvno;
	uint32_t	 kvno;
	struct view	 cipher;
};

/* EncryptionKey, 5.2.9 */
struct krb_value {
	int32_t		 etype;
	struct view	 bytes;
};

/* A principal.  Its name is the name-string of a PrincipalName, as DER. */
struct krb_principal {
	struct view	 name, realm;
};

/* Ticket, and its EncTicketPart, 5.3 */
struct krb_ticket {
	struct krb_principal service;
	struct krb_sealed part;
};

struct krb_ticket_part {
	struct krb_value key;
	struct krb_principal client;
};

/* AP-REQ, and its Authenticator, 5.5.1 */
struct krb_ap_req {
	bool		 user_to_user;	/* USE-SESSION-KEY */
	struct krb_ticket ticket;
	struct krb_sealed authenticator;
};

struct krb_authenticator {
	struct krb_principal client;
	struct krb_value subkey;	/* optional */
};

/* AS-REP and TGS-REP, 5.4.2 */
struct krb_kdc_rep {
	struct view	 padata;	/* optional: the content of a SEQUENCE OF PA-DATA */
	struct krb_principal client;
	struct krb_ticket ticket;
	struct krb_sealed part;
};

/* ETYPE-INFO2-ENTRY, 5.2.7.5 */
struct krb_salt {
	struct view	 salt, params;	/* both optional; salt.p is NULL if there is no salt */
};

/* Returns whether the view holds the whole message, by the length behind its
 * tag. */
bool	krbmsg_whole(struct view);

/* Read a message as it is sent: of an AP-REP the encrypted part (5.5.2), of a
 * TGS-REQ the AP-REQ in its PA-TGS-REQ (5.2.7.1). */
bool	krbmsg_ap_req(struct view, struct krb_ap_req *);
bool	krbmsg_ap_rep(struct view, struct krb_sealed *);
bool	krbmsg_as_rep(struct view, struct krb_kdc_rep *);
bool	krbmsg_tgs_rep(struct view, struct krb_kdc_rep *);
bool	krbmsg_tgs_req(struct view, struct krb_ap_req *);

/* Read the decrypted part of a ticket, an AP-REQ, an AP-REP and a KDC's reply;
 * of the last its session key.  The subkey is optional. */
bool	krbmsg_ticket_part(struct view, struct krb_ticket_part *);
bool	krbmsg_authenticator(struct view, struct krb_authenticator *);
bool	krbmsg_ap_rep_part(struct view, struct krb_value *subkey);
bool	krbmsg_kdc_rep_part(struct view, struct krb_value *key);

/* Finds the entry of an encryption type in the PA-ETYPE-INFO2 among padata,
 * which is the content of a SEQUENCE OF PA-DATA.  Returns false if there is
 * none. */
bool	krbmsg_salt(struct view padata, int32_t etype, struct krb_salt *);

/* Returns the first salt in the ETYPE-INFO2 of a KRB-ERROR (5.9.1), a view into
 * it; empty if there is none. */
struct view	krbmsg_error_salt(struct view);

/* Find the part of a TGS-REP's padata that FAST encrypts, and read the
 * strengthen key (optional) in its cleartext: RFC 6113 5.4.3. */
bool	krbmsg_fast_rep(struct view padata, struct krb_sealed *);
bool	krbmsg_fast_response(struct view plain, struct krb_value *strengthen);

/* Write a name, its components joined by '/', and a realm as printable UTF-8
 * with a NUL, cut to the room. */
void	krbmsg_name_text(struct view name, char out[MAX_KRB_NAME]);
void	krbmsg_realm_text(struct view realm, char out[MAX_KRB_NAME]);

#endif
