#include "secret/krbcrypt.h"

#include <stdlib.h>

#include "base/limits.h"

static const struct {
	int32_t		 etype;
	uint32_t	 len;
} etypes[] = {
	{ ENCTYPE_AES128_CTS_HMAC_SHA1_96, 16 },
	{ ENCTYPE_AES256_CTS_HMAC_SHA1_96, 32 },
	{ ENCTYPE_AES128_CTS_HMAC_SHA256_128, 16 },
	{ ENCTYPE_AES256_CTS_HMAC_SHA384_192, 32 },
	{ ENCTYPE_ARCFOUR_HMAC, 16 },
};

static uint32_t
key_len(int32_t etype)
{
	for (size_t i = 0; i < sizeof(etypes) / sizeof(etypes[0]); i++)
		if (etypes[i].etype == etype)
			return etypes[i].len;
	return 0;
}

bool
krb_etype_known(int32_t etype)
{
	return key_len(etype) != 0;
}

bool
krb_key_set(struct krb_key *k, int32_t etype, struct view v)
{
	*k = (struct krb_key){ 0 };
	/* libk5crypto trusts the length of a keyblock. */
	if (v.len == 0 || v.len != key_len(etype))
		return false;
	k->etype = etype;
	k->len = (uint32_t)v.len;
	memcpy(k->b, v.p, v.len);
	return true;
}

krb5_keyblock
krb_keyblock(const struct krb_key *k)
{
	return (krb5_keyblock){ .magic = KV5M_KEYBLOCK, .enctype = k->etype,
	    .length = k->len, .contents = (krb5_octet *)(uintptr_t)k->b };
}

static krb5_data
data(struct view v)
{
	return (krb5_data){ .magic = KV5M_DATA, .length = (unsigned int)v.len,
	    .data = (char *)(uintptr_t)v.p };
}

bool
krb_decrypt(const struct krb_key *k, krb5_keyusage usage, struct view cipher,
    uint8_t *out, struct view *plain)
{
	krb5_keyblock key = krb_keyblock(k);
	krb5_enc_data in = { .magic = KV5M_ENC_DATA, .enctype = k->etype,
	    .ciphertext = data(cipher) };
	krb5_data to = data((struct view){ out, cipher.len });

	if (k->len == 0 || cipher.len == 0 || cipher.len > MAX_KRB_MESSAGE ||
	    krb5_c_decrypt(NULL, &key, usage, NULL, &in, &to) != 0)
		return false;
	*plain = (struct view){ out, to.length };
	return true;
}

/* Wipes and frees a key that the library made in its heap. */
static void
wipe(krb5_keyblock *made)
{
	explicit_bzero(made->contents, made->length);
	free(made->contents);
}

bool
krb_key_of_password(struct krb_key *k, int32_t etype, const char *password,
    struct view salt, struct view params)
{
	krb5_data word = data(view_str(password)), grains = data(salt), n = data(params);
	krb5_keyblock made = { 0 };
	bool ok;

	*k = (struct krb_key){ 0 };
	if (!krb_etype_known(etype) || etype == ENCTYPE_ARCFOUR_HMAC)
		return false;
	/* RFC 3962 4: a count of zero stands for 2^32. */
	if (params.len > 0 && (params.len != 4 || be32dec(params.p) == 0 ||
	    be32dec(params.p) > MAX_KRB_ITERATIONS))
		return false;
	if (krb5_c_string_to_key_with_params(NULL, etype, &word, &grains,
	    params.len > 0 ? &n : NULL, &made) != 0)
		return false;
	ok = krb_key_set(k, etype, (struct view){ made.contents, made.length });
	wipe(&made);
	return ok;
}

bool
krb_key_mix(struct krb_key *k, const struct krb_key *a, const char *pepper_a,
    const struct krb_key *b, const char *pepper_b)
{
	krb5_keyblock first = krb_keyblock(a), second = krb_keyblock(b), *made = NULL;
	bool ok;

	*k = (struct krb_key){ 0 };
	if (a->len == 0 || b->len == 0 ||
	    krb5_c_fx_cf2_simple(NULL, &first, pepper_a, &second, pepper_b, &made) != 0)
		return false;
	ok = krb_key_set(k, made->enctype, (struct view){ made->contents, made->length });
	wipe(made);
	free(made);
	return ok;
}
