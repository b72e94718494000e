#include "detect/obfuscation.h"

#include <ctype.h>

#include "detect/confusables.h"
#include "base/hex.h"
#include "base/text.h"
#include "base/utf16.h"

/*
 * Each of these functions looks for one kind of obfuscation and returns the part
 * of the text that shows it, or an empty view.  One is enough, so none may fire
 * on what administrators type: a caret before "&", a quote around a path, a date
 * cut out of %date%.
 */
typedef struct view	 look(struct view);

static const struct view nothing = { NULL, 0 };

static uint8_t
at(struct view v, size_t n)
{
	return n < v.len ? v.p[n] : '\0';
}

static uint8_t
before(struct view v, size_t n)
{
	return n > 0 && n <= v.len ? v.p[n - 1] : '\0';
}

static bool
word_char(uint8_t c)
{
	return isalnum(c) || c == '_';
}

static bool
one_of(uint8_t c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Returns the text around n, for the detail of a finding. */
static struct view
around(struct view v, size_t n)
{
	size_t from = n;

	while (from > 0 && n - from < MAX_DETAIL / 3 && !isspace(v.p[from - 1]))
		from--;
	while (from < n && (v.p[from] & 0xc0) == 0x80)
		from++;
	return view_from(v, from);
}

/* Returns the length of word at the beginning of v, or 0.  Case is ignored, and so
 * are marks inside it that the shells remove. */
static size_t
strewn(struct view v, const char *word)
{
	size_t n = 0;

	for (; *word != '\0'; word++, n++) {
		for (int marks = 0; marks < 4 && one_of(at(v, n), "^`\""); marks++)
			n++;
		if (tolower(at(v, n)) != *word)
			return 0;
	}
	return n;
}

/* ---- cmd.exe ---- */

/* w^ho^ami, ^/c: where nothing needs to be escaped. */
static struct view
carets(struct view v)
{
	unsigned int seen = 0;
	bool quoted = false;

	for (size_t i = 0; i < v.len; i++) {
		uint8_t next = at(v, i + 1), last = before(v, i);

		quoted ^= v.p[i] == '"';
		if (v.p[i] != '^' || quoted)
			continue;
		if (word_char(next) ? word_char(last) || last == '^' || last == '"' :
		    (next == '/' || next == '-') && isalpha(at(v, i + 2)))
			if (++seen == 2)
				return around(v, i);
	}
	return nothing;
}

/* w"h"oami, po""wer""shell; 'n'e't in one word. */
static struct view
quotes(struct view v)
{
	unsigned int seen = 0, single = 0;

	for (size_t i = 0; i < v.len; i++) {
		uint8_t last = before(v, i), next = at(v, i + 1);

		if (!word_char(v.p[i]) && v.p[i] != '"' && v.p[i] != '\'')
			seen = single = 0;	/* another word */
		if (v.p[i] == '"' && next == '"') {
			next = at(v, i + 2);
			i++;
		}
		if (!isalnum(last) || !isalnum(next))
			continue;
		seen += v.p[i] == '"';
		single += v.p[i] == '\'';
		if (seen == 2 || single == 2)
			return around(v, i);
	}
	return nothing;
}

/* Dates and times are cut into pieces in every other batch file. */
static bool
of_time(struct view name)
{
	for (size_t i = 0; i < name.len; i++)
		if (text_begins(view_from(name, i), "date") || text_begins(view_from(name, i), "time"))
			return true;
	return text_is(name, "dt") || text_is(name, "now") || text_is(name, "today") ||
	    text_is(name, "year");
}

/* %comspec:~0,1%: words put together from letters of variables. */
static struct view
pieces(struct view v)
{
	unsigned int seen = 0;
	size_t from = 0;

	for (size_t i = 0; i < v.len; i++) {
		if (v.p[i] == '%' || v.p[i] == '!')
			from = i + 1;
		if (v.p[i] != ':' || at(v, i + 1) != '~' || i - from > 64 || from == 0 || i == from ||
		    of_time(view_upto(v, from, i - from)))
			continue;
		if (++seen == 2)
			return around(v, i);
	}
	return nothing;
}

/* set a=pow&&set b=ershell&&call %a%%b% */
static struct view
set_and_joined(struct view v)
{
	unsigned int sets = 0;

	for (size_t i = 0; i < v.len; i++) {
		struct view rest = view_from(v, i);
		size_t n = 1;

		if (!word_char(before(v, i)) && strewn(rest, "set ") != 0)
			sets++;
		if (sets < 2 || (v.p[i] != '%' && v.p[i] != '!'))
			continue;
		while (n < 32 && word_char(at(rest, n)))
			n++;
		if (n > 1 && at(rest, n) == v.p[i] && at(rest, n + 1) == v.p[i] &&
		    word_char(at(rest, n + 2)))
			return around(v, i);
	}
	return nothing;
}

/* ";,;cmd,;/c": delimiters that work like a blank. */
static struct view
delimiters(struct view v)
{
	size_t blanks = 0, commas = 0, semicolons = 0;

	for (size_t i = 0; i < v.len; i++) {
		blanks = v.p[i] == ' ' || v.p[i] == '\t' ? blanks + 1 : 0;
		if (blanks == 128)
			return around(v, i);
		if (blanks > 0)
			continue;
		commas += v.p[i] == ',';
		semicolons += v.p[i] == ';';
		if (v.p[i] != ',' && v.p[i] != ';')
			commas = semicolons = 0;
		if (commas > 0 && semicolons > 0 && commas + semicolons == 3)
			return around(v, i);
	}
	return nothing;
}

/* ---- PowerShell and scripts ---- */

/* In`Vo`ke, but not the escapes that mean something: `n, `t. */
static struct view
backticks(struct view v)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] == '`' && isalpha(before(v, i)) && isalpha(at(v, i + 1)) &&
		    !one_of(at(v, i + 1), "abefnrtuv") && ++seen == 2)
			return around(v, i);
	return nothing;
}

static size_t
skip_blanks(struct view v, size_t n)
{
	while (one_of(at(v, n), " \t\r\n"))
		n++;
	return n;
}

/* "{2}{0}{1}" -f 'b','c','a': pieces in another order. */
static struct view
formats(struct view v)
{
	for (size_t i = 0, end; i < v.len; i = end) {
		unsigned int holes = 0, last = 0;
		bool disorder = false;

		end = i + 1;
		if ((v.p[i] != '"' && v.p[i] != '\'') || skip_blanks(v, end) != end)
			continue;
		for (; end < v.len && (v.p[end] == '{' || v.p[end] == '}' || isalnum(v.p[end])); end++)
			if (v.p[end] == '{' && isdigit(at(v, end + 1))) {
				unsigned int n = at(v, end + 1) - '0';

				if (isdigit(at(v, end + 2)))
					n = n * 10 + at(v, end + 2) - '0';
				disorder |= holes > 0 && n < last;
				last = n;
				holes++;
			}
		if (holes < 2 || at(v, end) != v.p[i])
			continue;
		end = skip_blanks(v, end + 1);
		if (!text_begins(view_from(v, end), "-f"))
			continue;
		end = skip_blanks(v, end + 2);
		end = at(v, end) == '(' ? skip_blanks(v, end + 1) : end;
		if ((disorder || holes > 4) && one_of(at(v, end), "'\""))
			return view_from(v, i);
	}
	return nothing;
}

/* ('Down'+'load'+'String'), &('ie'+'x'): words that are written in parts. */
static struct view
joined(struct view v)
{
	unsigned int seen = 0;

	for (size_t i = 0; i < v.len; i++) {
		size_t n;

		if ((v.p[i] == '&' || v.p[i] == '.') && at(v, n = skip_blanks(v, i + 1)) == '(' &&
		    one_of(at(v, skip_blanks(v, n + 1)), "'\""))
			seen = 1;
		if (!one_of(v.p[i], "'\"") || !isalpha(before(v, i)))
			continue;
		n = skip_blanks(v, i + 1);
		if (at(v, n) != '+' && at(v, n) != '&')
			continue;
		n = skip_blanks(v, n + 1);
		if (at(v, n) == v.p[i] && isalpha(at(v, n + 1)) && ++seen == 2)
			return around(v, i);
	}
	return nothing;
}

/* Functions that are used to make text from numbers or from other text. */
static struct view
made_of_numbers(struct view v)
{
	static const struct {
		const char	*text;
		unsigned int	 points;	/* four are enough */
	} signs[] = {
		{ "[char]", 1 }, { "[char[]]", 2 }, { "-join", 1 }, { "chr(", 1 }, { "chrw(", 1 },
		{ "-bxor", 4 }, { "fromcharcode(", 2 }, { "tochararray(", 1 }, { "]::reverse(", 3 },
		{ "righttoleft", 4 }, { "[convert]::toint", 2 }, { "-split", 1 }, { "[-1..-", 4 },
		{ "strreverse(", 4 }, { "$env:comspec[", 4 }, { "$pshome[", 4 }, { "$shellid[", 4 },
		{ "*mdr*", 4 }, { "preference.tostring()[", 4 },
	};
	unsigned int points = 0;

	for (size_t i = 0; i < v.len; i++) {
		const char first = (char)tolower(v.p[i]);

		for (size_t s = 0; s < nitems(signs); s++)
			if (first == signs[s].text[0] && text_begins(view_from(v, i), signs[s].text) &&
			    (points += signs[s].points) >= 4)
				return around(v, i);
	}
	return nothing;
}

/* ---- Characters ---- */

/* Returns the length of the base64 (or similar) at the beginning of v. */
static size_t
base64_run(struct view v)
{
	size_t n = 0;

	while (n < v.len && (isalnum(v.p[n]) || one_of(v.p[n], "+/=")))
		n++;
	return n;
}

/*
 * Counts changes of case in a word that neither CamelCase nor an abbreviation
 * has: a single lower-case letter inside, or capitals after lower-case letters
 * that do not begin a word.
 */
static unsigned int
odd_changes(struct view word)
{
	unsigned int odd = 0;
	size_t start = 0;

	for (size_t i = 1; i <= word.len; i++) {
		bool upper = isupper(word.p[start]);

		if (i < word.len && !isupper(word.p[i]) == !upper)
			continue;
		if (start > 0)
			odd += upper ? (i - start > 1) != (i == word.len) : i - start == 1;
		start = i;
	}
	return odd;
}

/* pOwErShElL */
static struct view
random_case(struct view v)
{
	unsigned int words = 0, odd;
	size_t n;

	for (size_t i = 0; i < v.len; i += n) {
		size_t run = base64_run(view_from(v, i));

		for (n = 0; isalpha(at(v, i + n)); n++)
			;
		if (run > 40 || n == 0 || isdigit(at(v, i + n)) || isdigit(before(v, i))) {
			n = run > n ? run : n + 1;
			continue;
		}
		if (n < 6 || one_of(before(v, i), "\\%"))
			continue;
		odd = odd_changes(view_upto(v, i, n));
		words += odd > 1;
		if (odd > 3 || words == 2)
			return around(v, i);
	}
	return nothing;
}

/* Confusable characters, where they change how the text is read. */
static struct view
doubles(struct view v)
{
	uint32_t c, ascii;
	size_t n;

	for (size_t i = 0; i < v.len; i += n) {
		uint8_t last = before(v, i), next;

		if (v.p[i] < 0x80 || (n = utf8_char(view_from(v, i), &c)) == 0) {
			n = 1;
			continue;
		}
		next = at(v, i + n);
		switch (confusable(c, &ascii)) {
		case CONFUSABLE_DASH:
			if (!isalpha(next) || (last != '\0' && !one_of(last, " \t\"'")))
				continue;
			break;
		case CONFUSABLE_LETTER:
			if (c < 0x100 || (!isalpha(last) && !isalpha(next)))
				continue;
			break;
		case CONFUSABLE_INVISIBLE:
			if (c == 0xad || (c >= 0xfe00 && c <= 0xfe0f) || i == 0 ||
			    (c != 0x202e && !isalnum(last) && !isalnum(next)))
				continue;
			break;
		case CONFUSABLE_BLANK:
		case CONFUSABLE_QUOTE:
		case CONFUSABLE_SLASH:
		case CONFUSABLE_OWN:
			continue;
		}
		return around(v, i);
	}
	return nothing;
}

/* Returns the value of the n digits of base at p, or -1 when they are not digits. */
static int
code(struct view v, size_t from, size_t n, bool hex)
{
	int value = 0;

	for (size_t i = from; i < from + n; i++) {
		int digit = hex_digit(at(v, i)), base = hex ? 16 : 10;

		if (digit < 0 || digit >= base)
			return -1;
		value = value * base + digit;
	}
	return value;
}

/* \x41\x42, \u0041, %41%42, &#65;: letters that need no escape. */
static struct view
escapes(struct view v)
{
	unsigned int seen = 0;

	for (size_t i = 0; i + 2 < v.len; i++) {
		uint8_t next = v.p[i + 1];
		int c = -1;

		if (v.p[i] == '\\' && (next == 'x' || next == 'X'))
			c = code(v, i + 2, 2, true);
		else if (v.p[i] == '\\' && next == 'u')
			c = code(v, i + 2, 4, true);
		else if (v.p[i] == '%')
			c = code(v, i + 1, 2, true);
		else if (v.p[i] == '&' && next == '#')
			c = at(v, i + 2) == 'x' ? code(v, i + 3, 2, true) :
			    code(v, i + 2, at(v, i + 4) == ';' ? 2 : 3, false);
		if (c > 0 && c < 0x80 && isalnum(c) && ++seen == 5)
			return around(v, i);
	}
	return nothing;
}

/* http://3232235777/, \\0x7f000001\c$, 0300.0250.1.1: unusual forms of an IP address. */
static struct view
address(struct view v)
{
	for (size_t i = 2; i < v.len; i++) {
		struct view host = view_from(v, i);
		size_t n = 0, digits = 0, dots = 0, odd = 0;
		bool hex = false;

		if (!(before(v, i) == '/' && v.p[i - 2] == '/') &&
		    !(before(v, i) == '\\' && v.p[i - 2] == '\\'))
			continue;
		if (!isdigit(at(host, 0)))
			continue;
		for (; n < 48 && (isxdigit(at(host, n)) || one_of(at(host, n), ".xX")); n++) {
			bool part = n == 0 || host.p[n - 1] == '.';

			dots += host.p[n] == '.';
			digits += isdigit(host.p[n]) != 0;
			odd += part && host.p[n] == '0' && isxdigit(at(host, n + 1));
			if (part && host.p[n] == '0' && (at(host, n + 1) | 0x20) == 'x')
				hex = true, odd++;
		}
		if (n == 48 || (n < host.len && !one_of(host.p[n], ":/\\@ \"'")))
			continue;
		if ((dots == 0 && ((hex && n == 10) || (digits == n && (n == 9 || n == 10)))) ||
		    (dots == 3 && odd > 1))
			return around(v, i);
	}
	return nothing;
}

/* Hardly a letter or a digit; lines drawn with one character do not count. */
static struct view
symbols(struct view v)
{
	size_t signs = 0, all = 0;

	for (size_t i = 0; i < v.len; i++) {
		if (isspace(v.p[i]) || (i > 0 && v.p[i] == v.p[i - 1] && !isalnum(v.p[i])))
			continue;
		all++;
		signs += ispunct(v.p[i]) != 0;
	}
	return all >= 100 && signs * 20 > all * 11 ? v : nothing;
}

/* ---- -EncodedCommand ---- */

/* Returns the length of the mark that begins a switch, or 0. */
static size_t
dash(struct view v)
{
	uint32_t c, ascii;
	size_t n = utf8_char(v, &c);

	if (n == 0 || (c != '/' && c != '-' && confusable(c, &ascii) != CONFUSABLE_DASH))
		return 0;
	return n;
}

/* Returns the place behind -e, -ec, -enc … -encodedcommand and the separator of its
 * value, or 0. */
static size_t
encoded_switch(struct view v)
{
	static const char full[] = "encodedcommand";
	size_t n = dash(v), letters = 0, end;

	if (n == 0)
		return 0;
	for (; letters < sizeof(full); n++) {
		int c = tolower(at(v, n));

		if (one_of((uint8_t)c, "^`\"'"))
			continue;
		if (letters == 1 && c == 'c' && !isalpha(at(v, n + 1))) {
			n++;		/* -ec */
			break;
		}
		if (c == '\0' || c != full[letters])
			break;
		letters++;
	}
	if (letters == 0)
		return 0;
	for (end = n; one_of(at(v, end), " \t:^`\"'\r\n"); end++)
		;
	return end > n ? end : 0;
}

/* Returns whether v begins with base64 of a text in UTF-16, which its zero bytes
 * show, so that the name of the program does not matter. */
static bool
encoded_value(struct view v, bool powershell)
{
	size_t n = 0, run = 0, zeros = 0;

	for (; n < 256 && n < v.len && (isalnum(v.p[n]) || one_of(v.p[n], "+/=^")); n++) {
		run += v.p[n] != '^';
		zeros += v.p[n] == 'A';
	}
	if (n < 256 && n < v.len && one_of(v.p[n], ".:\\-_$("))
		return false;
	return run >= 16 && (powershell || (run >= 32 && zeros * 8 > run));
}

static struct view
encoded_command(struct view v)
{
	bool powershell = false;
	size_t n;

	for (size_t i = 0; i < v.len; i++) {
		struct view rest = view_from(v, i);

		if (tolower(v.p[i]) == 'p')
			powershell |= strewn(rest, "powers") != 0 || strewn(rest, "pwsh") != 0;
		if (i > 0 && !one_of(v.p[i - 1], " \t\r\n\"'^`,("))
			continue;
		if ((n = encoded_switch(rest)) != 0 && encoded_value(view_from(rest, n), powershell))
			return rest;
	}
	return nothing;
}

/* ---- The whole ---- */

void
obfuscation_judge(struct findings *f, struct view text)
{
	static look *const looks[] = {
		carets, quotes, pieces, set_and_joined, delimiters, backticks, formats, joined,
		made_of_numbers, random_case, doubles, escapes, address, symbols,
	};
	struct view seen = encoded_command(text);

	if (seen.len > 0)
		found(f, R_ENCODED_COMMAND, seen);
	for (size_t i = 0; i < nitems(looks) && !f->has[R_OBFUSCATED]; i++)
		if ((seen = looks[i](text)).len > 0)
			found(f, R_OBFUSCATED, seen);
}
