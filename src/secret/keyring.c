#include "secret/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret/keylog.h"
#include "secret/keytab.h"
#include "base/limits.h"
#include "secret/secretfile.h"
#include "secret/secretset.h"

const bool secrets_built_in = true;

struct keyring {
	struct vault	*vault;		/* this struct lives in it, too */
	locale_t	 locale;	/* for comparing names in any case */
	const char	*path;
	struct secret_set	 set;
	unsigned int	 epoch;
	bool		 warned;	/* the operator was warned of unlocked memory */
	void		*kdc;
	void		(*kdc_free)(void *);
};

/* ---- Files ---- */

/* One reading of the file: where it is, and who is told of errors. */
struct load {
	const char	*path;
	unsigned int	 line;		/* 0: the error is in no line */
	secrets_warn	*warn;
	void		*arg;
	char		*err;
	size_t		 errlen;
	bool		 swappable;	/* a file was read into memory that is not locked */
	struct secret_set	 set;
};

static void __attribute__((format(printf, 4, 0)))
compose(const struct load *l, char *out, size_t room, const char *fmt, va_list ap)
{
	int n = l->line > 0 ? snprintf(out, room, "%s:%u: ", l->path, l->line) :
	    snprintf(out, room, "%s: ", l->path);

	if (n >= 0 && (size_t)n < room)
		vsnprintf(out + n, room - (size_t)n, fmt, ap);
}

static bool __attribute__((format(printf, 2, 3)))
refuse(const struct load *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	compose(l, l->err, l->errlen, fmt, ap);
	va_end(ap);
	return false;
}

static void __attribute__((format(printf, 2, 3)))
warn(const struct load *l, const char *fmt, ...)
{
	char line[PATH_MAX + 512];
	va_list ap;

	if (l->warn == NULL)
		return;
	va_start(ap, fmt);
	compose(l, line, sizeof(line), fmt, ap);
	va_end(ap);
	l->warn(l->arg, line);
}

static bool
full(const struct load *l)
{
	return refuse(l, "more secrets than the %u KiB of locked memory that are meant for them",
	    MAX_SECRETS_MEM >> 10);
}

/* Returns the descriptor; -1 on an error, with *why set. */
static int
file_open(const char *path, struct stat *st, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd == -1) {
		*why = strerror(errno);
		return -1;
	}
	if (fstat(fd, st) == -1)
		*why = strerror(errno);
	else if (!S_ISREG(st->st_mode))
		*why = "it is not a regular file";
	else
		return fd;
	close(fd);
	return -1;
}

/* Reads a file into a vault of its own, which the caller closes.  Returns NULL
 * on an error, with *why set. */
static struct vault *
file_read(int fd, const struct stat *st, struct view *out, const char **why)
{
	size_t size = (size_t)st->st_size, len = 0;
	struct vault *v = NULL;
	uint8_t *p = NULL;
	ssize_t n;

	if (st->st_size > (off_t)MAX_SECRETS_FILE) {
		*why = "it is larger than a file of secrets can be";
		return NULL;
	}
	if ((v = vault_new(2 * size + 4096)) == NULL || (p = vault_alloc(v, size)) == NULL) {
		*why = "no memory to read it";
		vault_close(v);
		return NULL;
	}
	while (len < size && (n = read(fd, p + len, size - len)) != 0) {
		if (n == -1 && errno != EINTR) {
			*why = strerror(errno);
			vault_close(v);
			return NULL;
		}
		len += n > 0 ? (size_t)n : 0;
	}
	*out = (struct view){ p, len };
	return v;
}

/* A path in the secrets file is relative to it. */
static bool
resolve(const struct load *l, struct view path, char out[PATH_MAX])
{
	const char *slash = strrchr(l->path, '/');
	int dir = slash != NULL && path.p[0] != '/' ? (int)(slash - l->path) + 1 : 0;
	int n = snprintf(out, PATH_MAX, "%.*s%.*s", dir, l->path, (int)path.len,
	    (const char *)path.p);

	return n >= 0 && n < PATH_MAX;
}

/* Opens a file that a line names.  An error does not quote the name, which may
 * be anything on a mistyped line. */
static int
named_open(const struct load *l, const char *kind, struct view name, char path[PATH_MAX],
    struct stat *st)
{
	const char *why = "its path is too long";
	int fd = -1;

	if (!resolve(l, name, path) || (fd = file_open(path, st, &why)) == -1) {
		refuse(l, "%s: %s", kind, why);
		return -1;
	}
	if ((st->st_mode & 077) != 0)
		warn(l, "%s %s: its mode %04o lets others than its owner use it", kind, path,
		    st->st_mode & 07777);
	return fd;
}

/* ---- The lines ---- */

static bool
load_account(struct load *l, const struct secret *s, const char *kind)
{
	const char *label = set_label(&l->set, kind, s->account, l->line);

	return (label != NULL && set_account(&l->set, s->user, s->domain, s->password,
	    s->key, label)) || full(l);
}

static bool
load_keytab_key(struct load *l, const struct keytab_key *k, struct view name)
{
	size_t user = name.len - k->realm.len - 1;
	struct service_key key = {
		.principal = (const char *)name.p,
		.etype = k->etype,
		.kvno = k->kvno,
		.len = k->key.len,
		.label = set_label(&l->set, "keytab key", name, l->line),
	};
	bool ok;

	memcpy(key.key, k->key.p, k->key.len);
	/* The RC4 key of a user or a computer is its NT hash. */
	ok = key.label != NULL &&
	    set_service(&l->set, &key, k->single && k->etype == 23 ? user : 0);
	explicit_bzero(&key, sizeof(key));
	return ok || full(l);
}

static bool
load_keytab_keys(struct load *l, struct view file, const char *path)
{
	enum keytab_found found;
	char name[MAX_PRINCIPAL];
	struct keytab_key k;
	struct keytab t;
	bool any = false;
	size_t len;

	if (!keytab_open(&t, file))
		return refuse(l, "keytab %s: it is no MIT keytab", path);
	while ((found = keytab_next(&t, &k)) == KEYTAB_KEY) {
		if ((len = keytab_principal(&k, name, sizeof(name))) == 0)
			return refuse(l, "keytab %s: the name of entry %u is too long",
			    path, t.entry);
		if (!load_keytab_key(l, &k, (struct view){ (const uint8_t *)name, len }))
			return false;
		any = true;
	}
	if (found == KEYTAB_BAD)
		return refuse(l, "keytab %s: entry %u is malformed", path, t.entry);
	if (!any)
		warn(l, "keytab %s: there is no AES or RC4 key in it", path);
	return true;
}

static bool
load_keytab(struct load *l, const struct secret *s)
{
	char path[PATH_MAX];
	struct vault *paper;
	struct view file;
	const char *why;
	struct stat st;
	bool ok;
	int fd;

	if ((fd = named_open(l, "keytab", s->path, path, &st)) == -1)
		return false;
	paper = file_read(fd, &st, &file, &why);
	close(fd);
	if (paper == NULL)
		return refuse(l, "keytab %s: %s", path, why);
	l->swappable |= !vault_locked(paper);
	ok = load_keytab_keys(l, file, path);
	vault_close(paper);
	return ok;
}

static bool
load_keylog(struct load *l, const struct secret *s)
{
	const char *label = set_label(&l->set, "key log", s->path, l->line);
	unsigned long long bad;
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (l->set.keylog != NULL)
		return refuse(l, "keylog: there is one already");
	if (label == NULL)
		return full(l);
	if ((fd = named_open(l, "keylog", s->path, path, &st)) == -1)
		return false;
	/* It stays open, since programs go on writing, and it may be out of
	 * reach later. */
	if ((l->set.keylog = keylog_open(l->set.vault, fd, label)) == NULL)
		return refuse(l, "keylog %s: no memory to read it", path);
	if ((bad = keylog_malformed(l->set.keylog)) > 0)
		warn(l, "keylog %s: %llu malformed lines were passed over", path, bad);
	return true;
}

static bool
load_smbkey(struct load *l, const struct secret *s)
{
	struct session_key key = { .id = s->id, .len = s->keylen };
	char id[24];
	bool ok;

	snprintf(id, sizeof(id), "0x%llx", (unsigned long long)s->id);
	key.label = set_label(&l->set, "smbkey", view_str(id), l->line);
	memcpy(key.key, s->key, s->keylen);
	ok = key.label != NULL && set_session(&l->set, &key);
	explicit_bzero(&key, sizeof(key));
	return ok || full(l);
}

static bool
load_secret(struct load *l, const struct secret *s)
{
	switch (s->kind) {
	case SECRET_PASSWORD:
		return load_account(l, s, "password");
	case SECRET_NTHASH:
		return load_account(l, s, "nthash");
	case SECRET_KEYTAB:
		return load_keytab(l, s);
	case SECRET_KEYLOG:
		return load_keylog(l, s);
	case SECRET_SMBKEY:
		return load_smbkey(l, s);
	case SECRET_BAD:
		return refuse(l, "%s", s->why);
	case SECRET_END:
		break;
	}
	return true;
}

static bool
load_text(struct load *l, struct view file)
{
	struct secretfile f;
	struct secret s;
	bool ok = true;

	secretfile_open(&f, file);
	while (ok && secretfile_next(&f, &s) != SECRET_END) {
		l->line = f.line;
		ok = load_secret(l, &s);
		explicit_bzero(&s, sizeof(s));
	}
	if (ok)
		l->line = 0;
	return ok;
}

/* Fills l->set, which the caller frees, after an error too. */
static bool
load(struct load *l, locale_t locale)
{
	struct vault *paper = NULL;
	struct view file;
	const char *why;
	struct stat st;
	bool ok;
	int fd;

	if ((fd = file_open(l->path, &st, &why)) == -1)
		return refuse(l, "%s", why);
	if ((st.st_mode & 077) == 0)
		paper = file_read(fd, &st, &file, &why);
	close(fd);
	if ((st.st_mode & 077) != 0)
		return refuse(l, "its mode %04o lets others than its owner use it: chmod 600",
		    st.st_mode & 07777);
	if (paper == NULL)
		return refuse(l, "%s", why);
	l->swappable = !vault_locked(paper);
	ok = load_text(l, file) && (set_sort(&l->set, locale) || full(l));
	vault_close(paper);
	return ok;
}

/* ---- Opening and closing ---- */

/* Frees what was learnt from KDCs with the old secrets. */
static void
forget_learnt(struct keyring *k)
{
	if (k->kdc != NULL && k->kdc_free != NULL)
		k->kdc_free(k->kdc);
	k->kdc = NULL;
}

bool
keyring_reload(struct keyring *k, secrets_warn *tell, void *arg, char *err, size_t errlen)
{
	struct load l = { .path = k->path, .warn = tell, .arg = arg, .err = err,
	    .errlen = errlen, .set.vault = k->vault };

	if (!load(&l, k->locale)) {
		set_free(&l.set);
		return false;
	}
	if ((l.swappable || !vault_locked(k->vault)) && !k->warned) {
		k->warned = true;
		if (tell != NULL)
			tell(arg, "keys may reach swap: raise the memlock limit (LimitMEMLOCK)");
	}
	forget_learnt(k);
	set_free(&k->set);
	k->set = l.set;
	keyring_learnt(k);
	return true;
}

struct keyring *
keyring_open(const char *path, secrets_warn *tell, void *arg, char *err, size_t errlen)
{
	struct vault *v = vault_new(VAULT_SIZE);
	struct keyring *k = v != NULL ? vault_alloc(v, sizeof(*k)) : NULL;
	size_t len = strlen(path);
	char *copy;

	if (k == NULL || (copy = vault_alloc(v, len + 1)) == NULL) {
		snprintf(err, errlen, "%s: no memory for secrets", path);
		vault_close(v);
		return NULL;
	}
	memcpy(copy, path, len);
	*k = (struct keyring){ .vault = v, .path = copy, .set.vault = v };
	/* Without a locale, names match in any case of ASCII only. */
	k->locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!keyring_reload(k, tell, arg, err, errlen)) {
		keyring_close(k);
		return NULL;
	}
	return k;
}

void
keyring_close(struct keyring *k)
{
	if (k == NULL)
		return;
	forget_learnt(k);
	set_free(&k->set);
	if (k->locale != (locale_t)0)
		freelocale(k->locale);
	vault_close(k->vault);
}

/* ---- Look-ups ---- */

struct vault *
keyring_vault(const struct keyring *k)
{
	return k->vault;
}

struct keylog *
keyring_keylog(const struct keyring *k)
{
	return k->set.keylog;
}

unsigned int
keyring_epoch(const struct keyring *k)
{
	return k->epoch;
}

void
keyring_learnt(struct keyring *k)
{
	k->epoch++;
}

void **
keyring_kdc(struct keyring *k, void (*fn)(void *))
{
	k->kdc_free = fn;
	return &k->kdc;
}

const struct account *
keyring_account(const struct keyring *k, const char *user, const struct account *after)
{
	return set_find_account(&k->set, user, after, k->locale);
}

const struct service_key *
keyring_principal(const struct keyring *k, const char *principal, int32_t etype,
    const struct service_key *after)
{
	return set_find_principal(&k->set, principal, etype, after, k->locale);
}

const struct service_key *
keyring_host(const struct keyring *k, const char *host, int32_t etype,
    const struct service_key *after)
{
	return set_find_host(&k->set, host, etype, after, k->locale);
}

const struct service_key *
keyring_etype(const struct keyring *k, int32_t etype, const struct service_key *after)
{
	return set_find_etype(&k->set, etype, after);
}

const struct session_key *
keyring_session(const struct keyring *k, uint64_t id, const struct session_key *after)
{
	return set_find_session(&k->set, id, after, k->locale);
}
