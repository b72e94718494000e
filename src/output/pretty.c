#include "output/pretty.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/utf16.h"

#define KEY	"\033[2m"
#define STRONG	"\033[1;33m"
#define PLAIN	"\033[0m"

/* Keys whose values a reader looks for first. */
static const char *const strong[] = {
	"event_type", "action", "name", "visibility", "command_line", "script",
};

/* The output, gathered in a buffer so that a record takes few writes. */
struct page {
	char	  buf[4096];
	size_t	  n;
	bool	  colour;
	int	  depth;
	void	(*out)(void *arg, const char *, size_t);
	void	 *arg;
};

static void
flush(struct page *p)
{
	if (p->n > 0)
		p->out(p->arg, p->buf, p->n);
	p->n = 0;
}

static void
put(struct page *p, const char *s, size_t n)
{
	assert(s != NULL);
	for (size_t i = 0; i < n; i++) {
		if (p->n == sizeof(p->buf))
			flush(p);
		p->buf[p->n++] = s[i];
	}
}

static void
put_str(struct page *p, const char *s)
{
	put(p, s, strlen(s));
}

static void
paint(struct page *p, const char *how)
{
	if (p->colour)
		put_str(p, how);
}

static void
line_break(struct page *p)
{
	put_str(p, "\n");
	for (int i = 0; i < p->depth; i++)
		put_str(p, "  ");
}

/* Returns the length of the JSON string at s, quotes included. */
static size_t
literal(const char *s, size_t left)
{
	size_t n = 1;

	while (n < left && s[n] != '"')
		n += s[n] == '\\' && n + 1 < left ? 2 : 1;
	return n < left ? n + 1 : left;
}

static void
put_text(struct page *p, const char *s, size_t n)
{
	struct view v = { (const uint8_t *)s, n };
	char code[8];
	uint32_t c;
	size_t len;

	for (; (len = utf8_char(v, &c)) > 0; v = view_from(v, len)) {
		if (utf8_is_control(c)) {
			snprintf(code, sizeof(code), "\\u%04x", (unsigned int)(c & 0xffff));
			put_str(p, code);
		} else
			put(p, (const char *)v.p, len);
	}
}

static bool
is_strong(const char *key, size_t n)
{
	for (size_t i = 0; i < sizeof(strong) / sizeof(strong[0]); i++)
		if (n == strlen(strong[i]) + 2 && memcmp(key + 1, strong[i], n - 2) == 0)
			return true;
	return false;
}

void
pretty_line(const char *s, size_t len, bool colour,
    void (*out)(void *, const char *, size_t), void *arg)
{
	struct page p = { .colour = colour, .out = out, .arg = arg };
	bool marked = false;	/* the next value is one of the strong keys */
	size_t n;

	while (len > 0 && s[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len; i += n) {
		n = 1;
		switch (s[i]) {
		case '{':
		case '[':
			put(&p, s + i, 1);
			p.depth++;
			line_break(&p);
			break;
		case '}':
		case ']':
			p.depth--;
			line_break(&p);
			put(&p, s + i, 1);
			break;
		case ',':
			put(&p, s + i, 1);
			line_break(&p);
			break;
		case ':':
			put_str(&p, ": ");
			break;
		case '"':
			n = literal(s + i, len - i);
			if (i + n < len && s[i + n] == ':') {
				marked = is_strong(s + i, n);
				paint(&p, KEY);
				put_text(&p, s + i, n);
				paint(&p, PLAIN);
				break;
			}
			if (marked)
				paint(&p, STRONG);
			put_text(&p, s + i, n);
			if (marked)
				paint(&p, PLAIN);
			marked = false;
			break;
		default:
			put(&p, s + i, 1);
		}
	}
	put_str(&p, "\n\n");
	flush(&p);
}
