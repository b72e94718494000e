/* bind.c -- parameter binding, of cmdlets and of functions. */
#include "script/powershell/bind.h"

#include <assert.h>

#include "base/text.h"
#include "script/powershell/powershell.h"

/* about_CommonParameters */
static const char common[] = "ErrorAction EA WarningAction WA InformationAction "
    "ErrorVariable EV WarningVariable OutVariable OV OutBuffer PipelineVariable "
    "?Verbose ?VB ?Debug ?DB ?WhatIf ?WI ?Confirm ?CF";

/* ---- Names ---- */

/* Returns the parameter that a name or its beginning means; NULL: none. */
static const struct ps_param *
find(const struct ps_params *p, struct view name, bool is_common)
{
	const struct ps_param *found = NULL;
	bool ambiguous = false;

	for (size_t i = 0; i < p->n; i++) {
		const struct ps_param *one = &p->v[i];

		if (one->common != is_common || one->spelling.len < name.len ||
		    !text_same(view_at(one->spelling, 0, name.len), name))
			continue;
		if (one->spelling.len == name.len)
			return one;
		if (found == NULL)
			found = one;
		else if (!text_same(found->name, one->name))
			ambiguous = p->cmdlet;
	}
	return ambiguous ? NULL : found;
}

static const struct ps_param *
param_named(const struct ps_params *p, struct view name)
{
	const struct ps_param *own = find(p, name, false);

	/* A cmdlet's own parameter wins: -W of -WorkingDirectory, not of -WarningAction. */
	return own != NULL ? own : find(p, name, true);
}

/* ---- Binding ---- */

static void
put(struct ps *ps, struct ps_map *bound, struct view name, struct ps_value v)
{
	struct ps_entry *slot = ps_map_entry(ps, bound, name);

	if (slot != NULL)
		slot->v = v;
}

/* Binds argument i, which has a name, and marks it and its value as used. */
static void
bind_named(struct ps *ps, const struct ps_params *p, const struct ps_arg *args, size_t n, size_t i,
    struct ps_map *bound, bool *used)
{
	const struct ps_param *param = param_named(p, args[i].name);
	struct ps_value v = args[i].v;

	if (param == NULL && !p->cmdlet)
		return;
	used[i] = true;
	if (args[i].colon)
		;			/* the value is there already */
	else if (param != NULL && param->is_switch)
		v = ps_bool(true);
	else if (i + 1 < n && args[i + 1].name.len == 0) {
		v = args[i + 1].v;
		used[i + 1] = true;
	} else if (!p->cmdlet)
		return;			/* no value: the default holds */
	put(ps, bound, param != NULL ? param->name : args[i].name, v);
}

struct ps_value
ps_bind(struct ps *ps, const struct ps_params *p, const struct ps_arg *args, size_t n,
    struct ps_array *rest)
{
	struct ps_value bound = ps_map(ps, "bound");
	bool *used = ps_alloc(ps, n + 1);
	size_t next = 0;

	if (bound.kind != PS_MAP || used == NULL)
		return ps_unknown();
	for (size_t i = 0; i < n; i++)
		if (args[i].name.len > 0)
			bind_named(ps, p, args, n, i, bound.map, used);
	for (size_t i = 0; i < n; i++) {
		if (used[i])
			continue;
		while (next < p->n && (!p->v[next].positional ||
		    ps_map_find(bound.map, p->v[next].name) != NULL))
			next++;
		if (next < p->n)
			put(ps, bound.map, p->v[next].name, args[i].v);
		else if (rest != NULL)
			ps_append(ps, rest, args[i].v);
	}
	return bound;
}

/* ---- Parameters of cmdlets ---- */

/* Adds the parameters of a list. */
static void
add_params(struct ps_params *p, struct view list, bool is_common)
{
	const uint8_t *end, *equals;

	while (list.len > 0) {
		struct ps_param *one = &p->v[p->n];
		struct view word = list;

		assert(p->n < nitems(p->v));
		if ((end = view_chr(list, ' ')) != NULL)
			word = view_at(list, 0, (size_t)(end - list.p));
		assert(word.len > 0);
		list = view_from(list, word.len + 1);
		*one = (struct ps_param){ .is_switch = word.p[0] == '?',
		    .positional = word.p[0] == '+', .common = is_common };
		word = view_from(word, one->is_switch || one->positional);
		one->spelling = one->name = word;
		if ((equals = view_chr(word, '=')) != NULL) {
			one->spelling.len = (size_t)(equals - word.p);
			one->name = view_from(word, one->spelling.len + 1);
		}
		p->n++;
	}
}

struct ps_value
ps_bind_cmdlet(struct ps *ps, const char *params, const struct ps_arg *args, size_t n)
{
	struct ps_params p;

	p.n = 0;
	p.cmdlet = true;
	add_params(&p, view_str(params), false);
	add_params(&p, view_str(common), true);
	return ps_bind(ps, &p, args, n, NULL);
}
