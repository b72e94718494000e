#include "detect/allow.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"
#include "detect/normalise.h"
#include "base/text.h"

#define SHA256_TEXT	64
#define PLAIN_GROWS	8	/* bytes of plain form for each byte of a text, at most */

struct allow {
	struct allow_entry *entries;
	size_t		 n;
	bool		 commands, hashes;	/* some entry needs them */
};

static bool __attribute__((format(printf, 3, 4)))
wrong(char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, errlen, fmt, ap);
	va_end(ap);
	return false;
}

/* ---- Networks ---- */

struct network {
	struct addr	 addr;
	unsigned int	 bits;
};

static bool
bit(const struct addr *a, unsigned int n)
{
	return (a->b[n / 8] >> (7 - n % 8) & 1) != 0;
}

/* Reads an address, or one with a prefix length.  Returns false when it is neither. */
static bool
network_read(struct network *n, const char *text)
{
	char host[ADDR_TEXT];
	size_t len = strcspn(text, "/");
	unsigned int most, digits = 0;

	memset(n, 0, sizeof(*n));
	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	n->addr.v6 = strchr(host, ':') != NULL;
	if (inet_pton(n->addr.v6 ? AF_INET6 : AF_INET, host, n->addr.b) != 1)
		return false;
	n->bits = most = n->addr.v6 ? 128 : 32;
	if (text[len] == '\0')
		return true;
	n->bits = 0;
	for (text += len + 1; isdigit((unsigned char)*text) && digits < 3; text++, digits++)
		n->bits = n->bits * 10 + (unsigned int)(*text - '0');
	return digits > 0 && *text == '\0' && n->bits <= most;
}

static bool
network_holds(const struct network *n, const struct addr *a)
{
	unsigned int whole = n->bits / 8, rest = n->bits % 8;

	return n->addr.v6 == a->v6 && memcmp(n->addr.b, a->b, whole) == 0 &&
	    (rest == 0 || (n->addr.b[whole] ^ a->b[whole]) >> (8 - rest) == 0);
}

/* ---- Patterns ---- */

/* Returns the place behind the character at at: of UTF-8, or one byte. */
static size_t
behind(struct view v, size_t at)
{
	at++;
	while (at < v.len && (v.p[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static bool
same_letter(uint8_t a, uint8_t b)
{
	return tolower(a) == tolower(b);
}

/*
 * * is any text, ? one character; the case of ASCII letters is ignored.  Only the
 * last star is extended: the time is at most the text's length times that of the
 * pattern behind the star, which the operator chose.
 */
static bool
matches(struct view pattern, struct view text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.p[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.len && pattern.p[p] == '?') {
			p++;
			t = behind(text, t);
		} else if (p < pattern.len && same_letter(pattern.p[p], text.p[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.p[p] == '*')
		p++;
	return p == pattern.len;
}

static struct view
field(const struct fact *o, enum field f)
{
	const char *s = fact_get(o, f);

	return s != NULL ? view_str(s) : (struct view){ NULL, 0 };
}

/* A text that is not known matches nothing, not even *. */
static bool
known(struct view pattern, struct view text)
{
	return text.len > 0 && matches(pattern, text);
}

static bool
field_is(const struct fact *o, enum field f, struct view pattern)
{
	return known(pattern, field(o, f));
}

static struct view
until(struct view v, const char *ends)
{
	size_t n = 0;

	while (n < v.len && strchr(ends, v.p[n]) == NULL)
		n++;
	return view_upto(v, 0, n);
}

/* ---- What a fact says ---- */

/* One command line or script. */
struct line {
	struct view	 text;
	struct buf	 plain;
	char		 hash[SHA256_TEXT + 1];
};

struct subject {
	const struct fact *o;
	struct budget	*b;
	struct line	 lines[MAX_ACTIONS];
	size_t		 n;
	bool		 whole;		/* lines has all that is run */
};

static void
add_line(struct subject *s, const struct allow *a, const struct fact_item *i)
{
	struct line *l;

	if (s->n == nitems(s->lines)) {
		s->whole = false;
		return;
	}
	l = &s->lines[s->n++];
	l->text = (struct view){ (const uint8_t *)i->str, i->len };
	buf_init(&l->plain, s->b, PLAIN_GROWS * i->len + 1);
	if (a->commands && !normalise_text(l->text, &l->plain))
		buf_free(&l->plain);
	if (a->hashes)
		sha256_hex(l->text, l->hash);
}

/*
 * Actions that run no program (a COM class, an e-mail) have no command line that
 * a pattern could match, so a task with one is never allowed by its commands; nor
 * is one with MAX_ACTIONS actions, since further ones were not kept.
 */
static void
read_actions(struct subject *s, const struct allow *a)
{
	bool begun[MAX_ACTIONS] = { false };
	size_t actions = 0;

	for (const struct fact_item *i = NULL; (i = fact_each(s->o, i)) != NULL;) {
		if (strcmp(field_info[i->field].object, "task.actions[]") != 0)
			continue;
		if (i->elem >= nitems(begun)) {
			s->whole = false;
			continue;
		}
		actions += !begun[i->elem];
		begun[i->elem] = true;
		if (i->field == F_ACT_COMMAND_LINE)
			add_line(s, a, i);
	}
	if (actions != s->n || actions >= MAX_ACTIONS)
		s->whole = false;
}

static void
read_command(struct subject *s, const struct allow *a)
{
	for (const struct fact_item *i = NULL; (i = fact_each(s->o, i)) != NULL;)
		if (i->field == F_CMD_LINE || i->field == F_CMD_SCRIPT)
			add_line(s, a, i);
}

static void
subject_read(struct subject *s, const struct allow *a, struct budget *b, const struct fact *o)
{
	s->o = o;
	s->b = b;
	s->n = 0;
	s->whole = !o->cut;
	if (!a->commands && !a->hashes)
		return;
	if (o->kind == FACT_TASK)
		read_actions(s, a);
	else
		read_command(s, a);
}

static void
subject_free(struct subject *s)
{
	for (size_t i = 0; i < s->n; i++)
		buf_free(&s->lines[i].plain);
}

/* ---- One pattern of each kind ---- */

static bool
address_is(const struct addr *a, const char *pattern)
{
	struct network n;
	char text[ADDR_TEXT];

	if (network_read(&n, pattern))
		return network_holds(&n, a);
	addr_text(a, text);
	return matches(view_str(pattern), view_str(text));
}

static bool
client_is(const struct subject *s, const char *pattern)
{
	struct view p = view_str(pattern);

	return address_is(&s->o->peers.client, pattern) ||
	    field_is(s->o, F_AUTH_WORKSTATION, p) || field_is(s->o, F_SMB_HOST, p);
}

/* "\\FS01\ADMIN$", "HOST/fs01.corp.example", "fs01:5985" */
static bool
server_is(const struct subject *s, const char *pattern)
{
	struct view share = field(s->o, F_SMB_SHARE), spn = field(s->o, F_AUTH_SERVICE);
	struct view http = field(s->o, F_HTTP_HOST), p = view_str(pattern), class = until(spn, "/");

	if (address_is(&s->o->peers.server, pattern))
		return true;
	if (text_begins(share, "\\\\") && known(p, until(view_from(share, 2), "\\")))
		return true;
	if (class.len < spn.len && known(p, until(view_from(spn, class.len + 1), "/:@")))
		return true;
	return known(p, until(http, ":"));
}

/* user, DOMAIN\user, user@REALM.  A name that a client gave may itself be
 * user@REALM. */
static bool
user_is(const struct subject *s, const char *pattern)
{
	struct view p = view_str(pattern);
	const char *slash = strchr(pattern, '\\'), *at = strrchr(pattern, '@');

	if (slash != NULL)
		return field_is(s->o, F_AUTH_DOMAIN, until(p, "\\")) &&
		    field_is(s->o, F_AUTH_USER, view_str(slash + 1));
	if (field_is(s->o, F_AUTH_USER, p))
		return true;
	return at != NULL && field_is(s->o, F_AUTH_REALM, view_str(at + 1)) &&
	    field_is(s->o, F_AUTH_USER, view_upto(p, 0, (size_t)(at - pattern)));
}

static struct view
bare(struct view name)
{
	return text_begins(name, "\\") ? view_from(name, 1) : name;
}

static bool
task_is(const struct subject *s, const char *pattern)
{
	return known(bare(view_str(pattern)), bare(field(s->o, F_NAME)));
}

/* ---- Lists ---- */

static bool
any(char *const *list, const struct subject *s, bool (*is)(const struct subject *, const char *))
{
	if (list == NULL)
		return true;
	for (; *list != NULL; list++)
		if (is(s, *list))
			return true;
	return false;
}

static bool
line_matches(char *const *list, const struct line *l)
{
	for (; *list != NULL; list++)
		if (matches(view_str(*list), l->text) ||
		    known(view_str(*list), buf_view(&l->plain)))
			return true;
	return false;
}

static bool
hash_matches(char *const *list, struct view hash)
{
	for (; *list != NULL; list++)
		if (text_is(hash, *list))
			return true;
	return false;
}

/* All lines must match: an entry for one action must not allow a second one. */
static bool
commands_hold(char *const *list, const struct subject *s)
{
	if (list == NULL)
		return true;
	for (size_t i = 0; i < s->n; i++)
		if (!line_matches(list, &s->lines[i]))
			return false;
	return s->whole && s->n > 0;
}

static bool
hashes_hold(char *const *list, const struct subject *s)
{
	if (list == NULL || hash_matches(list, field(s->o, F_XML_SHA256)))
		return true;
	for (size_t i = 0; i < s->n; i++)
		if (!hash_matches(list, view_str(s->lines[i].hash)))
			return false;
	return s->whole && s->n > 0;
}

static bool
holds(const struct allow_entry *e, const struct subject *s)
{
	return (e->expires == 0 || s->o->at.us < e->expires) &&
	    any(e->clients, s, client_is) && any(e->servers, s, server_is) &&
	    any(e->users, s, user_is) && any(e->tasks, s, task_is) &&
	    commands_hold(e->commands, s) && hashes_hold(e->hashes, s);
}

const struct allow_entry *
allow_find(struct allow *a, struct budget *b, const struct fact *o)
{
	struct allow_entry *found = NULL;
	struct subject s;

	if (a == NULL || o == NULL || (o->kind != FACT_TASK && o->kind != FACT_COMMAND))
		return NULL;
	subject_read(&s, a, b, o);
	for (size_t i = 0; i < a->n && found == NULL; i++)
		if (holds(&a->entries[i], &s))
			found = &a->entries[i];
	subject_free(&s);
	if (found != NULL)
		found->hits++;
	return found;
}

/* ---- Entries ---- */

static bool
pattern_check(const char *list, const char *p, char *err, size_t errlen)
{
	if (*p == '\0')
		return wrong(err, errlen, "%s: an empty pattern matches nothing", list);
	if (strlen(p) > MAX_ALLOW_PATTERN)
		return wrong(err, errlen, "%s: a pattern has more than %d bytes", list,
		    MAX_ALLOW_PATTERN);
	return true;
}

/* A text with the characters of a network must be one: a typing error would make
 * an entry that never matches, or a network that is larger than it looks. */
static bool
host_check(const char *list, const char *p, char *err, size_t errlen)
{
	struct network n;

	if (network_read(&n, p)) {
		for (unsigned int i = n.bits; i < (n.addr.v6 ? 128u : 32u); i++)
			if (bit(&n.addr, i))
				return wrong(err, errlen, "%s: '%s' has bits behind its prefix",
				    list, p);
		return true;
	}
	if (strchr(p, '/') != NULL || p[strspn(p, "0123456789.")] == '\0' ||
	    (strchr(p, ':') != NULL && strpbrk(p, "*?") == NULL))
		return wrong(err, errlen, "%s: '%s' is no address, network or host name", list, p);
	return pattern_check(list, p, err, errlen);
}

static bool
hash_check(const char *list, const char *p, char *err, size_t errlen)
{
	if (strlen(p) != SHA256_TEXT || strspn(p, "0123456789abcdefABCDEF") != SHA256_TEXT)
		return wrong(err, errlen, "%s: '%s' is no SHA-256: 64 hexadecimal digits", list, p);
	return true;
}

bool
allow_check(const struct allow_entry *e, char *err, size_t errlen)
{
	const struct {
		const char	*name;
		char		**list;
		bool		(*check)(const char *, const char *, char *, size_t);
	} lists[] = {
		{ "clients",	e->clients,	host_check },
		{ "servers",	e->servers,	host_check },
		{ "users",	e->users,	pattern_check },
		{ "tasks",	e->tasks,	pattern_check },
		{ "commands",	e->commands,	pattern_check },
		{ "hashes",	e->hashes,	hash_check },
	};
	bool condition = false;

	for (size_t i = 0; i < nitems(lists); i++) {
		if (lists[i].list == NULL)
			continue;
		condition = true;
		if (lists[i].list[0] == NULL)
			return wrong(err, errlen, "%s: an empty list matches nothing",
			    lists[i].name);
		for (char **p = lists[i].list; *p != NULL; p++)
			if (!lists[i].check(lists[i].name, *p, err, errlen))
				return false;
	}
	if (!condition)
		return wrong(err, errlen, "the entry has no condition: it would allow everything");
	if (e->action != ALLOW_LOWER && e->action != ALLOW_SUPPRESS)
		return wrong(err, errlen, "the entry has no action");
	return true;
}

static void
list_free(char **list)
{
	if (list == NULL)
		return;
	for (char **p = list; *p != NULL; p++)
		free(*p);
	free(list);
}

void
allow_entry_free(struct allow_entry *e)
{
	list_free(e->clients);
	list_free(e->servers);
	list_free(e->users);
	list_free(e->tasks);
	list_free(e->commands);
	list_free(e->hashes);
	free(e->comment);
	memset(e, 0, sizeof(*e));
}

struct allow *
allow_new(struct allow_entry *entries, size_t n, char *err, size_t errlen)
{
	struct allow *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		for (size_t i = 0; i < n; i++)
			allow_entry_free(&entries[i]);
		free(entries);
		wrong(err, errlen, "out of memory");
		return NULL;
	}
	a->entries = entries;
	a->n = n;
	for (size_t i = 0; i < n; i++) {
		if (!allow_check(&entries[i], err, errlen)) {
			allow_free(a);
			return NULL;
		}
		a->commands |= entries[i].commands != NULL;
		a->hashes |= entries[i].hashes != NULL;
	}
	return a;
}

void
allow_free(struct allow *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++)
		allow_entry_free(&a->entries[i]);
	free(a->entries);
	free(a);
}

size_t
allow_count(const struct allow *a)
{
	return a != NULL ? a->n : 0;
}

const struct allow_entry *
allow_nth(const struct allow *a, size_t i)
{
	return a != NULL && i < a->n ? &a->entries[i] : NULL;
}
