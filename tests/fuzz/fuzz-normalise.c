/* fuzz-normalise.c -- a command line, into plain form, its template, and what hides in it. */
#include <stdlib.h>

#include "detect/obfuscation.h"
#include "detect/normalise.h"
#include "detect/path.h"
#include "detect/template.h"
#include "base/utf16.h"

#define GROWTH	64	/* the longest value of a variable, for its shortest name */

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* May another round find something?  What is made of variables' pieces is left after a few. */
static bool
has_reference(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] == '%' || v.p[i] == '!' || v.p[i] == '$')
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct view text = { data, len };
	struct findings f;
	struct budget budget;
	struct buf one, two;

	budget_init(&budget, NULL, 64u << 20);
	buf_init(&one, &budget, GROWTH * len);
	buf_init(&two, &budget, GROWTH * len);
	if (!normalise_text(text, &one) || (utf8_valid(text) && !utf8_valid(buf_view(&one))))
		abort();
	if (utf8_valid(text) && !has_reference(text) && (one.len > len || !normalise_text(buf_view(&one), &two) ||
	    two.len != one.len || (one.len > 0 && memcmp(one.p, two.p, one.len) != 0)))
		abort();
	if (path_place(buf_view(&one)) > PLACE_WEB || path_base(buf_view(&one)).len > one.len ||
	    path_extension(buf_view(&one)).len > one.len)
		abort();
	(void)path_program(buf_view(&one));
	buf_free(&two);
	if (!command_template(text, &two) || (utf8_valid(text) && !utf8_valid(buf_view(&two))))
		abort();
	findings_init(&f);
	obfuscation_judge(&f, text);
	if (utf8_valid(text) && (!utf8_valid(view_str(found_detail(&f, R_OBFUSCATED))) ||
	    !utf8_valid(view_str(found_detail(&f, R_ENCODED_COMMAND)))))
		abort();
	buf_free(&one);
	buf_free(&two);
	if (budget.used != 0)
		abort();	/* a leak */
	return 0;
}
