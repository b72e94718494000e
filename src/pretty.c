#include "pretty.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define KEY	"\033[2m"
#define STRONG	"\033[1;33m"
#define PLAIN	"\033[0m"

/* Values that a reader looks for first. */
static const char *const strong[] = {
	"event_type", "action", "name", "visibility", "command_line",
};

/* Text on its way out, gathered so that a record is a few writes. */
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

/* DEL, C1, and the marks that turn the reading direction. */
static bool
obeyed(uint32_t c)
{
	return (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* The character at s, which is valid UTF-8; *len is its length. */
static uint32_t
character(const char *s, size_t left, size_t *len)
{
	uint8_t b = (uint8_t)s[0];
	uint32_t c = b;

	*len = 1;
	if (b < 0xc0)
		return c;
	c = b & (b < 0xe0 ? 0x1f : b < 0xf0 ? 0x0f : 0x07);
	while (*len < left && ((uint8_t)s[*len] & 0xc0) == 0x80)
		c = c << 6 | ((uint8_t)s[(*len)++] & 0x3f);
	return c;
}

/* Length of the string literal at s, quotes included. */
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
	char code[8];
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		uint32_t c = character(s + i, n - i, &len);

		if (obeyed(c)) {
			snprintf(code, sizeof(code), "\\u%04x", (unsigned int)(c & 0xffff));
			put_str(p, code);
		} else
			put(p, s + i, len);
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
	bool marked = false;	/* the value that comes is a strong one */
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
