/* tsch.c -- reads ITaskSchedulerService, [MS-TSCH] 3.2.5.4. */
#include "rpc/iface.h"

#include "engine/world.h"
#include "rpc/keep.h"
#include "rpc/task-call.h"
#include "task/content.h"
#include "task/task.h"

/* ---- Parameters ---- */

/* The path of a task or of a folder. */
static void
keep_path(struct ndr *n, struct fact *o)
{
	const char *path;

	keep_wstr(n, o, F_NAME);
	if (rd_ok(&n->r) && (path = fact_get(o, F_NAME)) != NULL)
		task_name(o, view_str(path));
}

/* A [unique] array of fixed-size elements. */
static void
skip_array(struct ndr *n, size_t size, size_t align)
{
	uint32_t count;

	if (!ndr_present(n))
		return;
	count = ndr_count(n, size);
	ndr_align(n, align);
	ndr_bytes(n, count * size);
}

static void
skip_systemtime(struct ndr *n)
{
	ndr_align(n, 2);
	ndr_bytes(n, 16);
}

/* ---- SchRpcRegisterTask, 3.2.5.4.2 ---- */

enum { TASK_VALIDATE_ONLY = 0x01, TASK_CREATE = 0x02, TASK_UPDATE = 0x04 };
#define CRED_FLAG_DEFAULT	1	/* [MS-TSCH] 2.3.8: the caller's own */

static void
keep_flags(struct ndr *n, struct fact *o)
{
	static const char *const names[] = { "validate_only", "create", "update", "disable",
		"dont_add_principal_ace", "ignore_registration_triggers" };
	uint32_t flags = ndr_u32(n);

	if (!rd_ok(&n->r))
		return;
	for (size_t i = 0; i < nitems(names); i++)
		if ((flags >> i & 1) != 0)
			fact_str(o, F_FLAGS, names[i]);
	if ((flags & TASK_VALIDATE_ONLY) != 0)
		fact_str(o, F_ACTION, "validate");
	else if ((flags & TASK_UPDATE) != 0 && (flags & TASK_CREATE) == 0)
		fact_str(o, F_ACTION, "update");
	else
		fact_str(o, F_ACTION, "create");
}

static void
keep_logon_type(struct ndr *n, struct fact *o)
{
	static const char *const names[] = { "none", "password", "s4u", "interactive_token",
		"group", "service_account", "interactive_token_or_password" };
	uint32_t type = ndr_u32(n);

	if (rd_ok(&n->r) && type < nitems(names))
		fact_str(o, F_LOGON_TYPE, names[type]);
}

/* Keeps the definition, or as much of it as was captured.  Only a whole one has
 * a size and a hash. */
static void
keep_definition(struct ndr *n, struct rpc_call *call)
{
	struct view v = ndr_wstr_upto(n);
	struct fact *o = call->fact;
	enum content_got got;

	if (v.len == 0)
		return;
	got = taskxml_read(o, v, n->r.big);
	if (rd_ok(&n->r) && o != NULL && got != CONTENT_WHOLE)
		anomaly(call->world, call->peers, STAT_BAD_XML, "dcerpc", "task_xml_malformed");
	if (!rd_ok(&n->r)) {
		fact_drop(o, F_XML_SIZE);
		fact_drop(o, F_XML_SHA256);
	}
}

/*
 * TASK_USER_CRED, 2.3.8.  Of a password only that it is there is kept.  The
 * scheduler prefers an account that is given here to the definition's own
 * (3.2.5.4.2), but the record shows the definition as it was sent.
 */
static void
keep_credentials(struct ndr *n, struct fact *o)
{
	const size_t size = n->wide ? 24 : 12;
	bool password = false, named = fact_get(o, F_USER_ID) != NULL ||
	    fact_get(o, F_GROUP_ID) != NULL;
	uint32_t count = 0;
	struct ndr fixed;

	ndr_u32(n);		/* cCreds: the array brings its own count */
	if (ndr_present(n))
		count = ndr_count(n, size);
	fixed = *n;
	ndr_bytes(n, count * size);
	for (uint32_t i = 0; i < count && rd_ok(&n->r); i++) {
		bool has_user = ndr_present(&fixed), has_password = ndr_present(&fixed);
		uint32_t flags = ndr_u32(&fixed);
		struct view user = { NULL, 0 };

		ndr_align(&fixed, n->wide ? 8 : 4);
		if (has_user)
			user = ndr_wstr(n);
		if (rd_ok(&n->r) && i == 0 && !named && (flags & CRED_FLAG_DEFAULT) == 0)
			fact_utf16(o, F_USER_ID, user, n->r.big);
		if (has_password && ndr_wstr(n).len > 0)
			password = true;
	}
	if (rd_ok(&n->r))
		fact_bool(o, F_HAS_PASSWORD, password);
}

/*
 * path is [unique] and has a referent; xml is a top-level [ref] and has none
 * ([C706] 14.3.10).  Reading one too many eats xml's max_count, and the
 * string then looks merely malformed.
 */
static void
register_request(struct ndr *n, struct rpc_call *call)
{
	struct fact *o = call->fact;
	const char *uri;

	if (ndr_present(n))
		keep_path(n, o);
	keep_definition(n, call);
	if (fact_get(o, F_NAME) == NULL && (uri = fact_get(o, F_URI)) != NULL)
		task_name(o, view_str(uri));
	keep_flags(n, o);
	keep_unique_wstr(n, o, F_SDDL);
	keep_logon_type(n, o);
	keep_credentials(n, o);
}

static void
register_response(struct ndr *n, struct rpc_call *call)
{
	if (ndr_present(n))		/* pActualPath */
		keep_path(n, call->fact);
	if (ndr_present(n)) {		/* TASK_XML_ERROR_INFO, 2.3.4 */
		bool node, value;

		ndr_align(n, n->wide ? 8 : 4);
		ndr_u32(n);		/* line */
		ndr_u32(n);		/* column */
		node = ndr_present(n);
		value = ndr_present(n);
		if (node)
			ndr_wstr(n);
		if (value)
			ndr_wstr(n);
	}
	keep_hresult(n, call->fact);
}

/* No other call has the beginning of a definition in that place. */
static bool
holds_definition(const struct fact *o)
{
	const char *xml = fact_get(o, F_XML);

	return xml != NULL && strstr(xml, "<Task") != NULL;
}

/* ---- Requests ---- */

/* Calls that give a path and nothing else that matters. */
static void
path_request(struct ndr *n, struct rpc_call *call)
{
	keep_path(n, call->fact);
}

static void
path_flags_request(struct ndr *n, struct rpc_call *call)
{
	keep_path(n, call->fact);
	ndr_u32(n);
}

/* Without a path all tasks are meant. */
static void
upath_flags_request(struct ndr *n, struct rpc_call *call)
{
	if (ndr_present(n))
		keep_path(n, call->fact);
	ndr_u32(n);
}

static void
retrieve_request(struct ndr *n, struct rpc_call *call)
{
	keep_path(n, call->fact);
	ndr_wstr(n);			/* languages */
	ndr_u32(n);
}

static void
create_folder_request(struct ndr *n, struct rpc_call *call)
{
	keep_path(n, call->fact);
	keep_unique_wstr(n, call->fact, F_SDDL);
	ndr_u32(n);
}

static void
set_security_request(struct ndr *n, struct rpc_call *call)
{
	keep_path(n, call->fact);
	keep_wstr(n, call->fact, F_SDDL);
	ndr_u32(n);
}

static void
enum_request(struct ndr *n, struct rpc_call *call)
{
	keep_path(n, call->fact);
	ndr_u32(n);			/* flags */
	ndr_u32(n);			/* start index */
	ndr_u32(n);			/* names wanted */
}

static void
instance_request(struct ndr *n, struct rpc_call *call)
{
	(void)call;
	ndr_guid(n);
}

static void
stop_instance_request(struct ndr *n, struct rpc_call *call)
{
	(void)call;
	ndr_guid(n);
	ndr_u32(n);
}

static void
run_request(struct ndr *n, struct rpc_call *call)
{
	keep_path(n, call->fact);
	ndr_u32(n);			/* cArgs */
	skip_unique_strs(n, true);
	ndr_u32(n);			/* flags */
	ndr_u32(n);			/* session */
	skip_unique_wstr(n);			/* user */
}

static void
rename_request(struct ndr *n, struct rpc_call *call)
{
	keep_path(n, call->fact);
	ndr_wstr(n);			/* new name */
	ndr_u32(n);
}

static void
runtimes_request(struct ndr *n, struct rpc_call *call)
{
	keep_path(n, call->fact);
	if (ndr_present(n))
		skip_systemtime(n);
	if (ndr_present(n))
		skip_systemtime(n);
	ndr_u32(n);			/* flags */
	ndr_u32(n);			/* times wanted */
}

static void
enable_request(struct ndr *n, struct rpc_call *call)
{
	uint32_t enabled;

	keep_path(n, call->fact);
	enabled = ndr_u32(n);
	if (rd_ok(&n->r))
		fact_str(call->fact, F_ACTION, enabled != 0 ? "enable" : "disable");
}

/* ---- Responses ---- */

static void
status_response(struct ndr *n, struct rpc_call *call)
{
	keep_hresult(n, call->fact);
}

/* HighestVersion, GetNumberOfMissedRuns. */
static void
u32_response(struct ndr *n, struct rpc_call *call)
{
	ndr_u32(n);
	keep_hresult(n, call->fact);
}

static void
retrieve_response(struct ndr *n, struct rpc_call *call)
{
	if (ndr_present(n))
		keep_definition(n, call);
	keep_hresult(n, call->fact);
}

static void
get_security_response(struct ndr *n, struct rpc_call *call)
{
	keep_unique_wstr(n, call->fact, F_SDDL);
	keep_hresult(n, call->fact);
}

static void
enum_response(struct ndr *n, struct rpc_call *call)
{
	ndr_u32(n);			/* next index */
	ndr_u32(n);			/* names */
	skip_unique_strs(n, true);
	keep_hresult(n, call->fact);
}

static void
instances_response(struct ndr *n, struct rpc_call *call)
{
	ndr_u32(n);			/* GUIDs */
	skip_array(n, 16, 4);
	keep_hresult(n, call->fact);
}

static void
instance_response(struct ndr *n, struct rpc_call *call)
{
	if (ndr_present(n))
		keep_path(n, call->fact);
	ndr_u32(n);			/* state */
	skip_unique_wstr(n);			/* current action */
	skip_unique_wstr(n);			/* info */
	ndr_u32(n);			/* group instances */
	skip_array(n, 16, 4);
	ndr_u32(n);			/* engine's process */
	keep_hresult(n, call->fact);
}

static void
run_response(struct ndr *n, struct rpc_call *call)
{
	ndr_guid(n);
	keep_hresult(n, call->fact);
}

static void
runtimes_response(struct ndr *n, struct rpc_call *call)
{
	ndr_u32(n);			/* times */
	skip_array(n, 16, 2);
	keep_hresult(n, call->fact);
}

static void
last_run_response(struct ndr *n, struct rpc_call *call)
{
	skip_systemtime(n);
	ndr_u32(n);			/* what the task returned */
	keep_hresult(n, call->fact);
}

static void
task_info_response(struct ndr *n, struct rpc_call *call)
{
	ndr_u32(n);			/* enabled */
	ndr_u32(n);			/* state */
	keep_hresult(n, call->fact);
}

static const struct rpc_op tsch_ops[] = {
	{ 0, "SchRpcHighestVersion", "query", NULL, u32_response, NULL },
	{ 1, "SchRpcRegisterTask", "create", register_request, register_response,
	    holds_definition },
	{ 2, "SchRpcRetrieveTask", "query", retrieve_request, retrieve_response, NULL },
	{ 3, "SchRpcCreateFolder", "create_folder", create_folder_request, status_response, NULL },
	{ 4, "SchRpcSetSecurity", "set_security", set_security_request, status_response, NULL },
	{ 5, "SchRpcGetSecurity", "query", path_flags_request, get_security_response, NULL },
	{ 6, "SchRpcEnumFolders", "list", enum_request, enum_response, NULL },
	{ 7, "SchRpcEnumTasks", "list", enum_request, enum_response, NULL },
	{ 8, "SchRpcEnumInstances", "query", upath_flags_request, instances_response, NULL },
	{ 9, "SchRpcGetInstanceInfo", "query", instance_request, instance_response, NULL },
	{ 10, "SchRpcStopInstance", "stop", stop_instance_request, status_response, NULL },
	{ 11, "SchRpcStop", "stop", upath_flags_request, status_response, NULL },
	{ 12, "SchRpcRun", "run", run_request, run_response, NULL },
	{ 13, "SchRpcDelete", "delete", path_flags_request, status_response, NULL },
	{ 14, "SchRpcRename", "rename", rename_request, status_response, NULL },
	{ 15, "SchRpcScheduledRuntimes", "query", runtimes_request, runtimes_response, NULL },
	{ 16, "SchRpcGetLastRunInfo", "query", path_request, last_run_response, NULL },
	{ 17, "SchRpcGetTaskInfo", "query", path_flags_request, task_info_response, NULL },
	{ 18, "SchRpcGetNumberOfMissedRuns", "query", path_request, u32_response, NULL },
	{ 19, "SchRpcEnableTask", "enable", enable_request, status_response, NULL },
};

const struct rpc_iface tsch_iface = {
	.name = "ITaskSchedulerService",
	.uuid = { 0x49, 0x59, 0xd3, 0x86, 0xc9, 0x83, 0x44, 0x40,
	    0xb4, 0x24, 0xdb, 0x36, 0x32, 0x31, 0xfd, 0x0c },
	.major = 1,
	.route = "rpc",
	.kind = FACT_TASK,
	.begin = task_call_begin,
	.finish = task_call_finish,
	.ops = tsch_ops,
	.nops = nitems(tsch_ops),
};
