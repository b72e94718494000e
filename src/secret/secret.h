/*
 * secret.h -- the only way from sealed bytes to the keys that open them.  Keys
 * stay behind it: what comes out is cleartext, names and verdicts, and no text
 * here holds a secret.  Nothing here writes or logs.  A build without secrets
 * has the same functions (seal-none.c), which open nothing.
 */
#ifndef SECRET_H
#define SECRET_H

#include "base/addr.h"
#include "base/budget.h"
#include "base/reader.h"

/* ---- Keyrings: the operator's secrets, and the keys learnt with them ---- */

extern const bool secrets_built_in;	/* false: this build opens nothing */

struct keyring;

/* Is told of things in a secrets file that are wrong, but no reason to stop:
 * one line without a newline, borrowed for the call. */
typedef void secrets_warn(void *arg, const char *text);

/*
 * Reads a secrets file, and the keytabs and key logs it names.  warn may be
 * NULL; arg is passed to it.  Returns a keyring that the caller owns.  Returns
 * NULL on an error, with one line in err[errlen] that names the file, and the
 * line in it if there is one.
 */
struct keyring	*keyring_open(const char *path, secrets_warn *, void *arg,
		    char *err, size_t errlen);

/*
 * Reads the file once more.  The old secrets, and all that was learnt with
 * them, are wiped; contexts that are open go on.  Returns false on an error,
 * with one line in err[errlen]; the keyring is then as it was.
 */
bool		 keyring_reload(struct keyring *, secrets_warn *, void *arg,
		    char *err, size_t errlen);

/* Wipes and frees the keyring, after all that was made with it.  NULL is accepted. */
void		 keyring_close(struct keyring *);

/* ---- Logons: NTLM and Kerberos security contexts ---- */

struct logon;

enum logon_state {
	LOGON_NONE,		/* no message was seen that gives keys */
	LOGON_OPEN,		/* its keys are known */
	LOGON_NO_SECRET,	/* the keyring has nothing for it */
	LOGON_WRONG_SECRET,	/* what the keyring has for it is not what it used */
	LOGON_TORN,		/* a message that gives keys was not captured whole */
	LOGON_FOREIGN		/* a variant that such secrets cannot open */
};

/* Makes a logon that uses the keyring, and charges what it keeps of messages to
 * the budget.  Returns NULL without a keyring, or when the budget is spent.
 * Every function below accepts that, and opens nothing. */
struct logon	*logon_new(struct keyring *, struct budget *);

/* Wipes the keys and frees the logon. */
void		 logon_free(struct logon *);

/* Gives it the three NTLM messages as sent, [MS-NLMP] 2.2.1; an empty view for
 * one that was not captured.  Replaces what was known before. */
void		 logon_ntlm(struct logon *, struct view negotiate,
		    struct view challenge, struct view authenticate);

/*
 * Give it a whole Kerberos message from its tag on, RFC 4120 5.5: the client's
 * AP-REQ, which replaces what was known before, and the server's AP-REP.  If
 * the key of the ticket becomes known later, the logon is open from then on.
 */
void		 logon_ap_req(struct logon *, struct view);
void		 logon_ap_rep(struct logon *, struct view);

/* That side sent a mechListMIC, which uses up a sequence number of NTLM
 * ([MS-SPNG] 3.2.5.1). */
void		 logon_list_mic(struct logon *, enum dir);

/* Returns the state; LOGON_NONE for NULL. */
enum logon_state logon_state(struct logon *);

/* Returns what opened the logon ("password CORP\alice, line 3"), or why nothing
 * did.  The text belongs to the logon and is good until its next message. */
const char	*logon_reason(const struct logon *);

/* Return name and realm of the client in the Kerberos ticket, as printable
 * UTF-8; NULL unless a key opened it.  They belong to the logon. */
const char	*logon_client(const struct logon *);
const char	*logon_realm(const struct logon *);

/* ---- Messages sealed or signed with the keys of a logon ---- */

enum unseal {
	UNSEAL_OK,		/* the check of its integrity passed */
	UNSEAL_NO_KEY,		/* there is no key for it */
	UNSEAL_BAD,		/* there is a key, and the check failed: altered, or torn */
	UNSEAL_LOST		/* too much was lost to find the place in the key stream */
};

/* A message, as views of the bytes on the wire. */
struct sealed {
	struct view	before;	/* signed and not sealed: the header of a PDU */
	struct view	body;
	struct view	after;	/* signed and not sealed: the sec_trailer of a PDU */
	struct view	token;	/* the signature, or the header of a wrap token */
	bool		clear;	/* body is signed only */
};

/*
 * Opens the next message of a direction or, if it is clear, checks it.  Call it
 * in the order of capture.  out has room for body.len bytes; on UNSEAL_OK the
 * first *len of them are the cleartext, else they mean nothing.
 */
enum unseal	logon_unseal(struct logon *, enum dir, const struct sealed *,
		    uint8_t *out, size_t *len);

/* The next message of a direction has a body of that many bytes, and is not
 * opened, because it was not captured whole, or is not wanted. */
void		logon_skip(struct logon *, enum dir, size_t body, bool clear);

/* ---- SMB 3 encryption, [MS-SMB2] 3.1.4.2, 3.1.4.3 ---- */

struct smb3;			/* the keys of one session */

/* What client and server agreed on; 0 where it was not seen. */
struct smb3_terms {
	uint16_t	dialect;	/* 0x0300, 0x0302, 0x0311 */
	uint16_t	cipher;		/* of 0x0311: as in 2.2.3.1.2 */
	uint8_t		preauth[64];	/* of 0x0311: the hash at the end of the logon */
};

/*
 * Makes the keys of a session from the smbkeys of that id in the keyring, and
 * from its logon (NULL: none).  There may be several; the first message that
 * opens tells which is right.  Returns NULL when there are none.  The caller
 * owns the result.
 */
struct smb3	*smb3_new(struct keyring *, struct logon *, uint64_t session_id,
		    const struct smb3_terms *);

/* Wipes and frees the keys.  NULL is accepted. */
void		 smb3_free(struct smb3 *);

#define SMB3_TRANSFORM	52	/* bytes of a TRANSFORM_HEADER, 2.2.41 */

/* Opens a message: a whole TRANSFORM_HEADER and what follows it.  out has
 * room for m.len - SMB3_TRANSFORM bytes; on UNSEAL_OK all of them are the
 * cleartext. */
enum unseal	 smb3_unseal(struct smb3 *, enum dir, struct view m, uint8_t *out);

/*
 * Decrypts the first bytes of such a message, m.len - SMB3_TRANSFORM of them,
 * and proves nothing: good to decide that a message is not wanted, never to
 * report it.  Returns false if there are no keys, or it is not known yet which
 * are right.
 */
bool		 smb3_peek(const struct smb3 *, enum dir, struct view m, uint8_t *out);

/* Returns which secret the keys come from, followed by a colon and a remark if
 * they opened nothing they were tried on; or that there is none.  The text
 * belongs to the keys, or is static. */
const char	*smb3_reason(const struct smb3 *);

/* ---- TLS, RFC 5246 and 8446, with the secrets of a key log ---- */

struct tls;			/* the keys of one handshake */

/* Does the keyring (NULL: there is none) have a key log? */
bool		 tls_has_log(const struct keyring *);

/* Looks up a ClientHello by its random.  Returns NULL if there is no key log,
 * or it does not have that session; it may have it later, since a log that
 * grows is read on.  The caller owns the result. */
struct tls	*tls_new(struct keyring *, const uint8_t client_random[32]);

/* Wipes and frees the keys.  NULL is accepted. */
void		 tls_free(struct tls *);

/* The ServerHello: version 0x0303 or 0x0304, cipher suite, and random.  Returns
 * false if the suite is not supported; nothing can be opened then. */
bool		 tls_server_hello(struct tls *, uint16_t version, uint16_t suite,
		    const uint8_t server_random[32], bool encrypt_then_mac);

/* That side sent ChangeCipherSpec: in 1.2 its records are sealed from here on.
 * In 1.3 it means nothing, and may be left out. */
void		 tls_change_cipher(struct tls *, enum dir);

/*
 * Opens the next sealed record of that side, header included.  out has room for
 * as many bytes; on UNSEAL_OK the first *len are the cleartext, and *type is
 * the content type, in 1.3 the inner one.  Finished and KeyUpdate of 1.3 change
 * the keys by themselves.
 */
enum unseal	 tls_unseal(struct tls *, enum dir, struct view record, uint8_t *out,
		    size_t *len, uint8_t *type);

/* That many sealed records of that side were not captured, or not opened. */
void		 tls_skip(struct tls *, enum dir, uint64_t records);

/* Returns where the secrets come from ("key log sslkeys.log, line 3"), with a
 * remark if they opened nothing.  The text belongs to the keys. */
const char	*tls_reason(const struct tls *);

/* ---- KDC messages, RFC 4120 3.1, 3.3: keys for the logons that follow ---- */

struct tgs_ask;			/* the keys of a TGS-REQ that waits for its reply */

/* Reads an AS-REP with the secrets of its client, and learns the session key in
 * it.  salt is what an ETYPE-INFO2 in an error before it said, or empty. */
void		 kdc_as_rep(struct keyring *, struct view message, struct view salt);

/* Reads a TGS-REQ.  Returns what its reply can be opened with, owned by the
 * caller; NULL: nothing. */
struct tgs_ask	*kdc_tgs_req(struct keyring *, struct view message);

/* Reads the TGS-REP to it, and learns the session key in it. */
void		 kdc_tgs_rep(struct keyring *, const struct tgs_ask *, struct view message);

/* Wipes and frees the keys.  NULL is accepted. */
void		 tgs_ask_free(struct tgs_ask *);

#endif
