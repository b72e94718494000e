#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <nettle/ccm.h>
#include <nettle/gcm.h>

#include "unit/hex.h"
#include "unit/ring.h"
#include "secret/secret.h"

#define ID	0x1122334455667788u
#define SMBKEY	"smbkey\t0x1122334455667788\t"
#define KEY_16	"000102030405060708090a0b0c0d0e0f"
#define KEY_32	KEY_16 "101112131415161718191a1b1c1d1e1f"
#define OTHER	"ffeeddccbbaa99887766554433221100"

/* SHA-512 over 64 zeros and "test". */
#define PREAUTH \
	"cb9f77d3f28bc0e0b7b65f9f2041e8472a702cea916a41a29f976a8eae5f0463" \
	"9f443ffb963e78c833a43c3b2690eb6aa9f72cce5a99c74bf1dc3060288adb67"

/* An ECHO request, which all vectors hold. */
static const char echo[] =
	"fe534d4240000100000000000d00010000000000000000000700000000000000"
	"0000000000000000887766554433221100000000000000000000000000000000"
	"04000000";
#define ECHO 68

static const struct vector {
	const char	*about, *key;
	uint16_t	 dialect, cipher;
	enum dir	 dir;
	const char	*message;
} vectors[] = {
	{ "3.0 AES-128-CCM", KEY_16, 0x0300, 0, C2S,
	  "fd534d420a14b32ad86463d348f7db88d79ab0d60102030405060708090a0b00000000004400000000000100"
	  "8877665544332211cefb3fc017ba2d83d85a3cf805b7c71945d8238e489c95fbc38e6d3e95e73f4b3d537e08"
	  "28e4f90204792e42b05642f476533b815641d27ab9e450ef1ab8c13e1fe4b7a9" },
	{ "3.0.2 AES-128-CCM", KEY_16, 0x0302, 0, S2C,
	  "fd534d42573ae3bab3a598c89f535e431ee2a9070102030405060708090a0b00000000004400000000000100"
	  "887766554433221185536049a6176605c5f6ed5bb1297a2a6ec17091fac9470985384f6b529fc99b08f64a21"
	  "80819971a21bcc194aa1eda7af83bfc3521c969eccfb1bb6bd736e26b9fb54e4" },
	{ "3.1.1 AES-128-GCM", KEY_16, 0x0311, 2, C2S,
	  "fd534d426cfe663a93cf74760a155583264874060102030405060708090a0b0c000000004400000000000100"
	  "887766554433221193968ff05beb0aa52aa1c81891c3b5df40e3b1ec3ac34bebb0f09dd86645a77f269eefc3"
	  "5a7f57871f6efcbcb3c85d84983efd833652e340c66c2b164222e353997d21fc" },
	{ "3.1.1 AES-128-GCM, a key that is cut", KEY_32, 0x0311, 2, S2C,
	  "fd534d429231cadfbd8b1875deed26a9ccf451fd0102030405060708090a0b0c000000004400000000000100"
	  "8877665544332211b736d9b1977f615a732120e4f3193059287f98851f694bc393c63dd32324e4103942869b"
	  "9aef7d9a6cd8d82d228b2449dd6cf5bcf5fc3f6ba34be7b9eb902ac858f3e952" },
	{ "3.1.1 AES-128-CCM", KEY_16, 0x0311, 1, S2C,
	  "fd534d42f12fe0da6d5696f345a51db80c4cc4b50102030405060708090a0b00000000004400000000000100"
	  "88776655443322115361cef5e5c92065fd32c488ede9cc8b006d554dabc0dde6d07cb7f7b950e7d85ab92b50"
	  "ea3a2898b8929cc32e55016e82807b51607e6950272b0d55e7d14f10fb474cfa" },
	{ "3.1.1 AES-256-CCM", KEY_32, 0x0311, 3, C2S,
	  "fd534d4227f6421ae460a880288c7c10d56434a90102030405060708090a0b00000000004400000000000100"
	  "88776655443322118b45ee83b9b0525644d0a0fda4c56470268ff9262ba11e965df28ff0af6caee35a55d466"
	  "4ce4780dd432d8114247dfd07a97ffb8661c9062ff98bc0940ac764da9753b7e" },
	{ "3.1.1 AES-256-GCM", KEY_32, 0x0311, 4, S2C,
	  "fd534d4229f99b2adaa4581d756564886665c2070102030405060708090a0b0c000000004400000000000100"
	  "887766554433221181b7dbe5d98490f252cdcafdd904058f26fd7d7945512b1fd177b938f7ad7bffb673cb2c"
	  "c65a3e4c28aec1d23ac7ae1c18064577a4556a788ff164c3b4d6e88d2c56ee55" },
	{ "3.1.1 AES-256-GCM of NTLM's 16 bytes", KEY_16, 0x0311, 4, C2S,
	  "fd534d427a052c6ee69a41585c2a9fde2e4c5d1c0102030405060708090a0b0c000000004400000000000100"
	  "8877665544332211b87167fda30bbd095426b5d9ce6a899b9ec15fadf0d7c6024379abb22168df8dadff7b76"
	  "78555404c3692f917d37204260bf3a08a1de18ada1f00c0ca1e09e497b0032b1" },
	/* What of the negotiation was not seen. */
	{ "dialect unknown", KEY_16, 0, 0, C2S,
	  "fd534d420a14b32ad86463d348f7db88d79ab0d60102030405060708090a0b00000000004400000000000100"
	  "8877665544332211cefb3fc017ba2d83d85a3cf805b7c71945d8238e489c95fbc38e6d3e95e73f4b3d537e08"
	  "28e4f90204792e42b05642f476533b815641d27ab9e450ef1ab8c13e1fe4b7a9" },
	{ "cipher unknown: GCM", KEY_16, 0x0311, 0, S2C,
	  "fd534d429231cadfbd8b1875deed26a9ccf451fd0102030405060708090a0b0c000000004400000000000100"
	  "8877665544332211b736d9b1977f615a732120e4f3193059287f98851f694bc393c63dd32324e4103942869b"
	  "9aef7d9a6cd8d82d228b2449dd6cf5bcf5fc3f6ba34be7b9eb902ac858f3e952" },
	{ "cipher unknown: CCM", KEY_16, 0x0311, 0, S2C,
	  "fd534d42f12fe0da6d5696f345a51db80c4cc4b50102030405060708090a0b00000000004400000000000100"
	  "88776655443322115361cef5e5c92065fd32c488ede9cc8b006d554dabc0dde6d07cb7f7b950e7d85ab92b50"
	  "ea3a2898b8929cc32e55016e82807b51607e6950272b0d55e7d14f10fb474cfa" },
};
#define NVECTORS (sizeof(vectors) / sizeof(vectors[0]))
#define GCM_128 (&vectors[2])

struct message {
	uint8_t	*p;	/* on the heap, so that a read past its end is seen */
	size_t	 len;
};

static struct message
message_of(const struct vector *v)
{
	uint8_t b[256];
	struct message m = { .len = hex(v->message, b, sizeof(b)) };

	m.p = test_malloc(m.len);
	memcpy(m.p, b, m.len);
	return m;
}

static struct view
view_of(const struct message *m)
{
	return (struct view){ m->p, m->len };
}

static struct smb3_terms
terms_of(uint16_t dialect, uint16_t cipher)
{
	struct smb3_terms t = { .dialect = dialect, .cipher = cipher };

	(void)hex(PREAUTH, t.preauth, sizeof(t.preauth));
	return t;
}

static struct keyring *
ring_with(const char *key)
{
	char text[256];

	snprintf(text, sizeof(text), SMBKEY "%s\n", key);
	return ring_of(text);
}

static bool
is_echo(const uint8_t *p)
{
	uint8_t want[ECHO];

	(void)hex(echo, want, sizeof(want));
	return memcmp(p, want, sizeof(want)) == 0;
}

static void
every_vector_opens(void **state)
{
	(void)state;
	for (size_t i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		struct smb3_terms terms = terms_of(v->dialect, v->cipher);
		struct keyring *ring = ring_with(v->key);
		struct smb3 *s = smb3_new(ring, NULL, ID, &terms);
		struct message m = message_of(v);
		uint8_t *out = test_calloc(1, ECHO), *peek = test_malloc(ECHO);

		assert_non_null(s);
		if (smb3_unseal(s, v->dir == C2S ? S2C : C2S, view_of(&m), out) != UNSEAL_BAD)
			fail_msg("%s: opened with the other side's key", v->about);
		if (smb3_unseal(s, v->dir, view_of(&m), out) != UNSEAL_OK || !is_echo(out))
			fail_msg("%s", v->about);
		assert_int_equal(strncmp(smb3_reason(s), "smbkey 0x1122334455667788", 25), 0);
		for (size_t n = 0; n <= ECHO; n++) {
			struct view head = { m.p, SMB3_TRANSFORM + n };

			memset(peek, 0xee, ECHO);
			assert_true(smb3_peek(s, v->dir, head, peek));
			assert_memory_equal(peek, out, n);
			assert_true(n == ECHO || peek[n] == 0xee);
		}
		test_free(peek);
		test_free(out);
		test_free(m.p);
		smb3_free(s);
		keyring_close(ring);
	}
}

/* Every bit is under the tag but those of the protocol's mark. */
static void
altered_ones_do_not_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < 8; i++) {
		const struct vector *v = &vectors[i];
		struct smb3_terms terms = terms_of(v->dialect, v->cipher);
		struct keyring *ring = ring_with(v->key);
		struct smb3 *s = smb3_new(ring, NULL, ID, &terms);
		struct message m = message_of(v);
		uint8_t out[ECHO], nothing[ECHO] = { 0 };

		for (size_t bit = 4 * 8; bit < m.len * 8; bit++) {
			m.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			memset(out, 0, sizeof(out));
			if (smb3_unseal(s, v->dir, view_of(&m), out) != UNSEAL_BAD)
				fail_msg("%s: bit %zu", v->about, bit);
			assert_memory_equal(out, nothing, sizeof(out));
			m.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		assert_int_equal(smb3_unseal(s, v->dir, view_of(&m), out), UNSEAL_OK);
		test_free(m.p);
		smb3_free(s);
		keyring_close(ring);
	}
}

static void
every_truncation_is_bad(void **state)
{
	struct smb3_terms terms = terms_of(0x0311, 2);
	struct keyring *ring = ring_with(KEY_16);
	struct smb3 *s = smb3_new(ring, NULL, ID, &terms);
	struct message m = message_of(GCM_128);

	(void)state;
	for (size_t n = 0; n < m.len; n++) {
		size_t body = n > SMB3_TRANSFORM ? n - SMB3_TRANSFORM : 0;
		uint8_t *cut = test_malloc(n + 1), *out = test_malloc(body + 1);
		struct view v = { cut + 1, n };

		memcpy(cut + 1, m.p, n);
		assert_int_equal(smb3_unseal(s, C2S, v, out), UNSEAL_BAD);
		assert_true(smb3_peek(s, C2S, v, out) == (n >= SMB3_TRANSFORM));
		/* The size is made to fit: then it is the tag's turn. */
		if (n >= SMB3_TRANSFORM) {
			le32enc(cut + 1 + 36, (uint32_t)body);
			assert_int_equal(smb3_unseal(s, C2S, v, out), UNSEAL_BAD);
		}
		test_free(out);
		test_free(cut);
	}
	test_free(m.p);
	smb3_free(s);
	keyring_close(ring);
}

static void
the_tag_decides_among_keys(void **state)
{
	struct keyring *ring = ring_of("# three of one id\n"
	    SMBKEY OTHER "\n" SMBKEY "00" KEY_16 "\n" SMBKEY KEY_16 "\n");
	struct smb3_terms terms = terms_of(0x0311, 0);
	struct smb3 *s = smb3_new(ring, NULL, ID, &terms);
	struct message gcm = message_of(GCM_128), ccm = message_of(&vectors[4]);
	uint8_t out[ECHO];

	(void)state;
	/* None is a guess, and a message that none opens changes nothing. */
	assert_false(smb3_peek(s, C2S, view_of(&gcm), out));
	assert_int_equal(smb3_unseal(s, S2C, view_of(&gcm), out), UNSEAL_BAD);
	assert_non_null(strstr(smb3_reason(s), "line 2: does not fit"));
	assert_false(smb3_peek(s, C2S, view_of(&gcm), out));
	assert_int_equal(smb3_unseal(s, C2S, view_of(&gcm), out), UNSEAL_OK);
	assert_true(is_echo(out));
	assert_non_null(strstr(smb3_reason(s), "line 4"));
	assert_null(strstr(smb3_reason(s), "fit"));
	/* Now it is known, and so is the cipher. */
	memset(out, 0, sizeof(out));
	assert_true(smb3_peek(s, C2S, view_of(&gcm), out));
	assert_true(is_echo(out));
	assert_int_equal(smb3_unseal(s, S2C, view_of(&ccm), out), UNSEAL_BAD);
	assert_null(strstr(smb3_reason(s), "fit"));
	assert_int_equal(smb3_unseal(s, C2S, view_of(&gcm), out), UNSEAL_OK);
	test_free(gcm.p);
	test_free(ccm.p);
	smb3_free(s);
	keyring_close(ring);
}

static void
so_many_keys_are_tried_and_no_more(void **state)
{
	(void)state;
	for (size_t others = MAX_SMB3_KEYS - 1; others <= MAX_SMB3_KEYS; others++) {
		struct smb3_terms terms = terms_of(0x0311, 2);
		struct message m = message_of(GCM_128);
		struct keyring *ring;
		struct smb3 *s;
		char text[1024] = "";
		uint8_t out[ECHO];

		for (size_t i = 0; i < others; i++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text),
			    SMBKEY "%032zx\n", i);
		snprintf(text + strlen(text), sizeof(text) - strlen(text), SMBKEY KEY_16 "\n");
		ring = ring_of(text);
		s = smb3_new(ring, NULL, ID, &terms);
		assert_int_equal(smb3_unseal(s, C2S, view_of(&m), out),
		    others < MAX_SMB3_KEYS ? UNSEAL_OK : UNSEAL_BAD);
		test_free(m.p);
		smb3_free(s);
		keyring_close(ring);
	}
}

static void
the_reason_outlives_the_keyring(void **state)
{
	struct keyring *ring = ring_with(OTHER);
	struct smb3_terms terms = terms_of(0x0311, 2);
	struct smb3 *s = smb3_new(ring, NULL, ID, &terms);
	struct message m = message_of(GCM_128);
	uint8_t out[ECHO];

	(void)state;
	assert_string_equal(smb3_reason(s), "smbkey 0x1122334455667788, line 1");
	assert_int_equal(smb3_unseal(s, C2S, view_of(&m), out), UNSEAL_BAD);
	assert_string_equal(smb3_reason(s),
	    "smbkey 0x1122334455667788, line 1: does not fit the session");
	assert_null(strstr(smb3_reason(s), OTHER));
	test_free(m.p);
	smb3_free(s);
	keyring_close(ring);
}

static void
without_a_key_nothing_opens(void **state)
{
	static const struct smb3_terms none[] = {
		{ .dialect = 0x0202 }, { .dialect = 0x0210 }, { .dialect = 0x02ff },
		{ .dialect = 0x0311, .cipher = 5 }, { .dialect = 0x0311, .cipher = 0xffff },
	};
	struct keyring *ring = ring_with(KEY_16);
	struct smb3_terms terms = terms_of(0x0300, 0);
	struct message m = message_of(GCM_128);
	uint8_t out[ECHO];

	(void)state;
	assert_null(smb3_new(ring, NULL, ID + 1, &terms));
	assert_null(smb3_new(NULL, NULL, ID, &terms));
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(smb3_new(ring, NULL, ID, &none[i]));
	assert_int_equal(smb3_unseal(NULL, C2S, view_of(&m), out), UNSEAL_NO_KEY);
	assert_false(smb3_peek(NULL, C2S, view_of(&m), out));
	assert_non_null(smb3_reason(NULL));
	smb3_free(NULL);
	test_free(m.p);
	keyring_close(ring);
}

/* Counters that run far, in all ciphers; the keys are those of KEY_32. */
#define LONG 70001

static size_t
seal_long(uint16_t cipher, const uint8_t *plain, uint8_t *m)
{
	static const char *const keys[] = { NULL,
		"8d837f28007e1bfb6a65ee91075a2d18", "8d837f28007e1bfb6a65ee91075a2d18",
		"011b292fa946c0053280052cfa276d4f89158aae7c0467222c9b733fd025a436",
		"011b292fa946c0053280052cfa276d4f89158aae7c0467222c9b733fd025a436" };
	uint8_t key[32], *sealed = test_malloc(LONG + 16);
	struct ccm_aes128_ctx c128;
	struct ccm_aes256_ctx c256;
	struct gcm_aes128_ctx g128;
	struct gcm_aes256_ctx g256;

	(void)hex(keys[cipher], key, sizeof(key));
	memset(m, 0, SMB3_TRANSFORM);
	memcpy(m, "\xfdSMB", 4);
	memset(m + 20, 0xff, cipher % 2 == 0 ? 12 : 11);
	le32enc(m + 36, LONG);
	switch (cipher) {
	case 1:
		ccm_aes128_set_key(&c128, key);
		ccm_aes128_encrypt_message(&c128, 11, m + 20, 32, m + 20, 16, LONG + 16,
		    sealed, plain);
		break;
	case 2:
		gcm_aes128_set_key(&g128, key);
		gcm_aes128_set_iv(&g128, 12, m + 20);
		gcm_aes128_update(&g128, 32, m + 20);
		gcm_aes128_encrypt(&g128, LONG, sealed, plain);
		gcm_aes128_digest(&g128, 16, sealed + LONG);
		break;
	case 3:
		ccm_aes256_set_key(&c256, key);
		ccm_aes256_encrypt_message(&c256, 11, m + 20, 32, m + 20, 16, LONG + 16,
		    sealed, plain);
		break;
	default:
		gcm_aes256_set_key(&g256, key);
		gcm_aes256_set_iv(&g256, 12, m + 20);
		gcm_aes256_update(&g256, 32, m + 20);
		gcm_aes256_encrypt(&g256, LONG, sealed, plain);
		gcm_aes256_digest(&g256, 16, sealed + LONG);
		break;
	}
	memcpy(m + SMB3_TRANSFORM, sealed, LONG);
	memcpy(m + 4, sealed + LONG, 16);
	test_free(sealed);
	return SMB3_TRANSFORM + LONG;
}

static void
long_messages_open(void **state)
{
	struct keyring *ring = ring_with(KEY_32);
	uint8_t *plain = test_malloc(LONG), *out = test_malloc(LONG);
	uint8_t *m = test_malloc(SMB3_TRANSFORM + LONG);

	(void)state;
	for (size_t i = 0; i < LONG; i++)
		plain[i] = (uint8_t)(i * i >> 3);
	for (uint16_t cipher = 1; cipher <= 4; cipher++) {
		struct smb3_terms terms = terms_of(0x0311, cipher);
		struct smb3 *s = smb3_new(ring, NULL, ID, &terms);
		struct view v = { m, seal_long(cipher, plain, m) };

		memset(out, 0, LONG);
		assert_int_equal(smb3_unseal(s, C2S, v, out), UNSEAL_OK);
		assert_memory_equal(out, plain, LONG);
		memset(out, 0, LONG);
		assert_true(smb3_peek(s, C2S, v, out));
		assert_memory_equal(out, plain, LONG);
		smb3_free(s);
	}
	test_free(m);
	test_free(out);
	test_free(plain);
	keyring_close(ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_opens),
		cmocka_unit_test(altered_ones_do_not_open),
		cmocka_unit_test(every_truncation_is_bad),
		cmocka_unit_test(the_tag_decides_among_keys),
		cmocka_unit_test(so_many_keys_are_tried_and_no_more),
		cmocka_unit_test(the_reason_outlives_the_keyring),
		cmocka_unit_test(without_a_key_nothing_opens),
		cmocka_unit_test(long_messages_open),
	};

	return cmocka_run_group_tests_name("seal_smb3", tests, NULL, NULL);
}
