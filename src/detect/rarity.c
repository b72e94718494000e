#include "detect/rarity.h"

#include <ctype.h>
#include <stdio.h>

#include "base/decode-text.h"
#include "base/digest.h"
#include "base/limits.h"
#include "detect/template.h"

#define MAX_TUPLE	512		/* bytes of a text that is looked up; the baseline keeps less */
#define MAX_HASH	65		/* its SHA-256 in hex */

/* The texts of a fact's tuples; empty where it has none. */
struct tuples {
	char		 text[TUPLES][MAX_TUPLE];
};

static const struct {
	const char	*name;
	enum rule	 first;		/* the rule for a new one; R_MAX: none */
} kinds[TUPLES] = {
	[TUPLE_COMMAND] = { "command", R_FIRST_COMMAND },
	[TUPLE_TASK] = { "task", R_MAX },
	[TUPLE_PAIR] = { "pair", R_FIRST_PAIR },
	[TUPLE_USER] = { "user", R_FIRST_USER },
	[TUPLE_INTERFACE] = { "interface", R_FIRST_INTERFACE },
};

static void
lower(char *s)
{
	for (; *s != '\0'; s++)
		*s = (char)tolower((unsigned char)*s);
}

static const char *
first_of(const struct fact *o, const enum field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fact_get(o, fields[i]) != NULL)
			return fact_get(o, fields[i]);
	return NULL;
}

static void
keep(char out[MAX_TUPLE], struct view text)
{
	text = text_upto(text, MAX_TUPLE - 1);
	memcpy(out, text.p, text.len);
	out[text.len] = '\0';
}

/* Adds one text that is run, if there is one.  Returns whether it fits. */
static bool
join(struct buf *out, const char *text)
{
	return text == NULL || ((out->len == 0 || buf_add(out, view_str(" & "))) &&
	    buf_add(out, view_str(text)));
}

/* All that the fact runs together: a known command must not excuse another one
 * beside it. */
static bool
what_it_runs(const struct fact *o, struct buf *out)
{
	if (!join(out, fact_get(o, F_CMD_LINE)) || !join(out, fact_get(o, F_CMD_SCRIPT)))
		return false;
	for (unsigned int i = 0; i == 0 || i < fact_count(o, F_ACT_TYPE); i++)
		if (!join(out, fact_elem(o, F_ACT_COMMAND_LINE, i)) ||
		    !join(out, fact_elem(o, F_ACT_CLASS_ID, i)))
			return false;
	return out->len > 0;
}

/* The beginning of the template and, where there is more, a hash of all of it. */
static void
command_tuple(const struct fact *o, struct budget *b, char out[MAX_TUPLE])
{
	struct buf lines, template;
	struct view text;
	size_t n;

	buf_init(&lines, b, MAX_SCRIPT_TEXT);
	buf_init(&template, b, 4 * MAX_SCRIPT_TEXT);
	if (what_it_runs(o, &lines) && command_template(buf_view(&lines), &template) &&
	    template.len > 0) {
		text = buf_view(&template);
		if (text.len < MAX_TUPLE)
			keep(out, text);
		else {
			n = text_upto(text, MAX_TUPLE - MAX_HASH).len;
			memcpy(out, text.p, n);
			sha256_hex(text, out + n);
		}
	}
	buf_free(&lines);
	buf_free(&template);
}

static void
read_tuples(const struct fact *o, struct budget *b, struct tuples *t)
{
	static const enum field ways[] = { F_RPC_IFACE, F_ROUTE };
	const char *name = fact_get(o, F_NAME), *user = fact_get(o, F_AUTH_USER);
	const char *domain = fact_get(o, F_AUTH_DOMAIN), *realm = fact_get(o, F_AUTH_REALM);
	const char *way = first_of(o, ways, nitems(ways));
	char client[ADDR_TEXT], server[ADDR_TEXT], whole[4 * MAX_TUPLE];

	memset(t, 0, sizeof(*t));
	addr_text(&o->peers.client, client);
	addr_text(&o->peers.server, server);
	command_tuple(o, b, t->text[TUPLE_COMMAND]);
	if (name != NULL)
		keep(t->text[TUPLE_TASK], view_str(name));
	snprintf(t->text[TUPLE_PAIR], MAX_TUPLE, "%s > %s", client, server);
	if (user != NULL) {
		snprintf(whole, sizeof(whole), "%s\\%s", domain != NULL ? domain :
		    realm != NULL ? realm : "", user);
		snprintf(t->text[TUPLE_USER], MAX_TUPLE, "%.*s > %s",
		    (int)text_upto(view_str(whole), MAX_TUPLE - ADDR_TEXT - 4).len, whole, server);
	}
	if (way != NULL)
		snprintf(t->text[TUPLE_INTERFACE], MAX_TUPLE, "%s > %s", client, way);
	for (enum baseline_tuple k = 0; k < TUPLES; k++)
		lower(t->text[k]);
}

/* Sets detection.baseline: the entry of the command, or of the pair of hosts where
 * the command is not known. */
static void
set_usual(struct fact *o, const struct baseline_usual *u)
{
	if (u->seen) {
		fact_int(o, F_DET_SEEN, u->count > INT64_MAX ? INT64_MAX : (int64_t)u->count);
		fact_int(o, F_DET_FIRST_SEEN, u->first);
		fact_int(o, F_DET_LAST_SEEN, u->last);
		fact_int(o, F_DET_DAYS, u->days);
	} else
		fact_int(o, F_DET_SEEN, 0);
	fact_bool(o, F_DET_LEARNING, u->learning);
}

void
rarity_judge(struct baseline *base, struct budget *b, struct fact *o, struct findings *f)
{
	struct tuples t;
	struct baseline_usual usual[TUPLES];
	bool known = true;

	read_tuples(o, b, &t);
	for (enum baseline_tuple k = 0; k < TUPLES; k++) {
		const char *text = t.text[k];

		if (*text == '\0')
			continue;
		baseline_look(base, k, view_str(text), o->at.us, &usual[k]);
		/* Many programs give each of their tasks a new name. */
		known &= k == TUPLE_TASK || usual[k].known;
		if (usual[k].seen)
			continue;
		fact_str(o, F_DET_NEW, kinds[k].name);
		if (!usual[k].learning && kinds[k].first != R_MAX)
			found(f, kinds[k].first, view_str(text));
	}
	set_usual(o, &usual[*t.text[TUPLE_COMMAND] != '\0' ? TUPLE_COMMAND : TUPLE_PAIR]);
	/* With a stolen account and a sealed command, the rest can look usual. */
	if (known && *t.text[TUPLE_USER] != '\0' && *t.text[TUPLE_COMMAND] != '\0')
		found(f, R_KNOWN_HERE, view_str(""));
}

void
rarity_feed(struct baseline *base, struct budget *b, const struct fact *o)
{
	struct tuples t;

	read_tuples(o, b, &t);
	for (enum baseline_tuple k = 0; k < TUPLES; k++)
		if (*t.text[k] != '\0')
			baseline_feed(base, k, view_str(t.text[k]), o->at.us);
}
