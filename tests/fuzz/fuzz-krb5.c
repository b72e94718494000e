/* fuzz-krb5.c -- Kerberos logons, tokens and answers: {u8 what, u16 length, bytes} ... */
#include "wire/krb-make.h"
#include "secret/krbmsg.h"
#include "secret/seal-krb5.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

enum what { AP_REQ, AP_REP, AS_REP, TGS_REQ, TGS_REP, TOKEN, MIC, PLAIN, WHATS };

static struct keyring *
ring_new(void)
{
	const struct made_key keys[] = {
		{ "cifs/fs01.corp.example@CORP.EXAMPLE", make_key(18, 'w'), 3 },
		{ "host/fs02.corp.example@CORP.EXAMPLE", make_key(23, 'w'), 3 },
		{ "alice@CORP.EXAMPLE", make_key(18, 'u'), 1 },
	};

	return ring_with("", keys, sizeof(keys) / sizeof(keys[0]));
}

/* What is behind a seal, as if it had been opened. */
static void
plain(struct view v)
{
	struct krb_ticket_part t;
	struct krb_authenticator a;
	struct krb_value k;
	char text[MAX_KRB_NAME];

	if (krbmsg_ticket_part(v, &t))
		krbmsg_name_text(t.client.name, text);
	if (krbmsg_authenticator(v, &a))
		krbmsg_realm_text(a.client.realm, text);
	(void)krbmsg_ap_rep_part(v, &k);
	(void)krbmsg_kdc_rep_part(v, &k);
	(void)krbmsg_fast_response(v, &k);
	(void)krbmsg_error_salt(v);
}

/* The first byte says how long the token is; a PDU's header and trailer go
 * around the rest. */
static void
token(struct krb *c, enum dir dir, bool mic, struct view v)
{
	size_t at = v.len > 0 ? v.p[0] : 0, len = 0;
	struct sealed in = { .before = view_upto(v, 0, 8), .token = view_upto(v, 1, at),
	    .body = view_from(v, 1 + at), .after = view_upto(v, 0, 4), .clear = mic };
	uint8_t *out = malloc(in.body.len + 1);

	if (out != NULL && krb_unseal(c, dir, &in, out, &len) == UNSEAL_OK &&
	    len > in.body.len)
		abort();
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = rd_open((struct view){ data, size });
	struct keyring *ring = ring_new();
	enum logon_state st;
	char why[MAX_REASON];
	struct tgs_ask *ask = NULL;
	struct krb *c = NULL;

	while (r.left > 0) {
		uint8_t head = rd_u8(&r);
		uint16_t len = rd_le16(&r);
		struct view v = rd_view(&r, len);

		if (!rd_ok(&r))
			break;
		switch ((enum what)(head % WHATS)) {
		case AP_REQ:
			krb_free(c);
			c = krb_open(ring, v, &st, why);
			break;
		case AP_REP:
			if (c != NULL)
				(void)krb_ap_rep(c, v);
			break;
		case AS_REP:
			kdc_as_rep(ring, v, view_upto(v, 0, 8));
			break;
		case TGS_REQ:
			tgs_ask_free(ask);
			ask = kdc_tgs_req(ring, v);
			break;
		case TGS_REP:
			kdc_tgs_rep(ring, ask, v);
			break;
		case TOKEN:
		case MIC:
			if (c != NULL)
				token(c, head >= 0x80 ? S2C : C2S, head % WHATS == MIC, v);
			break;
		case PLAIN:
		case WHATS:
			plain(v);
			break;
		}
	}
	tgs_ask_free(ask);
	krb_free(c);
	keyring_close(ring);
	return 0;
}
