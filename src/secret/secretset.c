#include "secret/secretset.h"

#include <nettle/md4.h>
#include <stdio.h>
#include <stdlib.h>
#include <wctype.h>

#include "base/limits.h"
#include "base/utf16.h"

#define CHUNK_ROOM	(32768 - 64)	/* with its headers, a block of 32 KiB */

struct set_chunk {
	struct set_chunk *older;
	size_t		 room, used;
	uint8_t		 bytes[] __attribute__((aligned));
};

/* What an entry is found by, and the next one in the file that has the same. */
struct set_entry {
	const char	*name;
	uint64_t	 number;
	struct set_entry *next;
	unsigned int	 order;
};

struct set_account {
	struct set_entry by_user;
	struct account	 account;
};

struct set_service {
	struct set_entry by_principal;	/* and etype */
	struct set_entry by_host;	/* and etype; only if it names a host */
	struct set_service *same_etype;
	struct service_key key;
};

struct set_session {
	struct set_entry by_id;
	struct session_key key;
};

/* ---- Memory ---- */

void
set_free(struct secret_set *s)
{
	struct set_chunk *c;

	while ((c = s->chunks) != NULL) {
		s->chunks = c->older;
		vault_free(c);
	}
	keylog_close(s->keylog);
	*s = (struct secret_set){ .vault = s->vault };
}

static void *
take(struct secret_set *s, size_t n, size_t align)
{
	struct set_chunk *c = s->chunks;
	size_t at = c != NULL ? (c->used + align - 1) / align * align : 0;
	size_t room = n > CHUNK_ROOM ? n : CHUNK_ROOM;

	if (c == NULL || at > c->room || n > c->room - at) {
		if (room > MAX_SECRETS_MEM - s->taken ||
		    (c = vault_alloc(s->vault, sizeof(*c) + room)) == NULL)
			return NULL;
		c->older = s->chunks;
		c->room = room;
		s->chunks = c;
		s->taken += room;
		at = 0;
	}
	c->used = at + n;
	return c->bytes + at;
}

char *
set_text(struct secret_set *s, struct view v)
{
	char *p = take(s, v.len + 1, 1);

	if (p != NULL && v.len > 0)
		memcpy(p, v.p, v.len);
	return p;
}

/* ---- Characters ---- */

/* Returns the next character, or 0 at the end.  A byte that begins no character
 * is returned as a number beyond Unicode. */
static uint32_t
utf8_take(struct reader *r)
{
	uint32_t c;
	size_t n = utf8_char(rd_rest(r), &c);

	if (n == 0)
		return r->left > 0 ? 0x110000u | rd_u8(r) : 0;
	rd_skip(r, n);
	return c;
}

static uint32_t
fold(uint32_t c, locale_t locale)
{
	if (c < 0x80 || locale == (locale_t)0)
		return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
	return c < 0x110000 ? (uint32_t)towlower_l((wint_t)c, locale) : c;
}

static int
name_cmp(const char *a, const char *b, locale_t locale)
{
	struct reader x = rd_open(view_str(a)), y = rd_open(view_str(b));
	uint32_t c, d;

	do {
		c = fold(utf8_take(&x), locale);
		d = fold(utf8_take(&y), locale);
	} while (c == d && c != 0);
	return (c > d) - (c < d);
}

/* Makes the NT hash: MD4 of the password in UTF-16LE, [MS-NLMP] 3.3.1. */
static void
nt_hash(struct view password, uint8_t hash[MD4_DIGEST_SIZE])
{
	struct reader r = rd_open(password);
	struct md4_ctx md4;
	uint8_t units[4];
	uint32_t c = 0;

	md4_init(&md4);
	while (r.left > 0) {
		if ((c = utf8_take(&r)) < 0x10000) {
			le16enc(units, (uint16_t)c);
			md4_update(&md4, 2, units);
		} else {
			le16enc(units, (uint16_t)(0xd800 + ((c - 0x10000) >> 10 & 0x3ff)));
			le16enc(units + 2, (uint16_t)(0xdc00 + (c & 0x3ff)));
			md4_update(&md4, 4, units);
		}
	}
	md4_digest(&md4, MD4_DIGEST_SIZE, hash);
	explicit_bzero(&md4, sizeof(md4));
	explicit_bzero(units, sizeof(units));
	explicit_bzero(&c, sizeof(c));
}

const char *
set_label(struct secret_set *s, const char *kind, struct view name, unsigned int line)
{
	char out[MAX_REASON], tail[24];
	size_t n, at, room;

	room = sizeof(out) - (size_t)snprintf(tail, sizeof(tail), ", line %u", line);
	at = (size_t)snprintf(out, sizeof(out), "%s ", kind);
	for (struct reader r = rd_open(name), was = r; r.left > 0; was = r) {
		uint32_t c = utf8_take(&r);

		if ((n = r.off - was.off) >= room - at)
			break;
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c >= 0x110000) {
			out[at++] = '?';
		} else {
			memcpy(out + at, was.p, n);
			at += n;
		}
	}
	snprintf(out + at, sizeof(out) - at, "%s", tail);
	return set_text(s, view_str(out));
}

/* ---- Order ---- */

static void
index_add(struct secret_set_index *x, struct set_entry *e, const char *name, uint64_t number)
{
	*e = (struct set_entry){ .name = name, .number = number, .next = x->last,
	    .order = x->n++ };
	x->last = e;
}

static int
key_cmp(const struct set_entry *e, const char *name, uint64_t number, locale_t locale)
{
	if (e->number != number)
		return e->number < number ? -1 : 1;
	return name_cmp(e->name, name, locale);
}

static int
entry_cmp(const void *left, const void *right, void *locale)
{
	const struct set_entry *a = *(struct set_entry *const *)left;
	const struct set_entry *b = *(struct set_entry *const *)right;
	int cmp = key_cmp(a, b->name, b->number, locale);

	return cmp != 0 ? cmp : (a->order > b->order) - (a->order < b->order);
}

/* An index is a sorted array rather than a hash table, so that no choice of
 * names makes a look-up cost more than its logarithm. */
static bool
index_sort(struct secret_set_index *x, struct secret_set *s, locale_t locale)
{
	struct set_entry *e, *next = NULL;
	unsigned int i = x->n;

	if (x->n == 0)
		return true;
	x->sorted = take(s, x->n * sizeof(*x->sorted), _Alignof(struct set_entry *));
	if (x->sorted == NULL)
		return false;
	for (e = x->last; e != NULL; e = e->next)
		x->sorted[--i] = e;
	qsort_r(x->sorted, x->n, sizeof(*x->sorted), entry_cmp, locale);
	for (i = x->n; i-- > 0; next = e) {
		e = x->sorted[i];
		e->next = next != NULL &&
		    key_cmp(e, next->name, next->number, locale) == 0 ? next : NULL;
	}
	return true;
}

/* Returns the first entry in the file with this name and number. */
static const void *
index_find(const struct secret_set_index *x, const char *name, uint64_t number, locale_t locale)
{
	size_t low = 0, high = x->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (key_cmp(x->sorted[mid], name, number, locale) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < x->n && key_cmp(x->sorted[low], name, number, locale) == 0 ?
	    x->sorted[low] : NULL;
}

bool
set_sort(struct secret_set *s, locale_t locale)
{
	/* The list is still in the order of the file, backwards. */
	for (struct set_entry *e = s->services.last; e != NULL; e = e->next) {
		struct set_service *service = (struct set_service *)e;
		int32_t slot = service->key.etype - ETYPE_FIRST;

		service->same_etype = s->etypes[slot];
		s->etypes[slot] = service;
	}
	return index_sort(&s->accounts, s, locale) && index_sort(&s->services, s, locale) &&
	    index_sort(&s->hosts, s, locale) && index_sort(&s->sessions, s, locale);
}

/* ---- Entries ---- */

struct view
principal_host(const char *principal)
{
	const char *end = strpbrk(principal, "/@");
	struct view v;

	if (end != NULL && *end == '/')
		return (struct view){ (const uint8_t *)end + 1, strcspn(end + 1, ".:/@") };
	v = (struct view){ (const uint8_t *)principal, strcspn(principal, "@") };
	if (v.len == 0 || v.p[v.len - 1] != '$')
		return (struct view){ NULL, 0 };
	v.len--;
	return v;
}

static struct account *
account_new(struct secret_set *s, struct view user, const char *domain, const char *label)
{
	struct set_account *e = take(s, sizeof(*e), _Alignof(struct set_account));
	const char *name = set_text(s, user);

	if (e == NULL || name == NULL)
		return NULL;
	index_add(&s->accounts, &e->by_user, name, 0);
	e->account = (struct account){ .user = name, .domain = domain, .label = label };
	return &e->account;
}

static struct service_key *
service_new(struct secret_set *s, const char *principal, int32_t etype, const char *label)
{
	struct set_service *e = take(s, sizeof(*e), _Alignof(struct set_service));
	struct view host = principal_host(principal);
	const char *name = host.len > 0 ? set_text(s, host) : NULL;

	if (e == NULL || (host.len > 0 && name == NULL))
		return NULL;
	index_add(&s->services, &e->by_principal, principal, (uint64_t)etype);
	if (name != NULL)
		index_add(&s->hosts, &e->by_host, name, (uint64_t)etype);
	e->key = (struct service_key){ .principal = principal, .etype = etype, .label = label };
	return &e->key;
}

/* The NT hash is the RC4 key, RFC 4757 2. */
bool
set_account(struct secret_set *s, struct view user, struct view domain, struct view password,
    const uint8_t nthash[16], const char *label)
{
	char *principal = take(s, user.len + 1 + domain.len + 1, 1);
	struct service_key *key;
	struct account *a;

	if (principal == NULL)
		return false;
	memcpy(principal, user.p, user.len);
	principal[user.len] = '@';
	if (domain.len > 0)
		memcpy(principal + user.len + 1, domain.p, domain.len);
	if ((a = account_new(s, user, principal + user.len + 1, label)) == NULL ||
	    (key = service_new(s, principal, 23, label)) == NULL)
		return false;
	if (password.p == NULL) {
		memcpy(a->nthash, nthash, sizeof(a->nthash));
	} else {
		nt_hash(password, a->nthash);
		if ((a->password = set_text(s, password)) == NULL)
			return false;
	}
	key->len = sizeof(a->nthash);
	memcpy(key->key, a->nthash, sizeof(a->nthash));
	return true;
}

bool
set_service(struct secret_set *s, const struct service_key *k, size_t user)
{
	const char *principal = set_text(s, view_str(k->principal));
	struct service_key *key;
	struct account *a;

	if (principal == NULL || (key = service_new(s, principal, k->etype, k->label)) == NULL)
		return false;
	key->kvno = k->kvno;
	key->len = k->len;
	memcpy(key->key, k->key, k->len);
	if (user == 0)
		return true;
	a = account_new(s, (struct view){ (const uint8_t *)principal, user },
	    principal + user + 1, k->label);
	if (a == NULL)
		return false;
	memcpy(a->nthash, k->key, sizeof(a->nthash));
	return true;
}

bool
set_session(struct secret_set *s, const struct session_key *k)
{
	struct set_session *e = take(s, sizeof(*e), _Alignof(struct set_session));

	if (e == NULL)
		return false;
	index_add(&s->sessions, &e->by_id, "", k->id);
	e->key = *k;
	return true;
}

/* ---- Look-ups ---- */

/* Returns the struct whose member the caller was given. */
#define AROUND(type, member, p) \
	((const type *)(const void *)((const char *)(p) - offsetof(type, member)))

const struct account *
set_find_account(const struct secret_set *s, const char *user, const struct account *after,
    locale_t locale)
{
	const struct set_account *e = after == NULL ?
	    index_find(&s->accounts, user, 0, locale) :
	    (const void *)AROUND(struct set_account, account, after)->by_user.next;

	return e != NULL ? &e->account : NULL;
}

const struct service_key *
set_find_principal(const struct secret_set *s, const char *principal, int32_t etype,
    const struct service_key *after, locale_t locale)
{
	const struct set_service *e = after == NULL ?
	    index_find(&s->services, principal, (uint64_t)etype, locale) :
	    (const void *)AROUND(struct set_service, key, after)->by_principal.next;

	return e != NULL ? &e->key : NULL;
}

const struct service_key *
set_find_host(const struct secret_set *s, const char *host, int32_t etype,
    const struct service_key *after, locale_t locale)
{
	const struct set_entry *e = after == NULL ?
	    index_find(&s->hosts, host, (uint64_t)etype, locale) :
	    AROUND(struct set_service, key, after)->by_host.next;

	return e != NULL ? &AROUND(struct set_service, by_host, e)->key : NULL;
}

const struct service_key *
set_find_etype(const struct secret_set *s, int32_t etype, const struct service_key *after)
{
	const struct set_service *e = NULL;

	if (after != NULL)
		e = AROUND(struct set_service, key, after)->same_etype;
	else if (etype >= ETYPE_FIRST && etype <= ETYPE_LAST)
		e = s->etypes[etype - ETYPE_FIRST];
	return e != NULL ? &e->key : NULL;
}

const struct session_key *
set_find_session(const struct secret_set *s, uint64_t id, const struct session_key *after,
    locale_t locale)
{
	const struct set_session *e = after == NULL ?
	    index_find(&s->sessions, "", id, locale) :
	    (const void *)AROUND(struct set_session, key, after)->by_id.next;

	return e != NULL ? &e->key : NULL;
}
