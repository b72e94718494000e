#include "secret/keylog.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/hex.h"
#include "base/limits.h"

#define CHUNK	(65536 - 64)	/* with the vault's header, a block of 64 KiB */

/*
 * Where the lines are in the file, by their random: each slot has 40 bits of
 * the offset and 24 of a hash.  In a full bucket the newest line replaces the
 * oldest.  Offsets are no secret, and would fill the vault.
 */
#define TAG_BITS	24
#define SLOTS		63
#define BUCKETS		(MAX_KEYLOG_LINES / SLOTS)

struct bucket {
	uint64_t	 n;		/* lines that were put here so far */
	uint64_t	 line[SLOTS];
};

struct keylog {
	int		 fd;
	const char	*label;
	struct vault	*vault;
	struct bucket	*buckets;
	uint64_t	 seed;
	off_t		 size;		/* of the file, when it was read last */
	off_t		 at;		/* offset of the first line that was not read yet */
	bool		 tail;		/* at is inside a line: its rest is skipped */
	uint64_t	 malformed;
};

/* ---- A line ---- */

static const char *const words[KEYLOG_KINDS] = {
	[KEYLOG_MASTER] = "CLIENT_RANDOM",
	[KEYLOG_CLIENT_HANDSHAKE] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
	[KEYLOG_SERVER_HANDSHAKE] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
	[KEYLOG_CLIENT_TRAFFIC] = "CLIENT_TRAFFIC_SECRET_0",
	[KEYLOG_SERVER_TRAFFIC] = "SERVER_TRAFFIC_SECRET_0",
};

struct line {
	enum keylog_kind kind;
	uint8_t		 random[TLS_RANDOM];
	uint8_t		 secret[TLS_SECRET];
	size_t		 len;
};

enum line_is { LINE_GOOD, LINE_OTHER, LINE_MALFORMED };

/* Reads as many digits as come next.  Returns how many bytes they spell; 0:
 * odd, or no room. */
static size_t
hex_read(struct reader *r, uint8_t *out, size_t room)
{
	size_t n = 0;

	while (n < r->left && hex_digit(r->p[n]) >= 0)
		n++;
	return hex_decode(rd_view(r, n), out, room);
}

/* Reads the first word: capitals, digits and underscores before a blank. */
static struct view
word_read(struct reader *r)
{
	struct view v = rd_rest(r);
	size_t n = 0;

	while (n < v.len && ((v.p[n] >= 'A' && v.p[n] <= 'Z') ||
	    (v.p[n] >= '0' && v.p[n] <= '9') || v.p[n] == '_'))
		n++;
	v = rd_view(r, n);
	return rd_u8(r) == ' ' ? v : (struct view){ NULL, 0 };
}

/* Reads a line without its end.  The caller wipes *l. */
static enum line_is
line_read(struct view v, struct line *l)
{
	struct reader r = rd_open(v);
	struct view word;
	size_t kind;

	if (v.len > 0 && v.p[v.len - 1] == '\r')
		r.left--;
	if (r.left == 0 || r.p[0] == '#')
		return LINE_OTHER;
	word = word_read(&r);
	if (word.len == 0)
		return LINE_MALFORMED;
	for (kind = 0; kind < KEYLOG_KINDS; kind++)
		if (word.len == strlen(words[kind]) && view_starts(word, words[kind], word.len))
			break;
	if (kind == KEYLOG_KINDS)
		return LINE_OTHER;
	l->kind = (enum keylog_kind)kind;
	if (hex_read(&r, l->random, sizeof(l->random)) != sizeof(l->random) || rd_u8(&r) != ' ')
		return LINE_MALFORMED;
	l->len = hex_read(&r, l->secret, sizeof(l->secret));
	if (r.left != 0 || (l->len != 48 && (l->len != 32 || kind == KEYLOG_MASTER)))
		return LINE_MALFORMED;
	return LINE_GOOD;
}

/* ---- The index of lines ---- */

static uint64_t
hash(const struct keylog *k, const uint8_t random[TLS_RANDOM])
{
	return hash_view(k->seed ^ HASH_START, (struct view){ random, TLS_RANDOM });
}

static struct bucket *
bucket_of(const struct keylog *k, uint64_t h)
{
	return &k->buckets[(h >> TAG_BITS) % BUCKETS];
}

static uint64_t
tag_of(uint64_t h)
{
	return h & ((1u << TAG_BITS) - 1);
}

static void
index_add(struct keylog *k, const uint8_t random[TLS_RANDOM], off_t at)
{
	uint64_t h = hash(k, random), line = (uint64_t)at << TAG_BITS | tag_of(h);
	struct bucket *b = bucket_of(k, h);

	/* The last line of the file is read again when more follows it. */
	if (b->n > 0 && b->line[(b->n - 1) % SLOTS] == line)
		return;
	b->line[b->n++ % SLOTS] = line;
}

/* ---- Reading the file ---- */

static void
line_add(struct keylog *k, struct view v, off_t at, bool ends)
{
	enum line_is is = LINE_MALFORMED;
	struct line l;

	if (v.len <= MAX_KEYLOG_LINE)
		is = line_read(v, &l);
	if (is == LINE_GOOD)
		index_add(k, l.random, at);
	else if (is == LINE_MALFORMED && ends)
		k->malformed++;
	explicit_bzero(&l, sizeof(l));
}

/* The lines of a piece that begins with one.  Returns how many bytes they
 * have; what has no end yet is not among them. */
static size_t
lines_add(struct keylog *k, struct view piece)
{
	struct view rest = piece;
	const uint8_t *end;
	size_t at = 0, n;

	while ((end = view_chr(rest, '\n')) != NULL) {
		n = (size_t)(end - rest.p);
		if (!k->tail)
			line_add(k, view_upto(rest, 0, n), k->at + (off_t)at, true);
		k->tail = false;
		at += n + 1;
		rest = view_from(piece, at);
		if (rest.len == 0)
			return at;
	}
	if (!k->tail)
		line_add(k, rest, k->at + (off_t)at, false);
	return at;
}

static ssize_t
piece_read(int fd, uint8_t *p, size_t room, off_t at)
{
	ssize_t n;

	do
		n = pread(fd, p, room, at);
	while (n == -1 && errno == EINTR);
	return n;
}

/* Reads what was added to the file.  Returns false if there is no memory for it
 * now. */
static bool
read_on(struct keylog *k)
{
	uint8_t *p = vault_alloc(k->vault, CHUNK);
	ssize_t n;
	size_t done;

	if (p == NULL)
		return false;
	while ((n = piece_read(k->fd, p, CHUNK, k->at)) > 0) {
		done = lines_add(k, (struct view){ p, (size_t)n });
		if (done == 0 && (size_t)n == CHUNK) {
			k->malformed += !k->tail;
			k->tail = true;
			done = CHUNK;
		}
		k->at += (off_t)done;
		if ((size_t)n < CHUNK)
			break;
	}
	vault_free(p);
	return true;
}

static void
begin_anew(struct keylog *k, off_t size)
{
	if (k->at > 0)
		memset(k->buckets, 0, BUCKETS * sizeof(*k->buckets));
	k->at = size > (off_t)MAX_KEYLOG_READ ? size - (off_t)MAX_KEYLOG_READ : 0;
	k->tail = k->at > 0;		/* the line that at is inside of is skipped */
}

static void
refresh(struct keylog *k)
{
	struct stat st;

	if (fstat(k->fd, &st) == -1 || st.st_size == k->size || st.st_size >> 40 != 0)
		return;
	if (st.st_size < k->at)
		begin_anew(k, st.st_size);	/* it was truncated: it is a new log */
	if (read_on(k))
		k->size = st.st_size;
}

/* ---- Logs ---- */

struct keylog *
keylog_open(struct vault *v, int fd, const char *label)
{
	struct keylog *k = vault_alloc(v, sizeof(*k));
	struct stat st;

	if (k == NULL) {
		close(fd);
		return NULL;
	}
	*k = (struct keylog){ .fd = fd, .label = label, .vault = v };
	k->buckets = mmap(NULL, BUCKETS * sizeof(*k->buckets), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (k->buckets == MAP_FAILED) {
		k->buckets = NULL;
		keylog_close(k);
		return NULL;
	}
	if (getrandom(&k->seed, sizeof(k->seed), 0) != sizeof(k->seed))
		k->seed = 0;
	if (fstat(fd, &st) == 0)
		begin_anew(k, st.st_size);
	refresh(k);
	return k;
}

void
keylog_close(struct keylog *k)
{
	if (k == NULL)
		return;
	close(k->fd);
	if (k->buckets != NULL)
		munmap(k->buckets, BUCKETS * sizeof(*k->buckets));
	vault_free(k);
}

const char *
keylog_label(const struct keylog *k)
{
	return k->label;
}

uint64_t
keylog_malformed(const struct keylog *k)
{
	return k->malformed;
}

/* Reads the line at that offset again; the file may have changed. */
static bool
line_take(const struct keylog *k, off_t at, const uint8_t random[TLS_RANDOM],
    struct keylog_secrets *s)
{
	uint8_t text[MAX_KEYLOG_LINE + 1];
	const uint8_t *end;
	struct line l = { .len = 0 };
	ssize_t n = piece_read(k->fd, text, sizeof(text), at);
	bool ok = false;

	if (n > 0) {
		end = memchr(text, '\n', (size_t)n);
		ok = line_read((struct view){ text, end != NULL ? (size_t)(end - text) :
		    (size_t)n }, &l) == LINE_GOOD && memcmp(l.random, random, TLS_RANDOM) == 0;
	}
	if (ok && s->len[l.kind] == 0) {
		s->len[l.kind] = (uint8_t)l.len;
		memcpy(s->b[l.kind], l.secret, l.len);
	}
	explicit_bzero(text, sizeof(text));
	explicit_bzero(&l, sizeof(l));
	return ok;
}

bool
keylog_find(struct keylog *k, const uint8_t random[TLS_RANDOM], struct keylog_secrets *s)
{
	uint64_t h = hash(k, random), n;
	const struct bucket *b = bucket_of(k, h);
	bool found = false;

	refresh(k);
	n = b->n < SLOTS ? b->n : SLOTS;
	for (uint64_t i = 1; i <= n; i++) {
		uint64_t line = b->line[(b->n - i) % SLOTS];

		if ((line & ((1u << TAG_BITS) - 1)) == tag_of(h))
			found |= line_take(k, (off_t)(line >> TAG_BITS), random, s);
	}
	return found;
}
