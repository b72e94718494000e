#include "secret/ntlmssp.h"

static const uint8_t signature[8] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0 };

enum ntlm_type
ntlm_type(struct view message)
{
	struct reader r = rd_open(message);
	uint32_t type;

	if (!view_starts(message, signature, sizeof(signature)))
		return NTLM_NONE;
	rd_skip(&r, sizeof(signature));
	type = rd_le32(&r);
	return type <= NTLM_AUTHENTICATE ? (enum ntlm_type)type : NTLM_NONE;
}

/* Reads length, maximum length and offset of a part of the payload.  A part of
 * no length is there, whatever its offset. */
static struct view
field(struct reader *r, struct view message)
{
	uint16_t len = rd_le16(r);
	uint32_t off;

	rd_skip(r, 2);
	off = rd_le32(r);
	return rd_ok(r) ? view_at(message, len > 0 ? off : 0, len) : (struct view){ NULL, 0 };
}

/* CHALLENGE_MESSAGE, 2.2.1.2.  Old implementations end it with the challenge. */
bool
ntlm_challenge_read(struct view message, struct ntlm_challenge *c)
{
	struct reader r = rd_open(message);

	*c = (struct ntlm_challenge){ 0 };
	rd_skip(&r, sizeof(signature) + 4);
	c->target = field(&r, message);
	c->flags = rd_le32(&r);
	c->challenge = rd_view(&r, 8);
	if (!rd_ok(&r))
		return false;
	rd_skip(&r, 8);
	c->info = field(&r, message);
	return true;
}

/* The offset of the client's AV pairs in a NTLMv2 response, 2.2.2.7, and the
 * length of a NTLMv1 response. */
#define V2_PAIRS	44
#define V1_RESPONSE	24

/* AUTHENTICATE_MESSAGE, 2.2.1.3. */
bool
ntlm_authenticate_read(struct view message, struct ntlm_authenticate *a)
{
	struct reader r = rd_open(message);
	struct view flags;

	*a = (struct ntlm_authenticate){ 0 };
	rd_skip(&r, sizeof(signature) + 4);
	a->lm = field(&r, message);
	a->nt = field(&r, message);
	a->domain = field(&r, message);
	a->user = field(&r, message);
	a->workstation = field(&r, message);
	a->key = field(&r, message);
	a->flags = rd_le32(&r);
	if (!rd_ok(&r))
		return false;
	/* Room for a MIC before the payload does not mean that there is one. */
	if (a->nt.len > V1_RESPONSE) {
		flags = ntlm_av_find(view_from(a->nt, V2_PAIRS), AV_FLAGS);
		a->has_mic = flags.len == 4 && (le32dec(flags.p) & AV_FLAG_MIC) != 0;
	}
	if (a->has_mic)
		a->mic = view_at(message, NTLM_MIC_AT, 16);
	return true;
}

struct view
ntlm_av_find(struct view pairs, enum ntlm_av id)
{
	struct reader r = rd_open(pairs);

	while (r.left > 0) {
		uint16_t got = rd_le16(&r);
		struct view v = rd_view(&r, rd_le16(&r));

		if (!rd_ok(&r) || got == AV_EOL)
			break;
		if (got == id)
			return v;
	}
	return (struct view){ NULL, 0 };
}
