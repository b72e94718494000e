/* keep.c -- parameters of a stub as fields of a fact. */
#include "rpc/keep.h"

#include "task/status.h"

void
keep_wstr(struct ndr *n, struct fact *o, enum field f)
{
	struct view v = ndr_wstr(n);

	if (rd_ok(&n->r))
		fact_utf16(o, f, v, n->r.big);
}

void
keep_str(struct ndr *n, struct fact *o, enum field f)
{
	struct view v = ndr_str(n);

	if (rd_ok(&n->r))
		fact_utf8(o, f, v);
}

void
keep_unique_wstr(struct ndr *n, struct fact *o, enum field f)
{
	if (ndr_present(n))
		keep_wstr(n, o, f);
}

/* Where the [out] parameters do not decode it is not looked for: padding and a
 * verification trailer may follow it. */
void
keep_hresult(struct ndr *n, struct fact *o)
{
	uint32_t status = ndr_u32(n);

	if (rd_ok(&n->r))
		status_hresult(o, status);
}

bool
keep_win32(struct ndr *n, struct fact *o)
{
	uint32_t status = ndr_u32(n);

	if (!rd_ok(&n->r))
		return false;
	status_win32(o, status);
	return status == 0;
}

void
skip_unique_wstr(struct ndr *n)
{
	if (ndr_present(n))
		ndr_wstr(n);
}

/* All referents stand before the first string, [C706] 14.3.12.3. */
void
skip_unique_strs(struct ndr *n, bool wide_chars)
{
	struct ndr referents;
	uint32_t count;

	if (!ndr_present(n))
		return;
	count = ndr_count(n, n->wide ? 8 : 4);
	referents = *n;
	for (uint32_t i = 0; i < count; i++)
		ndr_size(n);
	for (uint32_t i = 0; i < count && rd_ok(&n->r); i++)
		if (ndr_present(&referents))
			(void)(wide_chars ? ndr_wstr(n) : ndr_str(n));
}
