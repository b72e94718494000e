/* multipart.c -- multipart/encrypted and x-multi-encrypted, [MS-WSMV] 2.2.9.1. */
#include "winrm/multipart.h"

#include "base/limits.h"
#include "base/text.h"
#include "http/tls-session.h"

static bool
has(struct view v, const char *word)
{
	return text_find(v, word) < v.len;
}

enum multipart_sealing
multipart_type(struct view type)
{
	type = view_upto(type, 0, MAX_MULTIPART_LINE);
	if (!has(type, "multipart/"))
		return SEALING_NONE;
	if (has(type, "HTTP-Kerberos-session-encrypted"))
		return SEALING_KERBEROS;
	if (has(type, "HTTP-CredSSP-session-encrypted"))
		return SEALING_CREDSSP;
	if (has(type, "HTTP-SPNEGO-session-encrypted"))
		return SEALING_SPNEGO;
	return SEALING_NONE;
}

struct multipart
multipart_open(enum multipart_sealing sealing, struct view body)
{
	return (struct multipart){ .sealing = sealing, .left = body };
}

/* Reads the next line, without its end.  Returns false if its end is not there,
 * or beyond MAX_MULTIPART_LINE. */
static bool
line(struct multipart *m, struct view *out)
{
	struct view v = view_upto(m->left, 0, MAX_MULTIPART_LINE);
	const uint8_t *end = v.len > 0 ? view_chr(v, '\n') : NULL;

	if (end == NULL)
		return false;
	*out = view_upto(v, 0, (size_t)(end - v.p));
	m->left = view_from(m->left, out->len + 1);
	if (out->len > 0 && out->p[out->len - 1] == '\r')
		out->len--;
	return true;
}

/* Is this line a boundary?  Some clients write a blank behind the dashes
 * ([MS-WSMV] 4.5). */
static bool
is_boundary(struct view v, struct view *name)
{
	if (!view_starts(v, "--", 2))
		return false;
	*name = text_skip_blanks(view_from(v, 2));
	return true;
}

/* Reads "OriginalContent: type=application/soap+xml;charset=UTF-8;Length=1234".
 * Returns false if the line is another. */
static bool
original_length(struct view v, size_t *len)
{
	size_t at = text_find(v, "Length="), n = 0;

	if (at == v.len || !has(view_upto(v, 0, at), "OriginalContent"))
		return false;
	v = view_from(v, at + strlen("Length="));
	for (; v.len > 0 && v.p[0] >= '0' && v.p[0] <= '9'; v = view_from(v, 1))
		if ((n = n * 10 + (size_t)(v.p[0] - '0')) > UINT32_MAX)
			return false;
	*len = n;
	return true;
}

/* Reads both heads of a message, up to the sealed bytes: a message is two parts
 * in the sense of MIME, and only the second has content. */
static bool
head(struct multipart *m, size_t *len)
{
	struct view v, name;
	bool told = false;

	for (unsigned int lines = 0; lines < MAX_MULTIPART_LINES && line(m, &v); lines++) {
		if (is_boundary(v, &name)) {
			if (m->boundary.len == 0)
				m->boundary = name;
		} else if (original_length(v, len))
			told = true;
		else if (told && has(v, "application/octet-stream"))
			return true;
	}
	return false;
}

/* Does v begin with the boundary? */
static bool
at_boundary(const struct multipart *m, struct view v)
{
	struct view name;

	return is_boundary(v, &name) && view_starts(name, m->boundary.p, m->boundary.len);
}

/* Returns the offset of the first boundary in v; v.len: there is none. */
static size_t
find_boundary(const struct multipart *m, struct view v)
{
	const uint8_t *at, *from = v.p;

	while (m->boundary.len > 0 && v.len > 0 &&
	    (at = memmem(from, v.len - (size_t)(from - v.p), m->boundary.p,
	    m->boundary.len)) != NULL) {
		size_t n = (size_t)(at - v.p);

		while (n > 0 && (v.p[n - 1] == ' ' || v.p[n - 1] == '\t'))
			n--;
		if (n >= 2 && memcmp(v.p + n - 2, "--", 2) == 0)
			return n - 2;
		from = at + 1;
	}
	return v.len;
}

/* Returns the length of the TLS records that follow one another in v, as their
 * headers tell it; the last may end beyond v. */
static size_t
tls_records(struct view v)
{
	size_t at = 0, len;

	while ((len = tls_record_len(view_from(v, at))) > 0)
		at += len;
	return at;
}

/* Returns the length of the sealed bytes at the beginning of v.  told is what
 * the head says, which holds unless no boundary follows there. */
static size_t
sealed_length(const struct multipart *m, struct view v, size_t told)
{
	size_t found;

	if (m->sealing == SEALING_CREDSSP && (told = tls_records(v)) == 0)
		return find_boundary(m, v);
	if (told >= v.len || at_boundary(m, view_from(v, told)))
		return told;
	found = find_boundary(m, v);
	return found < v.len ? found : told;
}

bool
multipart_next(struct multipart *m, struct multipart_part *part)
{
	struct reader r;
	size_t told = 0;
	uint32_t token;

	*part = (struct multipart_part){ .len = 0 };
	if (!head(m, &told))
		return false;
	if (view_starts(m->left, "\r\n", 2))	/* an empty line, as MIME wants it */
		m->left = view_from(m->left, 2);
	part->len = told;
	r = rd_open(m->left);
	token = rd_le32(&r);
	if (m->sealing != SEALING_CREDSSP)
		part->token = rd_view(&r, token);
	if (!rd_ok(&r)) {
		m->left = (struct view){ NULL, 0 };
		return true;
	}
	part->len = sealed_length(m, rd_rest(&r), told);
	part->body = view_upto(rd_rest(&r), 0, part->len);
	part->whole = part->body.len == part->len && part->len > 0;
	m->left = view_from(m->left, r.off + part->body.len);
	return true;
}
