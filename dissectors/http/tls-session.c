/* tls-session.c -- TLS records and hellos, RFC 5246 6.2, 7.4.1, RFC 8446 4.1, 5.1. */
#include "http/tls-session.h"

#include "base/limits.h"
#include "secret/secret.h"

#define MAX_BODY	((1u << 14) + 2048)	/* bytes, RFC 5246 6.2.3; 1.3 allows less */
#define HELLO_HEAD	4		/* bytes of a handshake message's type and length */
#define RANDOM		32
#define ALERT_13	(TLS_HEADER + 2 + 1 + 16)	/* a sealed alert without padding */

enum { TLS_1_2 = 0x0303, TLS_1_3 = 0x0304 };
enum { CHANGE_CIPHER_SPEC = 20, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT };
enum { CLIENT_HELLO = 1, SERVER_HELLO = 2 };
enum { ENCRYPT_THEN_MAC = 22, SUPPORTED_VERSIONS = 43 };

/* RFC 8446 4.1.3: with this random a ServerHello is a HelloRetryRequest. */
static const uint8_t retry_random[RANDOM] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02,
	0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
	0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

struct tls_session {
	struct world	*world;
	struct budget	*budget;
	struct tls_listener listener;

	/* The newest handshake; in 1.2 there may be more than one. */
	struct buf	 hello[2];	/* of a side, as far as it is there */
	bool		 heard[2];
	uint8_t		 random[2][RANDOM];
	uint16_t	 version;	/* that the server chose; 0: no ServerHello yet */
	uint16_t	 suite;
	bool		 etm;
	bool		 changed[2];	/* ChangeCipherSpec was seen */
	uint64_t	 passed[2];	/* sealed records since that had no keys */
	bool		 foreign;	/* the server chose a suite that is not supported */
	struct tls	*next;		/* its keys; NULL: not found yet */
	unsigned int	 waits;		/* so many more records, the key log may come late */

	struct tls	*now[2];	/* the keys of a side's records; NULL: none */
	bool		 sealed[2];	/* in 1.2: its records are sealed from now on */

	uint64_t	 asked;		/* records of application data from the client */
	bool		 carried;	/* there was application data */
	bool		 opened;	/* some of it was opened */
};

/* ---- Where records begin ---- */

bool
tls_plausible(struct view v)
{
	return (v.len < 1 || (v.p[0] >= CHANGE_CIPHER_SPEC && v.p[0] <= HEARTBEAT)) &&
	    (v.len < 2 || v.p[1] == 3) && (v.len < 3 || v.p[2] <= 4) &&
	    (v.len < TLS_HEADER || (be16dec(v.p + 3) > 0 && be16dec(v.p + 3) <= MAX_BODY));
}

size_t
tls_record_len(struct view v)
{
	return v.len >= TLS_HEADER && tls_plausible(v) ? TLS_HEADER + (size_t)be16dec(v.p + 3) : 0;
}

enum probe_answer
tls_hello(struct view first)
{
	if (!tls_plausible(first) || (first.len > 0 && first.p[0] != HANDSHAKE))
		return PROBE_NO;
	if (first.len <= TLS_HEADER)
		return PROBE_MORE;
	/* The length of a hello has three bytes, the first of which is zero. */
	if (first.len > TLS_HEADER + 1 && be16dec(first.p + 3) > 1 && first.p[TLS_HEADER + 1] != 0)
		return PROBE_NO;
	return first.p[TLS_HEADER] == CLIENT_HELLO ? PROBE_CLIENT :
	    first.p[TLS_HEADER] == SERVER_HELLO ? PROBE_SERVER : PROBE_NO;
}

/* ---- Keys ---- */

/* Frees keys that are not used any more.  After a later handshake, one side may
 * still use the old keys. */
static void
drop(const struct tls_session *s, struct tls *t)
{
	if (t != s->next && t != s->now[C2S] && t != s->now[S2C])
		tls_free(t);
}

static void
forget(struct tls_session *s, struct tls **keys)
{
	struct tls *t = *keys;

	*keys = NULL;
	drop(s, t);
}

/* From here on that side uses the keys of the newest handshake. */
static void
take_keys(struct tls_session *s, enum dir d)
{
	struct tls *old = s->now[d];

	if (s->next != NULL) {
		tls_change_cipher(s->next, d);
		tls_skip(s->next, d, s->version == TLS_1_2 ? s->passed[d] : 0);
	}
	s->now[d] = s->next;
	drop(s, old);
}

/* Both hellos were seen, and there are secrets. */
static void
agree(struct tls_session *s)
{
	s->foreign = !tls_server_hello(s->next, s->version, s->suite, s->random[S2C], s->etm);
	if (s->foreign) {
		s->waits = 0;
		forget(s, &s->next);
		return;
	}
	for (enum dir d = C2S; d <= S2C; d++)
		if (s->version == TLS_1_3 || s->changed[d])
			take_keys(s, d);
}

/* Looks for the secrets in the key log.  Programs may write them only after the
 * hellos. */
static void
find_keys(struct tls_session *s)
{
	if (s->next != NULL || !s->heard[C2S])
		return;
	s->next = tls_new(s->world->keyring, s->random[C2S]);
	if (s->next != NULL && s->heard[S2C])
		agree(s);
}

static void
change_cipher(struct tls_session *s, enum dir d)
{
	/* In 1.3 it means nothing, and may come before the ServerHello (D.4). */
	if (s->version == TLS_1_3 || (d == S2C && !s->heard[S2C]))
		return;
	s->sealed[d] = s->changed[d] = true;
	s->passed[d] = 0;
	if (s->heard[S2C])
		take_keys(s, d);
}

/* ---- Hellos ---- */

static void
client_hello(struct tls_session *s, struct view body)
{
	struct reader r = rd_open(body);
	struct view random;

	rd_skip(&r, 2);
	random = rd_view(&r, RANDOM);
	if (!rd_ok(&r))
		return;
	if (s->heard[C2S]) {
		/* A renegotiation goes under the old keys until
		 * ChangeCipherSpec. */
		forget(s, &s->next);
		s->heard[S2C] = s->changed[C2S] = s->changed[S2C] = false;
		s->waits = MAX_TLS_WAIT;
	}
	s->heard[C2S] = true;
	memcpy(s->random[C2S], random.p, RANDOM);
	find_keys(s);
}

static void
server_extension(struct tls_session *s, uint16_t type, struct view v)
{
	if (type == ENCRYPT_THEN_MAC)
		s->etm = true;
	else if (type == SUPPORTED_VERSIONS && v.len == 2)
		s->version = be16dec(v.p);
}

static void
server_hello(struct tls_session *s, struct view body)
{
	struct reader r = rd_open(body), ext;
	uint16_t version = rd_be16(&r), type;
	struct view random = rd_view(&r, RANDOM);
	uint8_t compression;

	rd_skip(&r, rd_u8(&r));
	s->suite = rd_be16(&r);
	compression = rd_u8(&r);
	if (!rd_ok(&r) || memcmp(random.p, retry_random, RANDOM) == 0)
		return;
	s->heard[S2C] = true;
	memcpy(s->random[S2C], random.p, RANDOM);
	s->etm = false;
	s->version = version;
	ext = rd_open(rd_view(&r, rd_be16(&r)));
	while (ext.left > 0 && rd_ok(&ext)) {
		type = rd_be16(&ext);
		server_extension(s, type, rd_view(&ext, rd_be16(&ext)));
	}
	if (compression != 0)
		s->suite = 0;		/* compression, RFC 3749, is not supported */
	if (s->next != NULL)
		agree(s);
	else
		find_keys(s);
}

/* May the next handshake message of that side be a hello? */
static bool
hello_awaited(const struct tls_session *s, enum dir d)
{
	if (s->hello[d].len > 0 || !s->heard[d])
		return true;
	return d == C2S && s->version == TLS_1_2 && s->heard[S2C] && s->sealed[C2S];
}

/* Returns how many bytes are missing from a hello; 0: it is whole. */
static size_t
hello_lacks(const struct buf *b)
{
	size_t whole = HELLO_HEAD;

	if (b->len >= HELLO_HEAD)
		whole += be32dec(b->p) & 0xffffff;
	return whole - b->len;
}

/* Adds the bytes of a handshake record.  A hello may take several records, and
 * begins at the start of one. */
static void
hello_add(struct tls_session *s, enum dir d, struct view v)
{
	const uint8_t type = d == C2S ? CLIENT_HELLO : SERVER_HELLO;
	struct buf *b = &s->hello[d];
	struct view more;

	if (!hello_awaited(s, d) || (b->len == 0 && !view_starts(v, &type, 1)))
		return;
	while (v.len > 0 && hello_lacks(b) > 0) {
		more = view_upto(v, 0, hello_lacks(b));
		if (!buf_add(b, more)) {
			stat_add(s->world->stats, STAT_TLS_LIMIT, 1);
			buf_free(b);
			return;
		}
		v = view_from(v, more.len);
	}
	if (hello_lacks(b) > 0)
		return;
	more = view_from(buf_view(b), HELLO_HEAD);
	if (d == C2S)
		client_hello(s, more);
	else
		server_hello(s, more);
	buf_free(b);
}

/* ---- Sealed records ---- */

/* Application data is never in the clear.  In 1.3 every sealed record has that
 * content type. */
static bool
is_sealed(const struct tls_session *s, enum dir d, uint8_t type)
{
	return type == APPLICATION_DATA || (s->version != TLS_1_3 && s->sealed[d]);
}

/* Is it application data?  In 1.3 the client's first record is its Finished,
 * and short ones are alerts. */
static void
carry(struct tls_session *s, enum dir d, size_t len)
{
	if (s->version != TLS_1_3)
		s->carried = true;
	else if (d == C2S)
		s->carried |= s->asked++ > 0 && len > ALERT_13;
}

static void
opened(struct tls_session *s, enum dir d, uint8_t type, struct view v)
{
	stat_add(s->world->stats, STAT_TLS_OPENED, 1);
	if (type == APPLICATION_DATA) {
		s->opened = true;
		s->listener.data(s->listener.arg, d, v);
	} else if (s->version == TLS_1_2 && type == CHANGE_CIPHER_SPEC) {
		change_cipher(s, d);
	} else if (s->version == TLS_1_2 && type == HANDSHAKE) {
		hello_add(s, d, v);
	}
}

/* A record was not opened, and perhaps application data is missing with it. */
static void
unopened(struct tls_session *s, enum dir d, uint8_t type)
{
	if (type == APPLICATION_DATA)
		s->listener.gap(s->listener.arg, d);
}

static void
unseal(struct tls_session *s, enum dir d, struct view record)
{
	uint8_t *out = budget_alloc(s->budget, record.len), type;
	enum unseal got = UNSEAL_LOST;
	size_t len;

	if (out == NULL) {
		stat_add(s->world->stats, STAT_TLS_LIMIT, 1);
		tls_skip(s->now[d], d, 1);
	} else {
		got = tls_unseal(s->now[d], d, record, out, &len, &type);
	}
	if (got == UNSEAL_OK) {
		opened(s, d, type, (struct view){ out, len });
	} else {
		stat_add(s->world->stats, got == UNSEAL_BAD ? STAT_UNSEAL_BAD :
		    STAT_UNSEAL_LOST, 1);
		unopened(s, d, record.p[0]);
	}
	budget_free(out);
}

static void
sealed_record(struct tls_session *s, enum dir d, struct view have, size_t len)
{
	if (have.p[0] == APPLICATION_DATA) {
		carry(s, d, len);
		if (!s->sealed[d])
			change_cipher(s, d);	/* its ChangeCipherSpec was not captured */
	}
	if (s->now[d] != NULL && have.len == len) {
		unseal(s, d, have);
		return;
	}
	if (s->now[d] != NULL)
		tls_skip(s->now[d], d, 1);
	else
		s->passed[d]++;
	unopened(s, d, have.p[0]);
}

/* ---- Sessions ---- */

struct tls_session *
tls_session_new(struct world *w, struct budget *b, const struct tls_listener *listener)
{
	struct tls_session *s = budget_calloc(b, 1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->world = w;
	s->budget = b;
	s->listener = *listener;
	s->waits = tls_has_log(w->keyring) ? MAX_TLS_WAIT : 0;
	for (enum dir d = C2S; d <= S2C; d++)
		buf_init(&s->hello[d], b, MAX_TLS_HELLO);
	return s;
}

void
tls_session_free(struct tls_session *s)
{
	if (s == NULL)
		return;
	for (enum dir d = C2S; d <= S2C; d++)
		buf_free(&s->hello[d]);
	forget(s, &s->next);
	forget(s, &s->now[C2S]);
	forget(s, &s->now[S2C]);
	budget_free(s);
}

bool
tls_session_other(const struct tls_session *s, struct view first)
{
	struct view random = view_at(first, TLS_HEADER + HELLO_HEAD + 2, RANDOM);

	return tls_hello(first) == PROBE_CLIENT && (!s->heard[C2S] || random.p == NULL ||
	    memcmp(random.p, s->random[C2S], RANDOM) != 0);
}

static bool
has_keys(const struct tls_session *s, enum dir d)
{
	return s->next != NULL || s->now[d] != NULL;
}

enum tls_need
tls_session_need(struct tls_session *s, enum dir d, uint8_t type)
{
	if (!is_sealed(s, d, type))
		return type == HANDSHAKE && hello_awaited(s, d) ? TLS_ALL : TLS_HEAD;
	if (!has_keys(s, d) && s->waits > 0) {
		s->waits--;
		find_keys(s);
	}
	if (has_keys(s, d))
		return TLS_ALL;
	return has_keys(s, !d) || s->waits > 0 ? TLS_HEAD : TLS_NONE;
}

void
tls_session_record(struct tls_session *s, enum dir d, struct view have, size_t len)
{
	if (is_sealed(s, d, have.p[0]))
		sealed_record(s, d, have, len);
	else if (have.p[0] == CHANGE_CIPHER_SPEC)
		change_cipher(s, d);
	else if (have.p[0] == HANDSHAKE && have.len == len)
		hello_add(s, d, view_from(have, TLS_HEADER));
	else if (have.p[0] == HANDSHAKE)
		buf_free(&s->hello[d]);
}

bool
tls_session_records(struct tls_session *s, enum dir d, struct view v)
{
	size_t len;

	while ((len = tls_record_len(v)) > 0) {
		(void)tls_session_need(s, d, v.p[0]);
		tls_session_record(s, d, view_upto(v, 0, len), len);
		if (len > v.len)
			return false;
		v = view_from(v, len);
	}
	return v.len == 0;
}

void
tls_session_gap(struct tls_session *s, enum dir d)
{
	buf_free(&s->hello[d]);
	s->listener.gap(s->listener.arg, d);
}

bool
tls_session_carried(const struct tls_session *s)
{
	return s->carried;
}

bool
tls_session_opened(const struct tls_session *s)
{
	return s->opened;
}

const char *
tls_session_reason(const struct tls_session *s)
{
	const struct tls *t = s->next != NULL ? s->next :
	    s->now[C2S] != NULL ? s->now[C2S] : s->now[S2C];

	if (t != NULL)
		return tls_reason(t);
	if (!tls_has_log(s->world->keyring))
		return "no key log";
	if (s->foreign)
		return "TLS version or cipher suite not supported";
	return s->heard[C2S] ? "key log lacks this session" : "logon not captured";
}
