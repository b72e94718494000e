#include "detect/confusables.h"

#include "base/reader.h"

/*
 * The dashes, quotation marks and blanks are those that PowerShell and the C
 * runtime take for ASCII's, and those that Windows' best-fit tables
 * (bestfit1252.txt and its like) turn into them.  Sorted.
 */
static const struct range {
	uint32_t	 first, last;
	enum confusable_kind	 looks;
	uint8_t		 ascii;
} ranges[] = {
	{ 0x0085, 0x0085, CONFUSABLE_BLANK, ' ' },
	{ 0x00a0, 0x00a0, CONFUSABLE_BLANK, ' ' },
	{ 0x00ad, 0x00ad, CONFUSABLE_INVISIBLE, 0 },
	{ 0x02b9, 0x02b9, CONFUSABLE_QUOTE, '\'' },
	{ 0x02ba, 0x02ba, CONFUSABLE_QUOTE, '"' },
	{ 0x02bb, 0x02bd, CONFUSABLE_QUOTE, '\'' },
	{ 0x02c8, 0x02c8, CONFUSABLE_QUOTE, '\'' },
	{ 0x02d7, 0x02d7, CONFUSABLE_DASH, '-' },
	{ 0x034f, 0x034f, CONFUSABLE_INVISIBLE, 0 },
	{ 0x061c, 0x061c, CONFUSABLE_INVISIBLE, 0 },
	{ 0x115f, 0x1160, CONFUSABLE_INVISIBLE, 0 },
	{ 0x1680, 0x1680, CONFUSABLE_BLANK, ' ' },
	{ 0x17b4, 0x17b5, CONFUSABLE_INVISIBLE, 0 },
	{ 0x180b, 0x180e, CONFUSABLE_INVISIBLE, 0 },
	{ 0x2000, 0x200a, CONFUSABLE_BLANK, ' ' },
	{ 0x200b, 0x200f, CONFUSABLE_INVISIBLE, 0 },
	{ 0x2010, 0x2015, CONFUSABLE_DASH, '-' },
	{ 0x2018, 0x201b, CONFUSABLE_QUOTE, '\'' },
	{ 0x201c, 0x201f, CONFUSABLE_QUOTE, '"' },
	{ 0x2028, 0x2029, CONFUSABLE_BLANK, ' ' },
	{ 0x202a, 0x202e, CONFUSABLE_INVISIBLE, 0 },
	{ 0x202f, 0x202f, CONFUSABLE_BLANK, ' ' },
	{ 0x2032, 0x2032, CONFUSABLE_QUOTE, '\'' },
	{ 0x2033, 0x2033, CONFUSABLE_QUOTE, '"' },
	{ 0x2035, 0x2035, CONFUSABLE_QUOTE, '\'' },
	{ 0x2036, 0x2036, CONFUSABLE_QUOTE, '"' },
	{ 0x2043, 0x2043, CONFUSABLE_DASH, '-' },
	{ 0x2044, 0x2044, CONFUSABLE_SLASH, '/' },
	{ 0x205f, 0x205f, CONFUSABLE_BLANK, ' ' },
	{ 0x2060, 0x206f, CONFUSABLE_INVISIBLE, 0 },
	{ 0x2212, 0x2212, CONFUSABLE_DASH, '-' },
	{ 0x2215, 0x2215, CONFUSABLE_SLASH, '/' },
	{ 0x2216, 0x2216, CONFUSABLE_SLASH, '\\' },
	{ 0x275b, 0x275c, CONFUSABLE_QUOTE, '\'' },
	{ 0x275d, 0x275e, CONFUSABLE_QUOTE, '"' },
	{ 0x29f5, 0x29f5, CONFUSABLE_SLASH, '\\' },
	{ 0x29f8, 0x29f8, CONFUSABLE_SLASH, '/' },
	{ 0x3000, 0x3000, CONFUSABLE_BLANK, ' ' },
	{ 0x301d, 0x301f, CONFUSABLE_QUOTE, '"' },
	{ 0x3164, 0x3164, CONFUSABLE_INVISIBLE, 0 },
	{ 0xfe00, 0xfe0f, CONFUSABLE_INVISIBLE, 0 },
	{ 0xfe58, 0xfe58, CONFUSABLE_DASH, '-' },
	{ 0xfe63, 0xfe63, CONFUSABLE_DASH, '-' },
	{ 0xfe68, 0xfe68, CONFUSABLE_SLASH, '\\' },
	{ 0xfeff, 0xfeff, CONFUSABLE_INVISIBLE, 0 },
	{ 0xff02, 0xff02, CONFUSABLE_QUOTE, '"' },
	{ 0xff07, 0xff07, CONFUSABLE_QUOTE, '\'' },
	{ 0xff0d, 0xff0d, CONFUSABLE_DASH, '-' },
	{ 0xff0f, 0xff0f, CONFUSABLE_SLASH, '/' },
	{ 0xff3c, 0xff3c, CONFUSABLE_SLASH, '\\' },
	{ 0xffa0, 0xffa0, CONFUSABLE_INVISIBLE, 0 },
	{ 0xfff9, 0xfffb, CONFUSABLE_INVISIBLE, 0 },
	{ 0xe0000, 0xe0fff, CONFUSABLE_INVISIBLE, 0 },
};

/* Ranges of letters and digits in other shapes; a blank: that character is not
 * one.  Sorted. */
static const struct run {
	uint32_t	 first;
	const char	*ascii;
} runs[] = {
	{ 0x00aa, "a" },
	{ 0x00b2, "23" },
	{ 0x00b9, "1o" },
	{ 0x02b0, "h jr   wy" },
	{ 0x02e1, "lsx" },
	{ 0x1d2c, "a b de ghijklmn o prtuwa" },
	{ 0x1d47, "bde   g km o   ptu  v" },
	{ 0x1d62, "iruv" },
	{ 0x2070, "0i  456789+-=()n" },
	{ 0x2080, "0123456789+-=() aeox hklmnpst" },
	{ 0x24b6, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz" },
	{ 0x2c7c, "jv" },
};

static bool
letter(uint32_t c, uint32_t *ascii)
{
	if (c >= 0xff01 && c <= 0xff5e) {	/* full-width forms */
		*ascii = c - 0xfee0;
		return true;
	}
	if (c >= 0x1d400 && c < 0x1d6a4) {	/* mathematical letters: alphabets of both cases */
		*ascii = 'a' + (c - 0x1d400) % 26;
		return true;
	}
	if (c >= 0x1d7ce && c < 0x1d800) {	/* and their digits */
		*ascii = '0' + (c - 0x1d7ce) % 10;
		return true;
	}
	for (size_t i = 0; i < nitems(runs); i++)
		if (c >= runs[i].first && c - runs[i].first < strlen(runs[i].ascii)) {
			*ascii = (uint32_t)runs[i].ascii[c - runs[i].first];
			return *ascii != ' ';
		}
	return false;
}

enum confusable_kind
confusable(uint32_t c, uint32_t *ascii)
{
	if (c >= 0x80)
		for (size_t i = 0; i < nitems(ranges) && ranges[i].first <= c; i++)
			if (c <= ranges[i].last) {
				*ascii = ranges[i].ascii;
				return ranges[i].looks;
			}
	if (c >= 0x80 && letter(c, ascii))
		return CONFUSABLE_LETTER;
	*ascii = c;
	return CONFUSABLE_OWN;
}
