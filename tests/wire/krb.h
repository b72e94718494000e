/* krb.h -- a writer of Kerberos messages for tests, RFC 4120 5.  AES-256 all over. */
#ifndef WIRE_KRB_H
#define WIRE_KRB_H

#include <sys/endian.h>

#include <krb5.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/der.h"

#define KRB_REALM	"CORP.EXAMPLE"
#define KRB_USER	"alice"
#define KRB_ETYPE	ENCTYPE_AES256_CTS_HMAC_SHA1_96
#define KRB_KEY		32

/* RFC 4120 7.5.1 */
enum { USAGE_TICKET = 2, USAGE_AS_REP = 3, USAGE_TGS_REQ = 7, USAGE_TGS_REP_SESSION = 8,
	USAGE_TGS_REP_SUBKEY = 9, USAGE_AP_REQ = 11 };

struct krb_text {
	uint8_t		 p[4096];
	size_t		 len;
};

static inline struct view
krb_view(const struct krb_text *t)
{
	return (struct view){ t->p, t->len };
}

/* ---- DER, written inside out: what was put from "from" on gets a tag ---- */

static inline void
krb_put(struct krb_text *t, const void *p, size_t len)
{
	if (len > sizeof(t->p) - t->len)
		abort();
	if (len > 0)
		memcpy(t->p + t->len, p, len);
	t->len += len;
}

static inline void
krb_wrap(struct krb_text *t, size_t from, unsigned int tag)
{
	size_t len = t->len - from, n = len < 0x80 ? 2 : len < 0x100 ? 3 : 4;
	uint8_t head[4] = { (uint8_t)tag, (uint8_t)len };

	if (n == 3) {
		head[1] = 0x81;
		head[2] = (uint8_t)len;
	} else if (n == 4) {
		head[1] = 0x82;
		be16enc(head + 2, (uint16_t)len);
	}
	krb_put(t, head, n);
	memmove(t->p + from + n, t->p + from, len);
	memcpy(t->p + from, head, n);
}

/* [n] of a primitive type. */
static inline void
krb_part(struct krb_text *t, unsigned int n, unsigned int type, const void *p, size_t len)
{
	size_t from = t->len;

	krb_put(t, p, len);
	krb_wrap(t, from, type);
	krb_wrap(t, from, DER_CTX(n));
}

/* [n] INTEGER, from 0 to 127. */
static inline void
krb_int(struct krb_text *t, unsigned int n, unsigned int v)
{
	uint8_t b = (uint8_t)v;

	krb_part(t, n, 2, &b, 1);
}

static inline void
krb_string(struct krb_text *t, unsigned int n, const char *s)
{
	krb_part(t, n, DER_STRING, s, strlen(s));
}

static inline void
krb_time(struct krb_text *t, unsigned int n, const char *s)
{
	krb_part(t, n, 0x18, s, strlen(s));
}

/* [n] PrincipalName of one name or, second not NULL, two. */
static inline void
krb_name(struct krb_text *t, unsigned int n, unsigned int type, const char *first,
    const char *second)
{
	size_t from = t->len, names, at;

	krb_int(t, 0, type);
	names = t->len;
	krb_put(t, first, strlen(first));
	krb_wrap(t, names, DER_STRING);
	if (second != NULL) {
		at = t->len;
		krb_put(t, second, strlen(second));
		krb_wrap(t, at, DER_STRING);
	}
	krb_wrap(t, names, DER_SEQUENCE);
	krb_wrap(t, names, DER_CTX(1));
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_CTX(n));
}

/* [n] EncryptionKey. */
static inline void
krb_key(struct krb_text *t, unsigned int n, const uint8_t key[KRB_KEY])
{
	size_t from = t->len;

	krb_int(t, 0, KRB_ETYPE);
	krb_part(t, 1, DER_OCTETS, key, KRB_KEY);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_CTX(n));
}

/* ---- Encryption ---- */

/* A key that is told from others by a letter. */
static inline void
krb_make_key(uint8_t key[KRB_KEY], char letter)
{
	memset(key, letter, KRB_KEY);
}

static inline void
krb_password_key(uint8_t key[KRB_KEY], const char *password, const char *salt)
{
	const krb5_data text = { .length = (unsigned int)strlen(password),
	    .data = (char *)(uintptr_t)password };
	const krb5_data with = { .length = (unsigned int)strlen(salt),
	    .data = (char *)(uintptr_t)salt };
	krb5_keyblock made;

	if (krb5_c_string_to_key(NULL, KRB_ETYPE, &text, &with, &made) != 0 ||
	    made.length != KRB_KEY)
		abort();
	memcpy(key, made.contents, KRB_KEY);
	free(made.contents);
}

/* [n] EncryptedData of what was put from "from" on. */
static inline void
krb_encrypt(struct krb_text *t, size_t from, unsigned int n, const uint8_t key[KRB_KEY],
    krb5_keyusage usage)
{
	uint8_t contents[KRB_KEY];
	const krb5_keyblock k = { .enctype = KRB_ETYPE, .length = KRB_KEY, .contents = contents };
	const krb5_data in = { .length = (unsigned int)(t->len - from),
	    .data = (char *)(t->p + from) };
	char sealed[2048];
	krb5_enc_data out = { .ciphertext = { .length = sizeof(sealed), .data = sealed } };

	memcpy(contents, key, KRB_KEY);
	if (krb5_c_encrypt(NULL, &k, usage, NULL, &in, &out) != 0)
		abort();
	t->len = from;
	krb_int(t, 0, KRB_ETYPE);
	krb_part(t, 2, DER_OCTETS, sealed, out.ciphertext.length);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_CTX(n));
}

/* ---- Parts of messages ---- */

/* [n] Ticket for first/second, which nobody but the service can open. */
static inline void
krb_ticket(struct krb_text *t, unsigned int n, const char *first, const char *second)
{
	uint8_t service[KRB_KEY];
	size_t from = t->len, in;

	krb_int(t, 0, 5);
	krb_string(t, 1, KRB_REALM);
	krb_name(t, 2, 2, first, second);
	in = t->len;
	krb_put(t, "what the KDC says to the service alone", 38);
	krb_make_key(service, 'z');
	krb_encrypt(t, in, 3, service, USAGE_TICKET);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_APP(1));
	krb_wrap(t, from, DER_CTX(n));
}

/* [n] Authenticator; subkey may be NULL. */
static inline void
krb_authenticator(struct krb_text *t, unsigned int n, const uint8_t session[KRB_KEY],
    krb5_keyusage usage, const uint8_t *subkey)
{
	size_t from = t->len;

	krb_int(t, 0, 5);
	krb_string(t, 1, KRB_REALM);
	krb_name(t, 2, 1, KRB_USER, NULL);
	krb_int(t, 4, 7);
	krb_time(t, 5, "20261124120000Z");
	if (subkey != NULL)
		krb_key(t, 6, subkey);
	krb_int(t, 7, 1);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_APP(2));
	krb_encrypt(t, from, n, session, usage);
}

/* AP-REQ: the ticket, as it stands in a reply, and the proof to know its key. */
static inline void
krb_ap_req(struct krb_text *t, struct view ticket, const uint8_t session[KRB_KEY],
    krb5_keyusage usage, const uint8_t *subkey)
{
	size_t from = t->len, in;

	krb_int(t, 0, 5);
	krb_int(t, 1, 14);
	krb_part(t, 2, 3, "\0\x20\0\0\0", 5);
	in = t->len;
	krb_put(t, ticket.p, ticket.len);
	krb_wrap(t, in, DER_APP(1));
	krb_wrap(t, in, DER_CTX(3));
	krb_authenticator(t, 4, session, usage, subkey);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_APP(14));
}

/* The content of the ticket in an AS-REP or a TGS-REP. */
static inline struct view
krb_reply_ticket(const struct krb_text *reply)
{
	struct reader r = rd_open(krb_view(reply));
	uint8_t tag;
	struct view fields = der_find(der_next(&r, &tag), DER_SEQUENCE);

	return der_find(der_find(fields, DER_CTX(5)), DER_APP(1));
}

/* [4] KDC-REQ-BODY for a ticket of first/second. */
static inline void
krb_req_body(struct krb_text *t, const char *user, const char *first, const char *second)
{
	static const uint8_t etype[] = { 2, 1, KRB_ETYPE };
	size_t from = t->len, in;

	krb_part(t, 0, 3, "\0\x40\x81\0\x10", 5);
	if (user != NULL)
		krb_name(t, 1, 1, user, NULL);
	krb_string(t, 2, KRB_REALM);
	krb_name(t, 3, 2, first, second);
	krb_time(t, 5, "20261125120000Z");
	krb_int(t, 7, 42);
	in = t->len;
	krb_put(t, etype, sizeof(etype));
	krb_wrap(t, in, DER_SEQUENCE);
	krb_wrap(t, in, DER_CTX(8));
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_CTX(4));
}

/* [6] EncKDCRepPart of an application tag, encrypted; a new key is in it. */
static inline void
krb_rep_part(struct krb_text *t, unsigned int app, const uint8_t session[KRB_KEY],
    const char *first, const char *second, const uint8_t with[KRB_KEY], krb5_keyusage usage)
{
	size_t from = t->len, in;

	krb_key(t, 0, session);
	in = t->len;
	krb_int(t, 0, 0);
	krb_time(t, 1, "20261124120000Z");
	krb_wrap(t, in, DER_SEQUENCE);
	krb_wrap(t, in, DER_SEQUENCE);
	krb_wrap(t, in, DER_CTX(1));		/* last-req */
	krb_int(t, 2, 42);
	krb_part(t, 4, 3, "\0\x40\xe1\0\0", 5);
	krb_time(t, 5, "20261124120000Z");
	krb_time(t, 7, "20261124220000Z");
	krb_string(t, 9, KRB_REALM);
	krb_name(t, 10, 2, first, second);
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_APP(app));
	krb_encrypt(t, from, 6, with, usage);
}

/* The content of a PA-DATA that was put from "from" on gets its type, [1] and [2]. */
static inline void
krb_padata(struct krb_text *t, size_t from, unsigned int type)
{
	struct krb_text head = { .len = 0 };

	krb_int(&head, 1, type);
	krb_wrap(t, from, DER_OCTETS);
	krb_wrap(t, from, DER_CTX(2));
	krb_put(t, head.p, head.len);
	memmove(t->p + from + head.len, t->p + from, t->len - from - head.len);
	memcpy(t->p + from, head.p, head.len);
	krb_wrap(t, from, DER_SEQUENCE);
}

/* ---- Messages ---- */

static inline void
krb_as_req(struct krb_text *t, const char *user)
{
	*t = (struct krb_text){ .len = 0 };
	krb_int(t, 1, 5);
	krb_int(t, 2, 10);
	krb_req_body(t, user, "krbtgt", KRB_REALM);
	krb_wrap(t, 0, DER_SEQUENCE);
	krb_wrap(t, 0, DER_APP(10));
}

/* KDC_ERR_PREAUTH_REQUIRED, which tells the salt as Windows does: the client is not named. */
static inline void
krb_preauth_required(struct krb_text *t, const char *salt)
{
	size_t data, info, in;

	*t = (struct krb_text){ .len = 0 };
	krb_int(t, 0, 5);
	krb_int(t, 1, 30);
	krb_time(t, 4, "20261124120000Z");
	krb_int(t, 5, 1);
	krb_int(t, 6, 25);
	krb_string(t, 9, KRB_REALM);
	krb_name(t, 10, 2, "krbtgt", KRB_REALM);
	data = t->len;
	krb_padata(t, data, 2);			/* PA-ENC-TIMESTAMP, empty: may be used */
	info = in = t->len;
	krb_int(t, 0, 23);
	krb_wrap(t, in, DER_SEQUENCE);		/* RC4, without a salt */
	in = t->len;
	krb_int(t, 0, KRB_ETYPE);
	krb_string(t, 1, salt);
	krb_wrap(t, in, DER_SEQUENCE);
	krb_wrap(t, info, DER_SEQUENCE);
	krb_padata(t, info, 19);		/* PA-ETYPE-INFO2 */
	krb_wrap(t, data, DER_SEQUENCE);
	krb_wrap(t, data, DER_OCTETS);
	krb_wrap(t, data, DER_CTX(12));
	krb_wrap(t, 0, DER_SEQUENCE);
	krb_wrap(t, 0, DER_APP(30));
}

/* session: what becomes the key of the ticket-granting ticket. */
static inline void
krb_as_rep(struct krb_text *t, const uint8_t user[KRB_KEY], const uint8_t session[KRB_KEY])
{
	*t = (struct krb_text){ .len = 0 };
	krb_int(t, 0, 5);
	krb_int(t, 1, 11);
	krb_string(t, 3, KRB_REALM);
	krb_name(t, 4, 1, KRB_USER, NULL);
	krb_ticket(t, 5, "krbtgt", KRB_REALM);
	krb_rep_part(t, 25, session, "krbtgt", KRB_REALM, user, USAGE_AS_REP);
	krb_wrap(t, 0, DER_SEQUENCE);
	krb_wrap(t, 0, DER_APP(11));
}

/* For a ticket of first/second, by the one in as_rep; subkey may be NULL. */
static inline void
krb_tgs_req(struct krb_text *t, const struct krb_text *as_rep, const uint8_t tgt[KRB_KEY],
    const uint8_t *subkey, const char *first, const char *second)
{
	size_t from;

	*t = (struct krb_text){ .len = 0 };
	krb_int(t, 1, 5);
	krb_int(t, 2, 12);
	from = t->len;
	krb_ap_req(t, krb_reply_ticket(as_rep), tgt, USAGE_TGS_REQ, subkey);
	krb_padata(t, from, 1);			/* PA-TGS-REQ */
	krb_wrap(t, from, DER_SEQUENCE);
	krb_wrap(t, from, DER_CTX(3));
	krb_req_body(t, NULL, first, second);
	krb_wrap(t, 0, DER_SEQUENCE);
	krb_wrap(t, 0, DER_APP(12));
}

/* session: the key of the new ticket. */
static inline void
krb_tgs_rep(struct krb_text *t, const uint8_t with[KRB_KEY], krb5_keyusage usage,
    const uint8_t session[KRB_KEY], const char *first, const char *second)
{
	*t = (struct krb_text){ .len = 0 };
	krb_int(t, 0, 5);
	krb_int(t, 1, 13);
	krb_string(t, 3, KRB_REALM);
	krb_name(t, 4, 1, KRB_USER, NULL);
	krb_ticket(t, 5, first, second);
	krb_rep_part(t, 26, session, first, second, with, usage);
	krb_wrap(t, 0, DER_SEQUENCE);
	krb_wrap(t, 0, DER_APP(13));
}

#endif
