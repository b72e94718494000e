/* svcctl.c -- the service control manager, [MS-SCMR] 3.1.4. */
#include "rpc/iface.h"

#include "rpc/keep.h"
#include "task/status.h"

/*
 * A service's handle has the service's name as its value, the manager's the
 * empty name.  Each call's fact holds in service_name what it is about.
 */

/* The process was started, and did not speak to the manager in time: no command
 * does that was not written as a service.  3.1.4.19. */
#define ERROR_SERVICE_REQUEST_TIMEOUT	1053

static void
begin(struct rpc_call *call)
{
	fact_str(call->fact, F_CMD_KIND, "service");
}

/* ---- Parameters ---- */

/* Most calls have a form with wide and one with 8-bit characters, which differ in
 * their strings only. */
static void
keep_text(struct ndr *n, struct rpc_call *call, enum field f, bool wide)
{
	if (wide)
		keep_wstr(n, call->fact, f);
	else
		keep_str(n, call->fact, f);
}

static void
skip_unique_text(struct ndr *n, bool wide)
{
	if (ndr_present(n))
		(void)(wide ? ndr_wstr(n) : ndr_str(n));
}

/* A service that an earlier call opened. */
static void
service_request(struct ndr *n, struct rpc_call *call)
{
	call->handle = ndr_handle(n);
	fact_str(call->fact, F_CMD_SERVICE, rpc_handle_value(call, &call->handle));
}

/* A [unique] array of bytes, and its size. */
static void
skip_unique_bytes(struct ndr *n)
{
	if (ndr_present(n))
		ndr_bytes(n, ndr_count(n, 1));
	ndr_u32(n);
}

/* Where the call succeeded, the handle stands for what the call is about. */
static void
open_response(struct ndr *n, struct rpc_call *call)
{
	struct ndr_handle h = ndr_handle(n);
	const char *name = fact_get(call->fact, F_CMD_SERVICE);

	if (!keep_win32(n, call->fact))
		return;
	if (name == NULL)
		name = "";
	rpc_handle_open(call, &h, name, strlen(name) + 1);
}

/* ---- Calls ---- */

static void
close_response(struct ndr *n, struct rpc_call *call)
{
	struct ndr_handle h = ndr_handle(n);

	if (keep_win32(n, call->fact) && ndr_handle_is_null(&h))
		rpc_handle_close(call, &call->handle);
}

static void
create(struct ndr *n, struct rpc_call *call, bool wide)
{
	ndr_handle(n);			/* the manager's */
	keep_text(n, call, F_CMD_SERVICE, wide);
	skip_unique_text(n, wide);	/* lpDisplayName */
	ndr_u32(n);			/* dwDesiredAccess */
	ndr_u32(n);			/* dwServiceType */
	ndr_u32(n);			/* dwStartType */
	ndr_u32(n);			/* dwErrorControl */
	keep_text(n, call, F_CMD_LINE, wide);	/* lpBinaryPathName */
	skip_unique_text(n, wide);	/* lpLoadOrderGroup */
	if (ndr_present(n))
		ndr_u32(n);		/* lpdwTagId */
	skip_unique_bytes(n);		/* lpDependencies */
	skip_unique_text(n, wide);	/* lpServiceStartName */
	skip_unique_bytes(n);		/* lpPassword, encrypted */
}

static void
create_w_request(struct ndr *n, struct rpc_call *call)
{
	create(n, call, true);
}

static void
create_a_request(struct ndr *n, struct rpc_call *call)
{
	create(n, call, false);
}

static void
create_response(struct ndr *n, struct rpc_call *call)
{
	if (ndr_present(n))
		ndr_u32(n);		/* lpdwTagId */
	open_response(n, call);
}

static void
open_manager(struct ndr *n, bool wide)
{
	skip_unique_text(n, wide);	/* lpMachineName */
	skip_unique_text(n, wide);	/* lpDatabaseName */
	ndr_u32(n);			/* dwDesiredAccess */
}

static void
open_manager_w_request(struct ndr *n, struct rpc_call *call)
{
	(void)call;
	open_manager(n, true);
}

static void
open_manager_a_request(struct ndr *n, struct rpc_call *call)
{
	(void)call;
	open_manager(n, false);
}

static void
open_service(struct ndr *n, struct rpc_call *call, bool wide)
{
	ndr_handle(n);			/* the manager's */
	keep_text(n, call, F_CMD_SERVICE, wide);
	ndr_u32(n);			/* dwDesiredAccess */
}

static void
open_service_w_request(struct ndr *n, struct rpc_call *call)
{
	open_service(n, call, true);
}

static void
open_service_a_request(struct ndr *n, struct rpc_call *call)
{
	open_service(n, call, false);
}

static void
start(struct ndr *n, struct rpc_call *call, bool wide)
{
	service_request(n, call);
	ndr_u32(n);			/* argc */
	skip_unique_strs(n, wide);	/* argv */
}

static void
start_w_request(struct ndr *n, struct rpc_call *call)
{
	start(n, call, true);
}

static void
start_a_request(struct ndr *n, struct rpc_call *call)
{
	start(n, call, false);
}

static void
start_response(struct ndr *n, struct rpc_call *call)
{
	uint32_t status = ndr_u32(n);

	if (!rd_ok(&n->r))
		return;
	status_win32(call->fact, status);
	if (status == ERROR_SERVICE_REQUEST_TIMEOUT)
		fact_str(call->fact, F_OUTCOME, "success");
}

static const struct rpc_op svcctl_ops[] = {
	{ 0, "RCloseServiceHandle", NULL, service_request, close_response, NULL },
	{ 12, "RCreateServiceW", "create", create_w_request, create_response, NULL },
	{ 15, "ROpenSCManagerW", NULL, open_manager_w_request, open_response, NULL },
	{ 16, "ROpenServiceW", NULL, open_service_w_request, open_response, NULL },
	{ 19, "RStartServiceW", "run", start_w_request, start_response, NULL },
	{ 24, "RCreateServiceA", "create", create_a_request, create_response, NULL },
	{ 27, "ROpenSCManagerA", NULL, open_manager_a_request, open_response, NULL },
	{ 28, "ROpenServiceA", NULL, open_service_a_request, open_response, NULL },
	{ 31, "RStartServiceA", "run", start_a_request, start_response, NULL },
};

const struct rpc_iface svcctl_iface = {
	.name = "svcctl",
	.uuid = { 0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35,
	    0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03 },
	.major = 2,
	.route = "service",
	.kind = FACT_COMMAND,
	.begin = begin,
	.ops = svcctl_ops,
	.nops = nitems(svcctl_ops),
};
