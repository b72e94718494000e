/*
 * secret.h -- the one door between sealed bytes and the keys that open them.
 * Keys stay behind it: what comes out is cleartext, names and verdicts.  A
 * build without secrets has the same door (seal-none.c), and it opens nothing.
 */
#ifndef SECRET_H
#define SECRET_H

#include "base/addr.h"
#include "base/budget.h"
#include "base/reader.h"

struct keyring;			/* the owner's secrets, and the keys learnt with them */

extern const bool secrets_built_in;

/*
 * Read a secrets file.  NULL: err is one line that names the file, and the
 * line in it where there is one.  warn, which may be NULL, is told what is
 * wrong but no reason to stop.  No text ever holds a secret.
 */
typedef void secrets_warn(void *arg, const char *text);
struct keyring	*keyring_open(const char *path, secrets_warn *, void *arg,
		    char *err, size_t errlen);
/* The file once more.  False, with err, leaves all as it was; else the old
 * secrets, and what was learnt with them, are wiped.  Open contexts go on. */
bool		 keyring_reload(struct keyring *, secrets_warn *, void *arg,
		    char *err, size_t errlen);
void		 keyring_close(struct keyring *);	/* wipes; NULL is fine */

/* ---- Logons: NTLM and Kerberos security contexts ---- */

struct logon;			/* one of them: its tokens, the keys that came of them */

enum logon_state {
	LOGON_NONE,		/* nothing was seen that keys come from */
	LOGON_OPEN,		/* its keys are known */
	LOGON_NO_SECRET,	/* we were given nothing for it */
	LOGON_WRONG_SECRET,	/* what we were given for it is not what it used */
	LOGON_TORN,		/* a message was not captured that the keys need */
	LOGON_FOREIGN		/* a variant that these secrets cannot open */
};

/* NULL without a keyring, or when the budget is spent: every function below
 * accepts that, and it opens nothing. */
struct logon	*logon_new(struct keyring *, struct budget *);
void		 logon_free(struct logon *);		/* wipes */

/* [MS-NLMP] 2.2.1: the raw messages; empty where one was not captured. */
void		 logon_ntlm(struct logon *, struct view negotiate,
		    struct view challenge, struct view authenticate);
/* RFC 4120 5.5: whole messages from their tag, as the client and as the server
 * sends them.  A key that becomes known later opens what follows. */
void		 logon_ap_req(struct logon *, struct view);
void		 logon_ap_rep(struct logon *, struct view);
/* That side sent a mechListMIC, which took a sequence number ([MS-SPNG] 3.2.5.1). */
void		 logon_list_mic(struct logon *, enum dir);

enum logon_state logon_state(struct logon *);
/* "password CORP\alice, line 3" of an open one, else why it is none. */
const char	*logon_reason(const struct logon *);
/* Kerberos: the client's name and realm in the ticket; NULL until it is open. */
const char	*logon_client(const struct logon *);
const char	*logon_realm(const struct logon *);

/* ---- Messages ---- */

enum unseal {
	UNSEAL_OK,
	UNSEAL_NO_KEY,		/* nothing we were given opens it */
	UNSEAL_BAD,		/* there is a key and the check fails: altered, or torn */
	UNSEAL_LOST		/* too much was lost to know the key stream's place */
};

struct sealed {
	struct view	before;	/* authenticated and clear: a PDU's header */
	struct view	body;
	struct view	after;	/* authenticated and clear: a PDU's sec_trailer */
	struct view	token;	/* the signature, or what a wrap puts in front */
	bool		clear;	/* body is only signed */
};

/*
 * Open or, where the body is clear, check the next message of a direction; in
 * capture order.  out has room for body.len bytes; on success *len of them are
 * cleartext.  On a failure nothing in out means anything.
 */
enum unseal	logon_unseal(struct logon *, enum dir, const struct sealed *,
		    uint8_t *out, size_t *len);
/* The next message of that direction has a body that long and is not wanted,
 * or was not captured whole. */
void		logon_skip(struct logon *, enum dir, size_t body, bool clear);

/* ---- SMB 3 encryption, [MS-SMB2] 3.1.4.2, 3.1.4.3 ---- */

struct smb3;

struct smb3_terms {
	uint16_t	dialect;	/* 0x0300, 0x0302, 0x0311 */
	uint16_t	cipher;		/* 2.2.3.1.2; 3.1.1 only */
	uint8_t		preauth[64];	/* 3.1.1: the hash at the end of the logon */
};

/* The keys of a session, from the smbkeys of that id and from its logon; the
 * first message that opens tells which.  NULL while there are none. */
struct smb3	*smb3_new(struct keyring *, struct logon *, uint64_t session_id,
		    const struct smb3_terms *);
void		 smb3_free(struct smb3 *);		/* wipes; NULL is fine */
/* m is a whole TRANSFORM_HEADER and what follows it; out has room for
 * m.len - SMB3_TRANSFORM bytes, all of which are cleartext on success. */
#define SMB3_TRANSFORM	52
enum unseal	 smb3_unseal(struct smb3 *, enum dir, struct view m, uint8_t *out);
/* The first bytes of one, m.len - SMB3_TRANSFORM of them, without proof: good
 * to decide that a message is not wanted, never to report it.  False while
 * several keys may be the right one. */
bool		 smb3_peek(const struct smb3 *, enum dir, struct view m, uint8_t *out);
const char	*smb3_reason(const struct smb3 *);	/* as logon_reason() */

/* ---- TLS, RFC 5246 and 8446, with the secrets of a key log ---- */

struct tls;			/* one handshake, and what its keys seal */

bool		 tls_has_log(const struct keyring *);	/* NULL is fine: there is none */
/* NULL: there is no key log, or it does not know this ClientHello's random (32
 * bytes).  A log that grows is read on: a later try may find it. */
struct tls	*tls_new(struct keyring *, const uint8_t client_random[32]);
void		 tls_free(struct tls *);		/* wipes; NULL is fine */
/* The ServerHello's version (0x0303, 0x0304), cipher suite and random; false: a
 * suite that is not known. */
bool		 tls_server_hello(struct tls *, uint16_t version, uint16_t suite,
		    const uint8_t server_random[32], bool encrypt_then_mac);
/* That side sent ChangeCipherSpec (1.2): what follows is sealed. */
void		 tls_change_cipher(struct tls *, enum dir);
/*
 * One sealed record, header included, in order.  out has room for the record's
 * length; *type is the true content type.  Finished and KeyUpdate of TLS 1.3
 * change keys by themselves.
 */
enum unseal	 tls_unseal(struct tls *, enum dir, struct view record, uint8_t *out,
		    size_t *len, uint8_t *type);
void		 tls_skip(struct tls *, enum dir, uint64_t records);	/* that many were not captured */
const char	*tls_reason(const struct tls *);	/* "key log sslkeys.log, line 3" */

/* ---- What a KDC tells, RFC 4120 3.1, 3.3: keys for the logons to come ---- */

struct tgs_ask;			/* a TGS-REQ whose answer is awaited */

/* salt: what an earlier error's ETYPE-INFO2 said for this client; may be empty. */
void		 kdc_as_rep(struct keyring *, struct view message, struct view salt);
/* NULL: nothing that an answer could be opened with. */
struct tgs_ask	*kdc_tgs_req(struct keyring *, struct budget *, struct view message);
void		 kdc_tgs_rep(struct keyring *, const struct tgs_ask *, struct view message);
void		 tgs_ask_free(struct tgs_ask *);	/* NULL is fine */

#endif
