#include "secret/secretfile.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/utf16.h"

#define BLANKS	" \t"

void
secretfile_open(struct secretfile *f, struct view text)
{
	*f = (struct secretfile){ .r = rd_open(text) };
	if (view_starts(text, "\xef\xbb\xbf", 3))
		rd_skip(&f->r, 3);	/* the byte order mark that some editors write */
}

/* Returns how many of the first bytes of v are (in) or are not in the set. */
static size_t
span(struct view v, const char *set, bool in)
{
	size_t n = 0;

	while (n < v.len && (memchr(set, v.p[n], strlen(set)) != NULL) == in)
		n++;
	return n;
}

/* Returns the first n bytes of *v, and cuts them off. */
static struct view
cut(struct view *v, size_t n)
{
	struct view head = { v->p, n };

	v->p += n;
	v->len -= n;
	return head;
}

static struct view
trim_end(struct view v)
{
	while (v.len > 0 && memchr(BLANKS, v.p[v.len - 1], 2) != NULL)
		v.len--;
	return v;
}

static bool
has_tab(struct view v)
{
	return span(v, "\t", false) < v.len;
}

static void
bad(struct secret *s, const char *why)
{
	s->kind = SECRET_BAD;
	snprintf(s->why, sizeof(s->why), "%s", why);
}

/*
 * Reads an account, and skips to the next field.  tabs: only tabs separate
 * fields, and blanks belong to them.
 */
static bool
account_read(struct view *rest, bool tabs, struct secret *s)
{
	const char *ends = tabs ? "\t" : BLANKS;
	struct view name;
	size_t i;

	s->account = trim_end(cut(rest, span(*rest, ends, false)));
	cut(rest, span(*rest, ends, true));
	name = s->account;
	s->user = name;
	if ((i = span(name, "\\", false)) < name.len) {
		s->domain = cut(&name, i);
		s->user = (struct view){ name.p + 1, name.len - 1 };
		if (s->domain.len == 1 && s->domain.p[0] == '.')
			s->domain.len = 0;	/* "." is this computer, as in Windows' dialogs */
		return s->user.len > 0;
	}
	for (i = name.len; i > 0; i--)
		if (name.p[i - 1] == '@') {
			s->user = (struct view){ name.p, i - 1 };
			s->domain = view_from(name, i);
			break;
		}
	return s->user.len > 0;
}

static void
password_read(struct view rest, bool tabs, struct secret *s)
{
	s->kind = SECRET_PASSWORD;
	if (!account_read(&rest, tabs, s))
		bad(s, "password: an account is needed");
	else if (rest.len == 0)
		bad(s, "password: a password is needed behind the account");
	s->password = rest;
}

/* The hash may be LM:NT, as many tools print it; the LM hash is not used. */
static void
nthash_read(struct view rest, bool tabs, struct secret *s)
{
	s->kind = SECRET_NTHASH;
	if (!account_read(&rest, tabs, s)) {
		bad(s, "nthash: an account is needed");
		return;
	}
	rest = trim_end(rest);
	if (rest.len == 65 && rest.p[32] == ':' &&
	    hex_decode(view_upto(rest, 0, 32), s->key, 16) == 16)
		rest = view_from(rest, 33);
	if ((s->keylen = hex_decode(rest, s->key, 16)) != 16)
		bad(s, "nthash: 32 hex digits are needed");
}

static void
keytab_line_read(struct view rest, bool tabs, struct secret *s)
{
	(void)tabs;
	s->kind = SECRET_KEYTAB;
	s->path = trim_end(rest);
	if (s->path.len == 0)
		bad(s, "keytab: a path is needed");
}

static void
keylog_line_read(struct view rest, bool tabs, struct secret *s)
{
	(void)tabs;
	s->kind = SECRET_KEYLOG;
	s->path = trim_end(rest);
	if (s->path.len == 0)
		bad(s, "keylog: a path is needed");
}

/* Reads an id like 0x0000100000000041. */
static bool
id_read(struct view v, uint64_t *id)
{
	int digit;

	if (!view_starts(v, "0x", 2) || v.len < 3 || v.len > 18)
		return false;
	for (size_t i = 2; i < v.len; i++) {
		if ((digit = hex_digit(v.p[i])) < 0)
			return false;
		*id = *id << 4 | (unsigned int)digit;
	}
	return true;
}

static void
smbkey_read(struct view rest, bool tabs, struct secret *s)
{
	struct view id = cut(&rest, span(rest, BLANKS, false));

	(void)tabs;
	s->kind = SECRET_SMBKEY;
	cut(&rest, span(rest, BLANKS, true));
	s->keylen = hex_decode(trim_end(rest), s->key, sizeof(s->key));
	if (!id_read(id, &s->id))
		bad(s, "smbkey: the session's id is needed, in hex as 0x41");
	else if (s->keylen < 16)
		bad(s, "smbkey: a key of 32 to 128 hex digits is needed");
}

static const struct {
	char	word[9];
	void	(*read)(struct view rest, bool tabs, struct secret *);
} keywords[] = {
	{ "password",	password_read },
	{ "nthash",	nthash_read },
	{ "keytab",	keytab_line_read },
	{ "keylog",	keylog_line_read },
	{ "smbkey",	smbkey_read },
};

/* The message quotes nothing of the line, which may begin with a secret. */
static void
unknown(struct secret *s)
{
	s->kind = SECRET_BAD;
	snprintf(s->why, sizeof(s->why),
	    "begins with none of password, nthash, keytab, keylog, smbkey");
}

static void
line_read(struct view line, struct secret *s)
{
	struct view word = cut(&line, span(line, BLANKS, false));
	struct view gap = cut(&line, span(line, BLANKS, true));
	bool tabs = has_tab(gap) && has_tab(line);
	size_t i;

	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (word.len == strlen(keywords[i].word) &&
		    view_starts(word, keywords[i].word, word.len)) {
			keywords[i].read(line, tabs, s);
			return;
		}
	unknown(s);
}

/* Returns the next line without its end, "\n" or "\r\n". */
static struct view
next_line(struct secretfile *f)
{
	struct view rest = rd_rest(&f->r), line;
	const uint8_t *end = view_chr(rest, '\n');

	line = view_upto(rest, 0, end != NULL ? (size_t)(end - rest.p) : rest.len);
	rd_skip(&f->r, line.len + (end != NULL));
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	f->line++;
	return line;
}

enum secret_kind
secretfile_next(struct secretfile *f, struct secret *s)
{
	struct view line;

	*s = (struct secret){ .kind = SECRET_END };
	while (f->r.left > 0) {
		line = next_line(f);
		if (line.len > 0 && line.p[0] == '#')
			continue;
		cut(&line, span(line, BLANKS, true));
		if (line.len == 0)
			continue;
		if (utf8_valid(line))
			line_read(line, s);
		else
			bad(s, "it is not text in UTF-8");
		break;
	}
	return s->kind;
}
