/* smb.c -- how SMB sessions describe themselves, for both families. */
#include "smb/smb.h"

#include <strings.h>

#include "auth/gss.h"
#include "fact/fact.h"
#include "smb/handle.h"
#include "base/utf16.h"

#define MAX_DATA_OFFSET	1024	/* payloads begin some hundred bytes in */

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
	/* Who called is the RPC logon where there is one. */
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
		if (v.len > 0 && (nul = memchr(v.p, 0, v.len)) != NULL)
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

bool
smb_is_ipc(const char *share)
{
	const char *last = share != NULL ? strrchr(share, '\\') : NULL;

	return share != NULL && strcasecmp(last != NULL ? last + 1 : share, "IPC$") == 0;
}
