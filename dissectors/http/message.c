/* message.c -- what is kept of HTTP messages; RFC 9112 5, 9.3. */
#include "http/message.h"

#include "base/limits.h"
#include "base/text.h"

#define STATUS_LINE	12	/* "HTTP/1.1 200" */

/* ---- Lines ---- */

/* Those that carry something first. */
static const char *const methods[] = {
	"POST ", "M-POST ", "GET ", "HEAD ", "OPTIONS ", "PUT ", "DELETE ", "PATCH ", "TRACE ",
	"CONNECT "
};
#define POSTS 2

/* Do these bytes, perhaps too few, begin a request of that method?  Its
 * target is a path, an absolute URI or "*", RFC 9112 3.2; but CONNECT's. */
static bool
asks(struct view v, const char *method)
{
	size_t n = strlen(method);

	if (memcmp(v.p, method, v.len < n ? v.len : n) != 0)
		return false;
	return v.len <= n || method[0] == 'C' ||
	    (v.p[n] != '\0' && strchr("/hH*", v.p[n]) != NULL);
}

/* And an answer? */
static bool
answers(struct view v)
{
	static const char like[STATUS_LINE + 1] = "HTTP/1.0 000";

	for (size_t i = 0; i < v.len && i < STATUS_LINE; i++)
		if (like[i] == '0' ? v.p[i] < '0' || v.p[i] > '9' : v.p[i] != like[i])
			return false;
	return true;
}

enum probe
start_line(struct view v, bool posts)
{
	const size_t n = posts ? POSTS : nitems(methods);

	if (v.len == 0)
		return PROBE_MORE;
	if (answers(v))
		return v.len < STATUS_LINE ? PROBE_MORE : PROBE_SERVER;
	for (size_t i = 0; i < n; i++)
		if (asks(v, methods[i]))
			return v.len <= strlen(methods[i]) ? PROBE_MORE : PROBE_CLIENT;
	return PROBE_NO;
}

/* They mean nothing before a message: RFC 9112 2.2. */
size_t
empty_lines(struct view v)
{
	size_t n = 0;

	while (n < v.len && (v.p[n] == '\r' || v.p[n] == '\n'))
		n++;
	return n;
}

size_t
line_len(struct view v)
{
	const uint8_t *lf = memchr(v.p, '\n', v.len);

	return lf != NULL ? (size_t)(lf - v.p) + 1 : v.len;
}

/* The first line of v, which is cut to what follows; without its LF. */
static struct view
next_line(struct view *v)
{
	const uint8_t *lf = v->len > 0 ? memchr(v->p, '\n', v->len) : NULL;
	struct view line = view_upto(*v, 0, lf != NULL ? (size_t)(lf - v->p) : v->len);

	*v = view_from(*v, line.len + 1);
	return line;
}

bool
head_versioned(struct view head)
{
	static const char like[] = " HTTP/1.";
	const size_t n = sizeof(like);	/* with the minor version */
	struct view line = text_trim(next_line(&head));

	return line.len > n && memcmp(line.p + line.len - n, like, n - 1) == 0;
}

/* ---- Fields ---- */

void
head_unfold(struct buf *head)
{
	for (size_t i = 1; i + 1 < head->len; i++)
		if (head->p[i] == '\n' && (head->p[i + 1] == ' ' || head->p[i + 1] == '\t')) {
			head->p[i] = ' ';
			if (head->p[i - 1] == '\r')
				head->p[i - 1] = ' ';
		}
}

struct view
http_field(const struct http_message *m, const char *name, size_t nth)
{
	const struct buf *head = m->fields;
	struct view left = buf_view(head), line, is;
	const uint8_t *colon;

	(void)next_line(&left);
	while (left.len > 0) {
		line = next_line(&left);
		if (line.len == 0 || (colon = memchr(line.p, ':', line.len)) == NULL)
			continue;
		is = text_trim(view_upto(line, 0, (size_t)(colon - line.p)));
		if (!text_is(is, name) || nth-- > 0)
			continue;
		is = text_trim(view_from(line, (size_t)(colon - line.p) + 1));
		return is.len > 0 ? is : (struct view){ colon, 0 };
	}
	return (struct view){ NULL, 0 };
}

bool
head_coded(const struct http_message *m)
{
	static const char *const codings[] = { "gzip", "x-gzip", "deflate" };
	struct view v = http_field(m, "Content-Encoding", 0);

	for (size_t i = 0; i < nitems(codings); i++)
		if (text_is(v, codings[i]))
			return true;
	return false;
}

/* ---- Exchanges ---- */

void
exchanges_init(struct exchanges *x, struct budget *b)
{
	*x = (struct exchanges){ .budget = b };
	TAILQ_INIT(&x->waiting);
}

static struct exchange *
exchange_new(struct exchanges *x)
{
	struct exchange *e = budget_calloc(x->budget, 1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->number = ++x->begun;
	e->held = 1;
	return e;
}

void
exchange_drop(struct exchange *e)
{
	if (e == NULL || --e->held > 0)
		return;
	budget_free(e->method);
	budget_free(e->target);
	budget_free(e->host);
	budget_free(e->agent);
	budget_free(e);
}

/* The oldest that waits; who takes it holds it. */
static struct exchange *
oldest(struct exchanges *x)
{
	struct exchange *e = TAILQ_FIRST(&x->waiting);

	TAILQ_REMOVE(&x->waiting, e, link);
	x->n--;
	return e;
}

bool
exchanges_forget(struct exchanges *x)
{
	if (x->n < MAX_HTTP_EXCHANGES)
		return false;
	exchange_drop(oldest(x));
	x->forgotten++;
	return true;
}

struct exchange *
exchange_ask(struct exchanges *x)
{
	struct exchange *e = exchange_new(x);

	if (e == NULL)
		return NULL;
	e->held++;
	TAILQ_INSERT_TAIL(&x->waiting, e, link);
	x->n++;
	return e;
}

/*
 * Answers come in the order of their requests (RFC 9112 9.3.2).  After lost
 * answers nobody knows how many there were; but hardly anyone sends a request
 * before the last one was answered, so the next answer is the newest's.
 */
struct exchange *
exchange_next(const struct exchanges *x)
{
	if (x->unsure)
		return TAILQ_LAST(&x->waiting, waiting);
	return x->forgotten > 0 ? NULL : TAILQ_FIRST(&x->waiting);
}

struct exchange *
exchange_answer(struct exchanges *x)
{
	struct exchange *e = exchange_next(x);

	if (x->unsure) {
		while (x->n > 1)
			exchange_drop(oldest(x));
		x->forgotten = 0;
		x->unsure = false;
	}
	if (x->forgotten > 0)
		x->forgotten--;
	return e != NULL ? oldest(x) : exchange_new(x);
}

void
exchanges_free(struct exchanges *x)
{
	while (x->n > 0)
		exchange_drop(oldest(x));
}

/* ---- Bodies ---- */

/* The buffer fills up to first + last + last; then its middle is dropped, so
 * that no byte is moved more than once on average. */
void
passing_init(struct passing *p, struct budget *b, struct http_want want)
{
	*p = (struct passing){ .want = want };
	buf_init(&p->buf, b, want.first + 2 * want.last);
}

void
passing_add(struct passing *p, struct view v)
{
	const size_t first = p->want.first, last = p->want.last;
	struct buf *b = &p->buf;

	p->total += v.len;
	while (v.len > 0 && !p->full) {
		struct view some = view_upto(v, 0, b->max - b->len);

		if (!buf_add(b, some)) {
			p->full = true;
			return;
		}
		v = view_from(v, some.len);
		if (v.len == 0 || b->len < b->max)
			return;
		if (last == 0)
			return;
		memmove(b->p + first, b->p + b->len - last, last);
		b->len = first + last;
	}
}

/* total bytes, of which kept are the beginning and the end. */
static struct http_body
ends(struct view kept, uint64_t total, struct http_want want, bool torn)
{
	struct http_body b = { .first = kept, .torn = torn };

	if (kept.len == total && total <= want.first + want.last)
		return b;
	b.first = view_upto(kept, 0, want.first);
	if (torn)
		return b;
	b.last = view_from(kept, kept.len - want.last);
	b.missing = total - b.first.len - b.last.len;
	return b;
}

struct http_body
passing_body(const struct passing *p, bool torn)
{
	return ends(buf_view(&p->buf), p->total, p->want, torn || p->full);
}

struct http_body
body_ends(struct view v, struct http_want want, bool torn)
{
	return ends(v, v.len, want, torn);
}
