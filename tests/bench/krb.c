#include "krb.h"

#include <sys/endian.h>

#include <err.h>
#include <krb5.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ETYPE	ENCTYPE_AES256_CTS_HMAC_SHA1_96
#define KVNO	3
#define TAG(n)	((uint8_t)(0xa0 | (n)))

enum { SEQUENCE = 0x30, OCTETS = 4, TIME = 0x18, TEXT = 0x1b };

/* RFC 4120 7.5.1, RFC 4121 2 */
enum { USAGE_TICKET = 2, USAGE_AUTHENTICATOR = 11, USAGE_AP_REP = 12,
	USAGE_ACCEPTOR_SEAL = 22, USAGE_INITIATOR_SEAL = 24 };

void
krb_init(struct krb *k)
{
	msg_init(&k->ap_req, 2048);
	msg_init(&k->ap_rep, 512);
	msg_init(&k->third, 512);
}

void
krb_free(struct krb *k)
{
	free(k->ap_req.p);
	free(k->ap_rep.p);
	free(k->third.p);
}

/* ---- DER, written inside out: what was put from "from" on gets a tag ---- */

static void
wrap(struct msg *m, size_t from, uint8_t tag)
{
	size_t len = m->len - from;
	uint8_t head[4] = { tag };
	size_t n = 0;

	if (len < 0x80)
		head[++n] = (uint8_t)len;
	else if (len < 0x100) {
		head[++n] = 0x81;
		head[++n] = (uint8_t)len;
	} else {
		head[++n] = 0x82;
		head[++n] = (uint8_t)(len >> 8);
		head[++n] = (uint8_t)len;
	}
	n++;
	put_zero(m, n);
	memmove(m->p + from + n, m->p + from, len);
	memcpy(m->p + from, head, n);
}

/* [n] of a primitive type. */
static void
part(struct msg *m, uint8_t n, uint8_t type, const void *p, size_t len)
{
	size_t from = m->len;

	put(m, p, len);
	wrap(m, from, type);
	wrap(m, from, TAG(n));
}

/* [n] INTEGER, from 0 up. */
static void
part_int(struct msg *m, uint8_t n, uint32_t v)
{
	uint8_t b[5];
	size_t skip = 0;

	b[0] = 0;
	be32enc(b + 1, v);
	while (skip < 4 && b[skip] == 0 && b[skip + 1] < 0x80)
		skip++;
	part(m, n, 2, b + skip, sizeof(b) - skip);
}

static void
part_text(struct msg *m, uint8_t n, const char *text)
{
	part(m, n, TEXT, text, strlen(text));
}

/* [n] KerberosTime, so many seconds from now. */
static void
part_time(struct msg *m, uint8_t n, const struct wire *w, int ahead)
{
	time_t t = (time_t)(w->us / 1000000) + ahead;
	struct tm tm;
	char text[32];

	part(m, n, TIME, text, strftime(text, sizeof(text), "%Y%m%d%H%M%SZ", gmtime_r(&t, &tm)));
}

/* [n] PrincipalName of one name or two, RFC 4120 5.2.2. */
static void
part_name(struct msg *m, uint8_t n, uint32_t type, const char *first, const char *second)
{
	size_t from = m->len, names;

	part_int(m, 0, type);
	names = m->len;
	put(m, first, strlen(first));
	wrap(m, names, TEXT);
	if (second != NULL) {
		size_t at = m->len;

		put(m, second, strlen(second));
		wrap(m, at, TEXT);
	}
	wrap(m, names, SEQUENCE);
	wrap(m, names, TAG(1));
	wrap(m, from, SEQUENCE);
	wrap(m, from, TAG(n));
}

/* [n] EncryptionKey, 5.2.9, new. */
static void
part_key(struct msg *m, uint8_t n, struct wire *w, uint8_t key[KRB_KEY])
{
	size_t from = m->len;

	for (size_t i = 0; i < KRB_KEY; i++)
		key[i] = (uint8_t)wire_random(w);
	part_int(m, 0, ETYPE);
	part(m, 1, OCTETS, key, KRB_KEY);
	wrap(m, from, SEQUENCE);
	wrap(m, from, TAG(n));
}

/* ---- Encryption ---- */

static void
must(krb5_error_code e)
{
	if (e != 0)
		errx(1, "krb5: error %ld", (long)e);
}

static krb5_keyblock
block(uint8_t key[KRB_KEY])
{
	return (krb5_keyblock){ .enctype = ETYPE, .length = KRB_KEY, .contents = key };
}

/* [n] EncryptedData, 5.2.9, of what was put from "from" on. */
static void
encrypt(struct msg *m, size_t from, uint8_t n, uint8_t key[KRB_KEY], krb5_keyusage usage,
    uint32_t kvno)
{
	const krb5_keyblock k = block(key);
	krb5_data in = { .length = (unsigned int)(m->len - from),
		.data = (char *)(m->p + from) };
	krb5_enc_data out = { .ciphertext.length = 2048 };
	char sealed[2048];

	out.ciphertext.data = sealed;
	must(krb5_c_encrypt(NULL, &k, usage, NULL, &in, &out));
	m->len = from;
	part_int(m, 0, ETYPE);
	if (kvno != 0)
		part_int(m, 1, kvno);
	part(m, 2, OCTETS, sealed, out.ciphertext.length);
	wrap(m, from, SEQUENCE);
	wrap(m, from, TAG(n));
}

/* ---- Messages, 5.3, 5.5 ---- */

static void
put_ticket(struct msg *m, struct wire *w, const char *host, uint8_t service[KRB_KEY],
    uint8_t session[KRB_KEY])
{
	size_t ticket = m->len, from, in;

	part_int(m, 0, 5);
	part_text(m, 1, KRB_REALM);
	part_name(m, 2, 3, "host", host);

	from = m->len;
	part(m, 0, 3, "\0\x40\xa8\0\0", 5);	/* forwardable, renewable, pre-authent, ... */
	part_key(m, 1, w, session);
	part_text(m, 2, KRB_REALM);
	part_name(m, 3, 1, KRB_USER, NULL);
	in = m->len;
	part_int(m, 0, 1);
	part(m, 1, OCTETS, "", 0);
	wrap(m, in, SEQUENCE);
	wrap(m, in, TAG(4));			/* transited */
	part_time(m, 5, w, -60);
	part_time(m, 6, w, -60);
	part_time(m, 7, w, 36000);
	wrap(m, from, SEQUENCE);
	wrap(m, from, 0x63);
	encrypt(m, from, 3, service, USAGE_TICKET, KVNO);

	wrap(m, ticket, SEQUENCE);
	wrap(m, ticket, 0x61);
	wrap(m, ticket, TAG(3));
}

static void
put_authenticator(struct msg *m, struct wire *w, uint8_t session[KRB_KEY], uint32_t seq)
{
	/* RFC 4121 4.1.1: mutual, replay, sequence, confidentiality, integrity, DCE style. */
	static const uint8_t checksum[24] = { 16, [20] = 0x3e, [21] = 0x10 };
	uint8_t subkey[KRB_KEY];
	size_t from = m->len, in;

	part_int(m, 0, 5);
	part_text(m, 1, KRB_REALM);
	part_name(m, 2, 1, KRB_USER, NULL);
	in = m->len;
	part_int(m, 0, 0x8003);
	part(m, 1, OCTETS, checksum, sizeof(checksum));
	wrap(m, in, SEQUENCE);
	wrap(m, in, TAG(3));
	part_int(m, 4, (uint32_t)(w->us % 1000000));
	part_time(m, 5, w, 0);
	part_key(m, 6, w, subkey);
	part_int(m, 7, seq);
	wrap(m, from, SEQUENCE);
	wrap(m, from, 0x62);
	encrypt(m, from, 4, session, USAGE_AUTHENTICATOR, 0);
}

static void
put_ap_req(struct msg *m, struct wire *w, const char *host, uint8_t service[KRB_KEY],
    uint8_t session[KRB_KEY], uint32_t seq)
{
	m->len = 0;
	part_int(m, 0, 5);
	part_int(m, 1, 14);
	part(m, 2, 3, "\0\x20\0\0\0", 5);	/* mutual authentication is required */
	put_ticket(m, w, host, service, session);
	put_authenticator(m, w, session, seq);
	wrap(m, 0, SEQUENCE);
	wrap(m, 0, 0x6e);
}

/* subkey NULL: the client's, which is [MS-KILE] 3.4.5.1's third leg. */
static void
put_ap_rep(struct msg *m, struct wire *w, uint8_t session[KRB_KEY], uint8_t *subkey, uint32_t seq)
{
	size_t from;

	m->len = 0;
	part_int(m, 0, 5);
	part_int(m, 1, 15);
	from = m->len;
	part_time(m, 0, w, 0);
	part_int(m, 1, (uint32_t)(w->us % 1000000));
	if (subkey != NULL)
		part_key(m, 2, w, subkey);
	part_int(m, 3, seq);
	wrap(m, from, SEQUENCE);
	wrap(m, from, 0x7b);
	encrypt(m, from, 2, session, USAGE_AP_REP, 0);
	wrap(m, 0, SEQUENCE);
	wrap(m, 0, 0x6f);
}

/* ---- Keytab, the MIT format's version 2 ---- */

static void
put16be(struct msg *m, size_t v)
{
	put8(m, (uint8_t)(v >> 8));
	put8(m, (uint8_t)v);
}

static void
put_counted(struct msg *m, const void *p, size_t len)
{
	put16be(m, len);
	put(m, p, len);
}

void
krb_keytab_begin(struct msg *m)
{
	m->len = 0;
	put16be(m, 0x0502);
}

static void
keytab_add(struct msg *m, const char *host, const uint8_t key[KRB_KEY])
{
	size_t from = m->len;

	put_zero(m, 4);
	put16be(m, 2);				/* components */
	put_counted(m, KRB_REALM, strlen(KRB_REALM));
	put_counted(m, "host", 4);
	put_counted(m, host, strlen(host));
	put_zero(m, 2);
	put16be(m, 3);				/* name type: a service and its host */
	put_zero(m, 4);
	put8(m, KVNO);
	put16be(m, ETYPE);
	put_counted(m, key, KRB_KEY);
	put_zero(m, 2);
	put16be(m, KVNO);
	be32enc(m->p + from, (uint32_t)(m->len - from - 4));
}

/* ---- The logon ---- */

void
krb_logon(struct krb *k, struct wire *w, const char *host, struct msg *keytab)
{
	uint8_t service[KRB_KEY], session[KRB_KEY];
	const uint32_t seq = wire_random(w) & 0x3fffffff;

	for (size_t i = 0; i < sizeof(service); i++)
		service[i] = (uint8_t)wire_random(w);
	keytab_add(keytab, host, service);
	put_ap_req(&k->ap_req, w, host, service, session, seq);
	put_ap_rep(&k->ap_rep, w, session, k->subkey, seq);
	put_ap_rep(&k->third, w, session, NULL, seq);
	k->seq[0] = k->seq[1] = seq;
}

/* ---- RFC 4121 4.2.6.2, rotated as [MS-KILE] 3.4.5.4.1 says ---- */

void
krb_seal(struct krb *k, bool server, struct msg *m, size_t at, size_t body)
{
	enum { HEAD = 16, FILLER = 16, MAC = 12, CONFOUNDER = 16 };
	const krb5_keyblock key = block(k->subkey);
	/* Sealed, acceptor's subkey; and who speaks. */
	uint8_t token[KRB_TOKEN] = { 5, 4, (uint8_t)(6 | server), 0xff, 0, FILLER, 0, 0 };
	uint8_t *filler = token + HEAD, *mac = filler + FILLER + HEAD;
	const struct {
		krb5_cryptotype	 type;
		void		*p;
		size_t		 len;
	} parts[] = {
		{ KRB5_CRYPTO_TYPE_HEADER, mac + MAC, CONFOUNDER },
		{ KRB5_CRYPTO_TYPE_SIGN_ONLY, m->p, at },
		{ KRB5_CRYPTO_TYPE_DATA, m->p + at, body },
		{ KRB5_CRYPTO_TYPE_SIGN_ONLY, m->p + at + body, m->len - at - body },
		{ KRB5_CRYPTO_TYPE_DATA, filler, FILLER + HEAD },
		{ KRB5_CRYPTO_TYPE_TRAILER, mac, MAC },
	};
	enum { NPARTS = sizeof(parts) / sizeof(parts[0]) };
	krb5_crypto_iov iov[NPARTS];

	be64enc(token + 8, k->seq[server]++);
	memcpy(filler + FILLER, token, HEAD);	/* with its rotation still 0 */
	token[7] = FILLER + MAC;
	for (size_t i = 0; i < NPARTS; i++)
		iov[i] = (krb5_crypto_iov){ .flags = parts[i].type,
			.data = { .length = (unsigned int)parts[i].len, .data = parts[i].p } };
	must(krb5_c_encrypt_iov(NULL, &key, server ? USAGE_ACCEPTOR_SEAL : USAGE_INITIATOR_SEAL,
	    NULL, iov, NPARTS));
	put(m, token, sizeof(token));
}
