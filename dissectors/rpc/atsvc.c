/* atsvc.c -- reads ATSvc, the interface of at.exe, [MS-TSCH] 3.2.5.2. */
#include "rpc/iface.h"

#include <stdio.h>

#include "rpc/keep.h"
#include "rpc/task-call.h"
#include "task/task.h"

/* The scheduler names the task after the number of the job. */
static void
keep_job(struct fact *o, uint32_t id)
{
	char name[16];

	snprintf(name, sizeof(name), "\\At%u", id);
	fact_str(o, F_NAME, name);
	fact_int(o, F_JOB_ID, id);
}

/*
 * Reads AT_INFO, 2.3.4, up to its deferred command.  JobTime is a DWORD_PTR:
 * eight bytes in NDR64.  It is a time of day without a date, which makes no
 * trigger.  Returns whether a command follows.
 */
static bool
at_info(struct ndr *n)
{
	ndr_size(n);		/* JobTime */
	ndr_u32(n);		/* DaysOfMonth */
	rd_u8(&n->r);		/* DaysOfWeek */
	rd_u8(&n->r);		/* Flags */
	return ndr_present(n);
}

static void
keep_at_info(struct ndr *n, struct fact *o)
{
	struct view command;

	ndr_align(n, n->wide ? 8 : 4);
	if (!at_info(n))
		return;
	command = ndr_wstr(n);
	if (rd_ok(&n->r))
		task_command(o, command, n->r.big);
}

static void
add_request(struct ndr *n, struct rpc_call *call)
{
	skip_unique_wstr(n);
	keep_at_info(n, call->fact);
}

static void
add_response(struct ndr *n, struct rpc_call *call)
{
	uint32_t id = ndr_u32(n);

	if (keep_win32(n, call->fact))
		keep_job(call->fact, id);
}

static void
del_request(struct ndr *n, struct rpc_call *call)
{
	uint32_t min, max;

	skip_unique_wstr(n);
	min = ndr_u32(n);
	max = ndr_u32(n);
	if (rd_ok(&n->r) && min == max)
		keep_job(call->fact, min);
}

static void
status_response(struct ndr *n, struct rpc_call *call)
{
	(void)keep_win32(n, call->fact);
}

/* AT_ENUM_CONTAINER, 2.3.5, has the fixed parts of all jobs before the commands. */
static void
container(struct ndr *n)
{
	const size_t ptr = n->wide ? 8 : 4, size = n->wide ? 32 : 20;
	struct ndr fixed;
	uint32_t count;

	ndr_align(n, ptr);
	ndr_u32(n);		/* EntriesRead */
	if (!ndr_present(n))
		return;
	count = ndr_count(n, size);
	fixed = *n;
	ndr_bytes(n, count * size);
	for (uint32_t i = 0; i < count && rd_ok(&n->r); i++) {
		ndr_align(&fixed, ptr);
		ndr_u32(&fixed);	/* JobId */
		if (at_info(&fixed))
			ndr_wstr(n);
	}
}

static void
enum_request(struct ndr *n, struct rpc_call *call)
{
	(void)call;
	skip_unique_wstr(n);
	container(n);
	ndr_u32(n);		/* bytes wanted */
	if (ndr_present(n))
		ndr_u32(n);	/* resume handle */
}

static void
enum_response(struct ndr *n, struct rpc_call *call)
{
	container(n);
	ndr_u32(n);		/* entries in all */
	if (ndr_present(n))
		ndr_u32(n);	/* resume handle */
	(void)keep_win32(n, call->fact);
}

static void
get_info_request(struct ndr *n, struct rpc_call *call)
{
	uint32_t id;

	skip_unique_wstr(n);
	id = ndr_u32(n);
	if (rd_ok(&n->r))
		keep_job(call->fact, id);
}

static void
get_info_response(struct ndr *n, struct rpc_call *call)
{
	if (ndr_present(n))
		keep_at_info(n, call->fact);
	(void)keep_win32(n, call->fact);
}

static const struct rpc_op atsvc_ops[] = {
	{ 0, "NetrJobAdd", "create", add_request, add_response, NULL },
	{ 1, "NetrJobDel", "delete", del_request, status_response, NULL },
	{ 2, "NetrJobEnum", "list", enum_request, enum_response, NULL },
	{ 3, "NetrJobGetInfo", "query", get_info_request, get_info_response, NULL },
};

const struct rpc_iface atsvc_iface = {
	.name = "ATSvc",
	.uuid = { 0x82, 0x06, 0xf7, 0x1f, 0x51, 0x0a, 0xe8, 0x30,
	    0x07, 0x6d, 0x74, 0x0b, 0xe8, 0xce, 0xe9, 0x8b },
	.major = 1,
	.route = "rpc",
	.kind = FACT_TASK,
	.begin = task_call_begin,
	.finish = task_call_finish,
	.ops = atsvc_ops,
	.nops = nitems(atsvc_ops),
};
