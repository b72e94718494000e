/* sasec.c -- reads SASec, which sets the accounts of .job files, [MS-TSCH] 3.2.5.3. */
#include "rpc/iface.h"

#include <strings.h>

#include "rpc/keep.h"
#include "rpc/task-call.h"
#include "task/task.h"

/* ---- Parameters ---- */

/* The name of a file in the tasks folder; the task has it without ".job". */
static void
keep_job_name(struct ndr *n, struct fact *o)
{
	struct view v = ndr_wstr(n);
	const char *file;
	size_t len;

	if (!rd_ok(&n->r))
		return;
	fact_utf16(o, F_NAME, v, n->r.big);
	if ((file = fact_get(o, F_NAME)) == NULL)
		return;
	len = strlen(file);
	if (len > 4 && strcasecmp(file + len - 4, ".job") == 0)
		len -= 4;
	task_name(o, view_upto(view_str(file), 0, len));
}

/* Only that a password is there is kept. */
static void
keep_password(struct ndr *n, struct fact *o)
{
	bool there = ndr_present(n) && ndr_wstr(n).len > 0;

	if (rd_ok(&n->r))
		fact_bool(o, F_HAS_PASSWORD, there);
}

/* wszBuffer is a conformant array of characters, in both directions. */
static struct view
buffer(struct ndr *n)
{
	uint32_t count = ndr_count(n, 2);

	return ndr_bytes(n, count * (size_t)2);
}

/* ---- Calls ---- */

static void
set_request(struct ndr *n, struct rpc_call *call)
{
	skip_unique_wstr(n);
	keep_job_name(n, call->fact);
	keep_wstr(n, call->fact, F_USER_ID);
	keep_password(n, call->fact);
	ndr_u32(n);		/* dwJobFlags */
}

/* Sets the account of all jobs that at.exe makes. */
static void
set_ns_request(struct ndr *n, struct rpc_call *call)
{
	skip_unique_wstr(n);
	keep_unique_wstr(n, call->fact, F_USER_ID);
	keep_password(n, call->fact);
}

static void
get_ns_request(struct ndr *n, struct rpc_call *call)
{
	(void)call;
	skip_unique_wstr(n);
	ndr_u32(n);		/* ccBufferSize */
	buffer(n);
}

static void
get_request(struct ndr *n, struct rpc_call *call)
{
	skip_unique_wstr(n);
	keep_job_name(n, call->fact);
	ndr_u32(n);		/* ccBufferSize */
	buffer(n);
}

static void
set_response(struct ndr *n, struct rpc_call *call)
{
	keep_hresult(n, call->fact);
}

/* After a failure the buffer still holds what the client sent. */
static void
get_response(struct ndr *n, struct rpc_call *call)
{
	struct view account = buffer(n);
	const char *outcome;

	keep_hresult(n, call->fact);
	outcome = fact_get(call->fact, F_OUTCOME);
	if (outcome != NULL && strcmp(outcome, "success") == 0)
		fact_utf16(call->fact, F_USER_ID, account, n->r.big);
}

static const struct rpc_op sasec_ops[] = {
	{ 0, "SASetAccountInformation", "set_account", set_request, set_response, NULL },
	{ 1, "SASetNSAccountInformation", "set_account", set_ns_request, set_response, NULL },
	{ 2, "SAGetNSAccountInformation", "query", get_ns_request, get_response, NULL },
	{ 3, "SAGetAccountInformation", "query", get_request, get_response, NULL },
};

const struct rpc_iface sasec_iface = {
	.name = "SASec",
	.uuid = { 0xb0, 0x52, 0x8e, 0x37, 0xa9, 0xc0, 0xcf, 0x11,
	    0x82, 0x2d, 0x00, 0xaa, 0x00, 0x51, 0xe4, 0x0f },
	.major = 1,
	.route = "rpc",
	.kind = FACT_TASK,
	.begin = task_call_begin,
	.finish = task_call_finish,
	.ops = sasec_ops,
	.nops = nitems(sasec_ops),
};
