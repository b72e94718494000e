#include "engine/ledger.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/rb.h"
#include "base/reader.h"
#include "base/utf16.h"

#define MAX_TEXT	320		/* bytes of a cell with its NUL */

enum column { SESSIONS, CLIENT, SERVER, PROTO, ACCOUNT, RESULT, COLUMNS };

static const char *const titles[COLUMNS] = {
	"SESSIONS", "CLIENT", "SERVER", "PROTO", "ACCOUNT", "RESULT",
};

/* A row, with its text as it is printed.  The tree has them in printing
 * order. */
struct row {
	RB_ENTRY(row)	 link;
	uint64_t	 sessions;
	bool		 opened;
	struct addr	 client, server;
	uint16_t	 sport;
	const char	*proto;
	char		 who[MAX_TEXT], result[MAX_TEXT];
};
RB_HEAD(rows, row);

struct ledger {
	struct rows	 rows;
	size_t		 n;
	uint64_t	 more;		/* sessions that got no row */
};

static int
row_cmp(const struct row *a, const struct row *b)
{
	int c;

	if (a->opened != b->opened)
		return a->opened ? -1 : 1;
	if ((c = addr_cmp(&a->client, &b->client)) != 0)
		return c;
	if ((c = addr_cmp(&a->server, &b->server)) != 0)
		return c;
	if (a->sport != b->sport)
		return a->sport < b->sport ? -1 : 1;
	if ((c = strcmp(a->proto, b->proto)) != 0)
		return c;
	if ((c = strcmp(a->who, b->who)) != 0)
		return c;
	return strcmp(a->result, b->result);
}

RB_STATIC(rows, row, link, row_cmp)

struct ledger *
ledger_new(void)
{
	struct ledger *l = calloc(1, sizeof(*l));

	if (l != NULL)
		RB_INIT(&l->rows);
	return l;
}

void
ledger_free(struct ledger *l)
{
	struct row *r, *next;

	if (l == NULL)
		return;
	RB_FOREACH_SAFE(r, rows, &l->rows, next) {
		RB_REMOVE(rows, &l->rows, r);
		free(r);
	}
	free(l);
}

/* Writes text to out from index n on: bytes that are not printable as \xHH, and
 * dots for what does not fit. */
static void
show(char out[MAX_TEXT], size_t n, const char *text)
{
	static const char dots[] = "...";
	struct view v = view_str(text);
	size_t len, room;
	uint32_t c;
	bool plain;

	for (; v.len > 0; v = view_from(v, len)) {
		len = utf8_char(v, &c);
		plain = len > 0 && !utf8_is_control(c);
		if (!plain)
			len = 1;
		room = plain ? len : 4;
		if (n + room + sizeof(dots) > MAX_TEXT) {
			memcpy(out + n, dots, sizeof(dots));
			return;
		}
		if (plain)
			memcpy(out + n, v.p, len);
		else
			snprintf(out + n, room + 1, "\\x%02X", v.p[0]);
		n += room;
	}
	out[n] = '\0';
}

void
ledger_note(struct ledger *l, const struct peers *peers, const char *proto,
    const char *who, bool opened, const char *reason)
{
	const char *verdict = opened ? "opened with " : "not opened: ";
	struct row key = {
		.opened = opened, .client = peers->client, .server = peers->server,
		.sport = peers->sport, .proto = proto
	};
	struct row *r;

	if (l == NULL)
		return;
	show(key.who, 0, who != NULL ? who : "-");
	memcpy(key.result, verdict, strlen(verdict));
	show(key.result, strlen(verdict), reason);
	if ((r = RB_FIND(rows, &l->rows, &key)) == NULL) {
		if (l->n == MAX_LEDGER_ROWS || (r = malloc(sizeof(*r))) == NULL) {
			l->more++;
			return;
		}
		*r = key;
		RB_INSERT(rows, &l->rows, r);
		l->n++;
	}
	r->sessions++;
}	/* NOLINT(clang-analyzer-unix.Malloc): the tree has it */

/* ---- The table ---- */

/* Sets the cells of a row; those that are not strings yet are made in
 * numbers. */
static void
cells(const struct row *r, char numbers[PROTO][MAX_TEXT], const char *cell[COLUMNS])
{
	char server[ADDR_TEXT];

	snprintf(numbers[SESSIONS], MAX_TEXT, "%" PRIu64, r->sessions);
	addr_text(&r->client, numbers[CLIENT]);
	addr_text(&r->server, server);
	snprintf(numbers[SERVER], MAX_TEXT, r->server.v6 ? "[%s]:%u" : "%s:%u", server, r->sport);
	for (int i = SESSIONS; i < PROTO; i++)
		cell[i] = numbers[i];
	cell[PROTO] = r->proto;
	cell[ACCOUNT] = r->who;
	cell[RESULT] = r->result;
}

static struct row *
first(const struct ledger *l)
{
	struct row *r = RB_ROOT(&l->rows);

	while (r != NULL && RB_LEFT(r, link) != NULL)
		r = RB_LEFT(r, link);
	return r;
}

/* Returns how many characters the UTF-8 text has. */
static int
width(const char *s)
{
	int n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void
print_row(FILE *f, const char *const cell[COLUMNS], const int widths[COLUMNS])
{
	for (int i = 0; i < RESULT; i++)
		fprintf(f, "%s%*s  ", cell[i], widths[i] - width(cell[i]), "");
	fprintf(f, "%s\n", cell[RESULT]);
}

void
ledger_print(const struct ledger *l, FILE *f)
{
	char numbers[PROTO][MAX_TEXT];
	const char *cell[COLUMNS];
	int widths[COLUMNS];
	struct row *r;

	if (l->n == 0) {
		fprintf(f, "No session was seen that a secret could open.\n");
		return;
	}
	for (int i = 0; i < COLUMNS; i++)
		widths[i] = width(titles[i]);
	for (r = first(l); r != NULL; r = RB_NEXT(rows, &l->rows, r)) {
		cells(r, numbers, cell);
		for (int i = 0; i < RESULT; i++)
			if (width(cell[i]) > widths[i])
				widths[i] = width(cell[i]);
	}
	print_row(f, titles, widths);
	for (r = first(l); r != NULL; r = RB_NEXT(rows, &l->rows, r)) {
		cells(r, numbers, cell);
		print_row(f, cell, widths);
	}
	if (l->more > 0)
		fprintf(f, "%" PRIu64 " more sessions, for which the table has no room.\n", l->more);
}
