/* smb.c -- what the messages of SMB1 and SMB2 have in common. */
#include "smb/smb.h"

#include "auth/gss.h"
#include "base/utf16.h"
#include "fact/fact.h"
#include "smb/handle.h"

#define MAX_DATA_OFFSET	1024	/* a payload begins some hundred bytes behind the header */

void
smb_describe(const struct smb_logon *l, struct fact *o)
{
	fact_str(o, F_SMB_DIALECT, l->dialect);
	if (l->session_id != 0 && l->session_id <= INT64_MAX)
		fact_int(o, F_SMB_SESSION_ID, (int64_t)l->session_id);
	if (l->tree_id != 0)
		fact_int(o, F_SMB_TREE_ID, l->tree_id);
	if (l->gss != NULL)
		gss_smb(l->gss, o);
	fact_str(o, F_SMB_USER, l->user);
	fact_str(o, F_SMB_DOMAIN, l->domain);
	/* On a pipe an RPC logon may have said who calls. */
	if (fact_get(o, F_AUTH_MECHANISM) != NULL)
		return;
	if (l->gss != NULL)
		gss_auth(l->gss, o);
	if (l->user != NULL) {
		fact_str(o, F_AUTH_USER, l->user);
		fact_str(o, F_AUTH_DOMAIN, l->domain);
		fact_str(o, F_AUTH_MECHANISM, "ntlm");
	}
}

struct view
smb_bytes(struct view v, size_t len, struct smb_payload *d)
{
	if (d->at > len)
		d->at = len;
	if (d->len > len - d->at)
		d->len = len - d->at;
	return view_upto(v, d->at, d->len);
}

void
smb_data(struct handle *h, enum dir dir, struct view v, size_t len, struct smb_payload *d)
{
	struct view have = smb_bytes(v, len, d);

	handle_data(h, dir, d->offset, have, d->len);
}

enum head
smb_bulk(struct extent *x, struct view v, struct smb_payload *d, struct handle *o,
    enum dir dir)
{
	struct view first = smb_bytes(v, x->len, d);

	if (d->at > MAX_DATA_OFFSET)
		return HEAD_PDU;
	x->need = d->at + (d->len < SMB_PEEK ? d->len : SMB_PEEK);
	if (v.len < x->need)
		return HEAD_MORE;
	x->keep = d->at + handle_wants(o, dir, d->offset, first, d->len);
	return HEAD_PDU;
}

char *
smb_text(struct budget *b, struct view v, bool utf16)
{
	const uint8_t *nul;
	char *s;
	size_t n;

	if (!utf16) {
		if (v.len > 0 && (nul = view_chr(v, 0)) != NULL)
			v.len = (size_t)(nul - v.p);
		return budget_strndup(b, v);
	}
	for (n = 0; n + 1 < v.len; n += 2)
		if (le16dec(v.p + n) == 0)
			break;
	v.len = n;
	if ((s = budget_alloc(b, utf16_room(v) + 1)) == NULL)
		return NULL;
	n = utf16_to_utf8(v, false, (uint8_t *)s);
	s[n] = '\0';
	return s;
}
