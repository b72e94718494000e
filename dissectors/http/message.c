/* message.c -- start lines and header fields of HTTP messages; RFC 9112 2 to 5. */
#include "http/message.h"

#include "base/text.h"

#define STATUS_LINE	12	/* "HTTP/1.1 200" */

/* ---- Lines ---- */

/* Methods with a blank; those of requests that carry something stand first. */
static const char *const methods[] = {
	"POST ", "M-POST ", "GET ", "HEAD ", "OPTIONS ", "PUT ", "DELETE ", "PATCH ", "TRACE ",
	"CONNECT "
};
#define POSTS 2

/* Do these bytes, perhaps too few, begin a request of that method?  Its target
 * is a path, an absolute URI or "*" (RFC 9112 3.2), but CONNECT's is a host. */
static bool
is_request(struct view v, const char *method)
{
	size_t n = strlen(method);

	if (memcmp(v.p, method, v.len < n ? v.len : n) != 0)
		return false;
	return v.len <= n || method[0] == 'C' ||
	    (v.p[n] != '\0' && strchr("/hH*", v.p[n]) != NULL);
}

/* Do they begin a status line? */
static bool
is_response(struct view v)
{
	static const char like[STATUS_LINE + 1] = "HTTP/1.0 000";

	for (size_t i = 0; i < v.len && i < STATUS_LINE; i++)
		if (like[i] == '0' ? v.p[i] < '0' || v.p[i] > '9' : v.p[i] != (uint8_t)like[i])
			return false;
	return true;
}

enum probe_answer
start_line(struct view v, bool posts)
{
	const size_t n = posts ? POSTS : nitems(methods);

	if (v.len == 0)
		return PROBE_MORE;
	if (is_response(v))
		return v.len < STATUS_LINE ? PROBE_MORE : PROBE_SERVER;
	for (size_t i = 0; i < n; i++)
		if (is_request(v, methods[i]))
			return v.len <= strlen(methods[i]) ? PROBE_MORE : PROBE_CLIENT;
	return PROBE_NO;
}

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
	const uint8_t *lf = view_chr(v, '\n');

	return lf != NULL ? (size_t)(lf - v.p) + 1 : v.len;
}

/* Returns the first line of v without its LF, and cuts v to what follows it. */
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
		if (line.len == 0 || (colon = view_chr(line, ':')) == NULL)
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
