#include "secret/keytab.h"

bool
keytab_open(struct keytab *t, struct view file)
{
	*t = (struct keytab){ .r = rd_open(file) };
	if (rd_u8(&t->r) != 5)
		return false;
	switch (rd_u8(&t->r)) {
	case 1:
		/* The byte order is that of the host that wrote it, which is
		 * taken for ours. */
		t->v1 = true;
		t->r.big = BYTE_ORDER == BIG_ENDIAN;
		return true;
	case 2:
		t->r.big = true;
		return true;
	default:
		return false;
	}
}

/* Is it a key of a type that is supported?  Single and triple DES are not. */
static bool
usable(const struct keytab_key *k)
{
	switch (k->etype) {
	case 17:		/* aes128-cts-hmac-sha1-96 */
	case 19:		/* aes128-cts-hmac-sha256-128 */
	case 23:		/* rc4-hmac */
		return k->key.len == 16;
	case 18:		/* aes256-cts-hmac-sha1-96 */
	case 20:		/* aes256-cts-hmac-sha384-192 */
		return k->key.len == 32;
	default:
		return false;
	}
}

static bool
entry_read(struct view entry, bool v1, bool big, struct keytab_key *k)
{
	struct reader r = rd_open(entry), names;
	unsigned int n;
	uint32_t kvno;

	r.big = big;
	n = rd_u16(&r);
	if (v1 && n-- == 0)		/* format 5.1 counts the realm as a component */
		return false;
	k->realm = rd_view(&r, rd_u16(&r));
	names = r;
	for (unsigned int i = 0; i < n && rd_ok(&r); i++)
		rd_skip(&r, rd_u16(&r));
	k->names = rd_view(&names, r.off - names.off);
	k->big = big;
	k->single = n == 1;
	if (!v1)
		rd_skip(&r, 4);		/* name type */
	rd_skip(&r, 4);			/* timestamp */
	k->kvno = rd_u8(&r);
	k->etype = rd_u16(&r);
	k->key = rd_view(&r, rd_u16(&r));
	if (rd_ok(&r) && r.left >= 4 && (kvno = rd_u32(&r)) != 0)
		k->kvno = kvno;
	return rd_ok(&r);
}

enum keytab_found
keytab_next(struct keytab *t, struct keytab_key *k)
{
	while (t->r.left > 0) {
		int64_t size = (int32_t)rd_u32(&t->r);
		struct view entry;

		if (rd_ok(&t->r) && size == 0)
			return KEYTAB_END;
		if (size < 0) {		/* a hole that a deleted entry left */
			rd_skip(&t->r, (size_t)-size);
			continue;
		}
		t->entry++;
		entry = rd_view(&t->r, (size_t)size);
		if (!rd_ok(&t->r) || !entry_read(entry, t->v1, t->r.big, k))
			return KEYTAB_BAD;
		if (usable(k))
			return KEYTAB_KEY;
	}
	return rd_ok(&t->r) ? KEYTAB_END : KEYTAB_BAD;
}

static bool
put(char *out, size_t room, size_t *at, struct view v, char end)
{
	if (v.len >= room - *at)
		return false;
	for (size_t i = 0; i < v.len; i++)
		out[(*at)++] = (char)(v.p[i] != '\0' ? v.p[i] : '?');
	out[(*at)++] = end;
	return true;
}

size_t
keytab_principal(const struct keytab_key *k, char *out, size_t room)
{
	struct reader r = rd_open(k->names);
	struct view name;
	size_t at = 0;

	r.big = k->big;
	do {
		name = rd_view(&r, rd_u16(&r));
		if (!put(out, room, &at, name, r.left > 0 ? '/' : '@'))
			return 0;
	} while (rd_ok(&r) && r.left > 0);
	return put(out, room, &at, k->realm, '\0') ? at - 1 : 0;
}
