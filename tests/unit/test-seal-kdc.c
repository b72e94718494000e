#include "unit/facts.h"

#include "wire/krb-make.h"
#include "secret/seal-krb5.h"

#define REALM	"CORP.EXAMPLE"
#define SALT	REALM "alice"
#define WORD	"Summer2026!"

static const struct view none;

static struct krb_key
user_key(int32_t etype, const char *password, const char *salt)
{
	struct krb_key k = { 0 };
	/* of "Summer2026!", which is what RC4 has for a key */
	static const uint8_t nthash[] = { 0x41, 0xae, 0xd7, 0x2c, 0xec, 0x76, 0x81, 0x64,
	    0x23, 0x70, 0x3d, 0x8e, 0x54, 0x5e, 0xea, 0x31 };

	if (etype == 23)
		assert_true(krb_key_set(&k, 23, (struct view){ nthash, sizeof(nthash) }));
	else
		assert_true(krb_key_of_password(&k, etype, password, view_str(salt), none));
	return k;
}

/* The ticket-granting ticket, and the one for the service. */
static struct make
tgt_of(int32_t etype)
{
	struct make m = make_of(etype);

	m.service = "krbtgt/" REALM;
	m.with = make_key(18, 'k');
	m.ticket = make_key(etype, 'g');
	m.initiator = make_key(etype, 'q');
	return m;
}

static void
learn_tgt(struct keyring *ring, const struct make *tgt, const struct krb_key *user,
    const char *salt, struct view heard, struct krb_text *rep)
{
	struct krb_text padata = { .len = 0 };

	if (salt != NULL)
		put_salt(&padata, user->etype, salt, none);
	make_kdc_rep(rep, 11, tgt, user, 3, salt != NULL ? &padata : NULL);
	kdc_as_rep(ring, krb_view(rep), heard);
}

static struct krb *
open_ap_req(struct keyring *ring, const struct krb_text *rep, const struct make *m,
    enum logon_state *st, char why[MAX_REASON])
{
	struct krb_text t = { .len = 0 };

	put_ap_req(&t, krb_reply_ticket(rep), m);
	return krb_open(ring, krb_view(&t), st, why);
}

/* Is the key of the ticket in that answer known? */
static bool
knows(struct keyring *ring, const struct krb_text *rep, const struct make *m)
{
	enum logon_state st;
	char why[MAX_REASON];
	struct krb *c = open_ap_req(ring, rep, m, &st, why);

	krb_free(c);
	return c != NULL;
}

/* ---- From a password to a service's session ---- */

static void
chain(int32_t etype, bool subkey)
{
	struct keyring *ring = ring_of("password CORP\\alice " WORD "\n");
	struct krb_key user = user_key(etype, WORD, SALT);
	struct make tgt = tgt_of(etype), m = make_of(etype);
	struct krb_text as_rep, tgs_req, tgs_rep;
	enum logon_state st = LOGON_NONE;
	char why[MAX_REASON];
	unsigned int epoch = keyring_epoch(ring);
	struct tgs_ask *ask;
	struct krb *c;

	if (!subkey)
		tgt.initiator.len = 0;
	learn_tgt(ring, &tgt, &user, NULL, none, &as_rep);
	assert_int_not_equal(keyring_epoch(ring), epoch);
	epoch = keyring_epoch(ring);
	kdc_as_rep(ring, krb_view(&as_rep), none);	/* once more: no news */
	assert_int_equal(keyring_epoch(ring), epoch);

	make_tgs_req(&tgs_req, &as_rep, &tgt);
	assert_non_null(ask = kdc_tgs_req(ring, krb_view(&tgs_req)));
	make_kdc_rep(&tgs_rep, 13, &m, subkey ? &tgt.initiator : &tgt.ticket,
	    subkey ? 9 : 8, NULL);
	assert_null(open_ap_req(ring, &tgs_rep, &m, &st, why));
	assert_int_equal(st, LOGON_NO_SECRET);
	kdc_tgs_rep(ring, ask, krb_view(&tgs_rep));
	tgs_ask_free(ask);
	assert_int_not_equal(keyring_epoch(ring), epoch);

	assert_non_null(c = open_ap_req(ring, &tgs_rep, &m, &st, why));
	assert_int_equal(st, LOGON_OPEN);
	assert_string_equal(why, "KDC answer to alice@" REALM
	    " (password CORP\\alice, line 1)");
	assert_string_equal(krb_client(c), "alice");
	assert_string_equal(krb_realm(c), REALM);
	assert_true(key_eq(krb_session_key(c), &m.initiator));
	krb_free(c);
	keyring_close(ring);
}

static void
password_opens_a_service(void **state)
{
	static const int32_t etypes[] = { 17, 18, 19, 20, 23 };

	(void)state;
	for (size_t i = 0; i < nitems(etypes); i++) {
		chain(etypes[i], true);
		chain(etypes[i], false);
	}
}

/* With the KDC's own key every ticket-granting ticket is open. */
static void
krbtgt_key_opens_questions(void **state)
{
	struct make tgt = tgt_of(18), m = make_of(18);
	struct made_key key = { "krbtgt/" REALM "@" REALM, tgt.with, 2 };
	struct keyring *ring = ring_with("", &key, 1);
	struct krb_key user = make_key(18, '?');
	struct krb_text as_rep, tgs_req, tgs_rep;
	enum logon_state st = LOGON_NONE;
	char why[MAX_REASON];
	struct tgs_ask *ask;

	(void)state;
	make_kdc_rep(&as_rep, 11, &tgt, &user, 3, NULL);
	make_tgs_req(&tgs_req, &as_rep, &tgt);
	assert_non_null(ask = kdc_tgs_req(ring, krb_view(&tgs_req)));
	make_kdc_rep(&tgs_rep, 13, &m, &tgt.initiator, 9, NULL);
	kdc_tgs_rep(ring, ask, krb_view(&tgs_rep));
	tgs_ask_free(ask);
	krb_free(open_ap_req(ring, &tgs_rep, &m, &st, why));
	assert_int_equal(st, LOGON_OPEN);
	assert_string_equal(why, "KDC answer to alice@" REALM " (keytab key krbtgt/" REALM "@"
	    REALM ", line 1)");
	keyring_close(ring);
}

/* RFC 6113: both keys of the exchange make the armor, and a key in it another. */
static void
answers_may_be_armored(void **state)
{
	struct keyring *ring = ring_of("password CORP\\alice " WORD "\n");
	struct krb_key user = user_key(18, WORD, SALT), armor, reply;
	struct krb_key strengthen = make_key(18, '+');
	struct make tgt = tgt_of(18), m = make_of(18);
	struct krb_text as_rep, tgs_req, tgs_rep, padata = { .len = 0 };
	struct tgs_ask *ask;

	(void)state;
	learn_tgt(ring, &tgt, &user, NULL, none, &as_rep);
	make_tgs_req(&tgs_req, &as_rep, &tgt);
	assert_non_null(ask = kdc_tgs_req(ring, krb_view(&tgs_req)));
	assert_true(krb_key_mix(&armor, &tgt.initiator, "subkeyarmor", &tgt.ticket,
	    "ticketarmor"));
	assert_true(krb_key_mix(&reply, &strengthen, "strengthenkey", &tgt.initiator,
	    "replykey"));
	put_fast(&padata, &armor, &strengthen);
	make_kdc_rep(&tgs_rep, 13, &m, &reply, 9, &padata);
	kdc_tgs_rep(ring, ask, krb_view(&tgs_rep));
	assert_true(knows(ring, &tgs_rep, &m));
	/* An armor that tells no key leaves the answer's as it is. */
	padata.len = 0;
	put_fast(&padata, &armor, NULL);
	make_kdc_rep(&tgs_rep, 13, &m, &tgt.initiator, 9, &padata);
	kdc_tgs_rep(ring, ask, krb_view(&tgs_rep));
	assert_true(knows(ring, &tgs_rep, &m));
	tgs_ask_free(ask);
	keyring_close(ring);
}

/* RFC 6113 A.1 */
static void
mixed_keys(void **state)
{
	static const uint8_t aes128[] = { 0x97, 0xdf, 0x97, 0xe4, 0xb7, 0x98, 0xb2, 0x9e, 0xb3,
	    0x1e, 0xd7, 0x28, 0x2, 0x87, 0xa9, 0x2a };
	struct krb_key a, b, k;

	(void)state;
	assert_true(krb_key_of_password(&a, 17, "key1", view_str("key1"), none));
	assert_true(krb_key_of_password(&b, 17, "key2", view_str("key2"), none));
	assert_true(krb_key_mix(&k, &a, "a", &b, "b"));
	assert_memory_equal(k.b, aes128, sizeof(aes128));
	b.len = 0;
	assert_false(krb_key_mix(&k, &a, "a", &b, "b"));
}

/* A user's key may come from a keytab. */
static void
keytab_of_a_user(void **state)
{
	struct krb_key user = make_key(17, 'x');
	struct made_key key = { "alice@" REALM, user, 1 };
	struct keyring *ring = ring_with("", &key, 1);
	struct make tgt = tgt_of(17);
	struct krb_text rep;

	(void)state;
	learn_tgt(ring, &tgt, &user, NULL, none, &rep);
	assert_true(knows(ring, &rep, &tgt));
	keyring_close(ring);
}

/* ---- Which salt, which account ---- */

static bool
learns(const char *lines, const char *client, int32_t etype, const char *salted_with,
    const char *told, const char *heard)
{
	struct keyring *ring = ring_of(lines);
	struct krb_key user = user_key(etype, WORD, salted_with);
	struct make tgt = tgt_of(18);
	struct krb_text rep;
	bool known;

	tgt.client = client;
	learn_tgt(ring, &tgt, &user, told, heard != NULL ? view_str(heard) : none, &rep);
	known = knows(ring, &rep, &tgt);
	keyring_close(ring);
	return known;
}

static void
salts(void **state)
{
	static const char alice[] = "password CORP\\alice " WORD "\n";

	(void)state;
	assert_true(learns(alice, "alice", 18, SALT, NULL, NULL));
	assert_true(learns(alice, "alice", 18, "old", "old", NULL));
	assert_true(learns(alice, "alice", 18, "old", NULL, "old"));
	/* The answer knows better than what came before it. */
	assert_true(learns(alice, "alice", 18, "new", "new", "old"));
	assert_false(learns(alice, "alice", 18, "old", "new", "old"));
	assert_false(learns(alice, "alice", 18, "other", NULL, NULL));
	/* [MS-KILE] 4.4: a computer's */
	assert_true(learns("password CORP\\FS01$ " WORD "\n", "FS01$", 18,
	    REALM "hostfs01.corp.example", NULL, NULL));
	/* RFC 4120 4: components run together */
	assert_true(learns("password HTTP/web@" REALM " " WORD "\n", "HTTP/web", 17,
	    REALM "HTTPweb", NULL, NULL));
}

static void
accounts(void **state)
{
	(void)state;
	assert_true(learns("password alice " WORD "\n", "alice", 18, SALT, NULL, NULL));
	assert_true(learns("password alice@corp.example " WORD "\n", "ALICE", 18, "s", "s",
	    NULL));
	assert_true(learns("password CORP\\alice wrong\npassword ELSEWHERE\\alice " WORD "\n",
	    "alice", 18, SALT, NULL, NULL));
	assert_true(learns("password ELSEWHERE\\alice " WORD "\n", "alice", 23, "", NULL, NULL));
	assert_false(learns("password CORP\\bob " WORD "\n", "alice", 18, SALT, NULL, NULL));
	assert_false(learns("password CORP\\alice wrong\n", "alice", 18, SALT, NULL, NULL));
	assert_false(learns("password CORP\\alice wrong\n", "alice", 23, SALT, NULL, NULL));
}

/* Anyone can send answers with ever new salts, each 4 ms of work. */
static void
salts_of_strangers_are_bounded(void **state)
{
	struct keyring *ring = ring_of("password CORP\\alice " WORD "\n");
	struct krb_key user = user_key(18, WORD, SALT), last = user_key(18, WORD, "last");
	struct krb_key stranger = make_key(18, '?');
	struct make tgt = tgt_of(18);
	struct krb_text rep;
	char salt[24];

	(void)state;
	learn_tgt(ring, &tgt, &user, NULL, none, &rep);
	assert_true(knows(ring, &rep, &tgt));
	for (int i = 0; i < 3 * MAX_KRB_SALTS; i++) {
		snprintf(salt, sizeof(salt), "salt %d", i);
		learn_tgt(ring, &tgt, &stranger, salt, none, &rep);
		assert_false(knows(ring, &rep, &tgt));
	}
	/* No further one is tried; the one that was right before still is. */
	learn_tgt(ring, &tgt, &last, "last", none, &rep);
	assert_false(knows(ring, &rep, &tgt));
	learn_tgt(ring, &tgt, &user, NULL, none, &rep);
	assert_true(knows(ring, &rep, &tgt));
	keyring_close(ring);
}

static void
iterations_that_never_end(void **state)
{
	struct keyring *ring = ring_of("password CORP\\alice " WORD "\n");
	struct krb_key user = user_key(18, WORD, SALT);
	struct make tgt = tgt_of(18);
	struct krb_text rep, padata = { .len = 0 };
	static const uint8_t many[] = { 0xff, 0xff, 0xff, 0xff }, usual[] = { 0, 0, 0x10, 0 };

	(void)state;
	put_salt(&padata, 18, SALT, (struct view){ many, 4 });
	make_kdc_rep(&rep, 11, &tgt, &user, 3, &padata);
	kdc_as_rep(ring, krb_view(&rep), none);
	assert_false(knows(ring, &rep, &tgt));
	padata.len = 0;
	put_salt(&padata, 18, SALT, (struct view){ usual, 4 });
	make_kdc_rep(&rep, 11, &tgt, &user, 3, &padata);
	kdc_as_rep(ring, krb_view(&rep), none);
	assert_true(knows(ring, &rep, &tgt));
	keyring_close(ring);
}

/* ---- What is remembered ---- */

static void
the_oldest_ticket_goes(void **state)
{
	struct krb_key user = make_key(23, 'x');
	struct made_key key = { "alice@" REALM, user, 1 };
	struct keyring *ring = ring_with("", &key, 1);
	struct make tgt = tgt_of(23);
	struct krb_text first, second, rep;

	(void)state;
	learn_tgt(ring, &tgt, &user, NULL, none, &first);
	learn_tgt(ring, &tgt, &user, NULL, none, &second);
	for (int i = 0; i < MAX_KRB_LEARNT - 2; i++)
		learn_tgt(ring, &tgt, &user, NULL, none, &rep);
	assert_true(knows(ring, &first, &tgt));		/* used: it stays */
	learn_tgt(ring, &tgt, &user, NULL, none, &rep);
	assert_true(knows(ring, &first, &tgt));
	assert_true(knows(ring, &rep, &tgt));
	assert_false(knows(ring, &second, &tgt));
	keyring_close(ring);
}

/* A ticket between two users can be opened if its answer was. */
static void
user_to_user_with_an_answer(void **state)
{
	struct krb_key user = make_key(18, 'x');
	struct made_key key = { "alice@" REALM, user, 1 };
	struct keyring *ring = ring_with("", &key, 1);
	struct make tgt = tgt_of(18);
	struct krb_text rep;

	(void)state;
	tgt.user_to_user = true;
	learn_tgt(ring, &tgt, &user, NULL, none, &rep);
	assert_true(knows(ring, &rep, &tgt));
	keyring_close(ring);
}

static void
every_truncation_is_safe(void **state)
{
	struct keyring *ring = ring_of("password CORP\\alice " WORD "\n");
	struct krb_key user = user_key(18, WORD, SALT);
	struct make tgt = tgt_of(18), m = make_of(18);
	struct krb_text as_rep, tgs_req, tgs_rep;
	struct tgs_ask *ask;

	(void)state;
	learn_tgt(ring, &tgt, &user, NULL, none, &as_rep);
	make_tgs_req(&tgs_req, &as_rep, &tgt);
	make_kdc_rep(&tgs_rep, 13, &m, &tgt.initiator, 9, NULL);
	assert_non_null(ask = kdc_tgs_req(ring, krb_view(&tgs_req)));
	for (size_t n = 0; n < sizeof(as_rep.p); n++) {
		uint8_t *cut = test_malloc(n > 0 ? n : 1);

		if (n < as_rep.len) {
			memcpy(cut, as_rep.p, n);
			kdc_as_rep(ring, (struct view){ cut, n }, none);
		}
		if (n < tgs_req.len) {
			memcpy(cut, tgs_req.p, n);
			tgs_ask_free(kdc_tgs_req(ring, (struct view){ cut, n }));
		}
		if (n < tgs_rep.len) {
			memcpy(cut, tgs_rep.p, n);
			kdc_tgs_rep(ring, ask, (struct view){ cut, n });
		}
		test_free(cut);
	}
	assert_false(knows(ring, &tgs_rep, &m));
	kdc_tgs_rep(ring, ask, krb_view(&tgs_rep));
	assert_true(knows(ring, &tgs_rep, &m));
	tgs_ask_free(ask);
	tgs_ask_free(NULL);
	assert_null(kdc_tgs_req(NULL, krb_view(&tgs_req)));
	kdc_as_rep(NULL, krb_view(&as_rep), none);
	kdc_tgs_rep(ring, NULL, krb_view(&tgs_rep));
	keyring_close(ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(password_opens_a_service),
		cmocka_unit_test(krbtgt_key_opens_questions),
		cmocka_unit_test(answers_may_be_armored),
		cmocka_unit_test(mixed_keys),
		cmocka_unit_test(keytab_of_a_user),
		cmocka_unit_test(salts),
		cmocka_unit_test(accounts),
		cmocka_unit_test(salts_of_strangers_are_bounded),
		cmocka_unit_test(iterations_that_never_end),
		cmocka_unit_test(the_oldest_ticket_goes),
		cmocka_unit_test(user_to_user_with_an_answer),
		cmocka_unit_test(every_truncation_is_safe),
	};

	return cmocka_run_group_tests_name("seal-kdc", tests, NULL, NULL);
}
