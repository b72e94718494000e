/* status.c -- codes of answers, [MS-TSCH] 2.3.14, [MS-ERREF] 2.1 and 2.2, [C706] E. */
#include "task/status.h"

#include <stdio.h>

#include "fact/fact.h"

struct code {
	uint32_t	 value;
	const char	*name;
};

static const struct code win32_codes[] = {
	{ 0, "ERROR_SUCCESS" },
	{ 2, "ERROR_FILE_NOT_FOUND" },
	{ 3, "ERROR_PATH_NOT_FOUND" },
	{ 5, "ERROR_ACCESS_DENIED" },
	{ 6, "ERROR_INVALID_HANDLE" },
	{ 8, "ERROR_NOT_ENOUGH_MEMORY" },
	{ 13, "ERROR_INVALID_DATA" },
	{ 32, "ERROR_SHARING_VIOLATION" },
	{ 50, "ERROR_NOT_SUPPORTED" },
	{ 87, "ERROR_INVALID_PARAMETER" },
	{ 122, "ERROR_INSUFFICIENT_BUFFER" },
	{ 123, "ERROR_INVALID_NAME" },
	{ 145, "ERROR_DIR_NOT_EMPTY" },
	{ 183, "ERROR_ALREADY_EXISTS" },
	{ 234, "ERROR_MORE_DATA" },
	{ 259, "ERROR_NO_MORE_ITEMS" },
	{ 1053, "ERROR_SERVICE_REQUEST_TIMEOUT" },
	{ 1056, "ERROR_SERVICE_ALREADY_RUNNING" },
	{ 1060, "ERROR_SERVICE_DOES_NOT_EXIST" },
	{ 1062, "ERROR_SERVICE_NOT_ACTIVE" },
	{ 1072, "ERROR_SERVICE_MARKED_FOR_DELETE" },
	{ 1073, "ERROR_SERVICE_EXISTS" },
	{ 1314, "ERROR_PRIVILEGE_NOT_HELD" },
	{ 1326, "ERROR_LOGON_FAILURE" },
	{ 1327, "ERROR_ACCOUNT_RESTRICTION" },
	{ 1331, "ERROR_ACCOUNT_DISABLED" },
	{ 1332, "ERROR_NONE_MAPPED" },
	{ 1385, "ERROR_LOGON_TYPE_NOT_GRANTED" },
	{ 1722, "RPC_S_SERVER_UNAVAILABLE" },
	{ 1783, "RPC_X_BAD_STUB_DATA" },
	{ 3806, "APE_AT_ID_NOT_FOUND" },
};

static const struct code hresult_codes[] = {
	{ 0x00000000, "S_OK" },
	{ 0x00000001, "S_FALSE" },
	{ 0x80004001, "E_NOTIMPL" },
	{ 0x80004005, "E_FAIL" },
	{ 0x8000ffff, "E_UNEXPECTED" },
	{ 0x80070005, "E_ACCESSDENIED" },
	{ 0x8007000e, "E_OUTOFMEMORY" },
	{ 0x80070057, "E_INVALIDARG" },
	{ 0x00041300, "SCHED_S_TASK_READY" },
	{ 0x00041301, "SCHED_S_TASK_RUNNING" },
	{ 0x00041302, "SCHED_S_TASK_DISABLED" },
	{ 0x00041303, "SCHED_S_TASK_HAS_NOT_RUN" },
	{ 0x00041304, "SCHED_S_TASK_NO_MORE_RUNS" },
	{ 0x00041305, "SCHED_S_TASK_NOT_SCHEDULED" },
	{ 0x00041306, "SCHED_S_TASK_TERMINATED" },
	{ 0x00041307, "SCHED_S_TASK_NO_VALID_TRIGGERS" },
	{ 0x00041308, "SCHED_S_EVENT_TRIGGER" },
	{ 0x0004131b, "SCHED_S_SOME_TRIGGERS_FAILED" },
	{ 0x0004131c, "SCHED_S_BATCH_LOGON_PROBLEM" },
	{ 0x00041325, "SCHED_S_TASK_QUEUED" },
	{ 0x80041309, "SCHED_E_TRIGGER_NOT_FOUND" },
	{ 0x8004130a, "SCHED_E_TASK_NOT_READY" },
	{ 0x8004130b, "SCHED_E_TASK_NOT_RUNNING" },
	{ 0x8004130c, "SCHED_E_SERVICE_NOT_INSTALLED" },
	{ 0x8004130d, "SCHED_E_CANNOT_OPEN_TASK" },
	{ 0x8004130e, "SCHED_E_INVALID_TASK" },
	{ 0x8004130f, "SCHED_E_ACCOUNT_INFORMATION_NOT_SET" },
	{ 0x80041310, "SCHED_E_ACCOUNT_NAME_NOT_FOUND" },
	{ 0x80041311, "SCHED_E_ACCOUNT_DBASE_CORRUPT" },
	{ 0x80041312, "SCHED_E_NO_SECURITY_SERVICES" },
	{ 0x80041313, "SCHED_E_UNKNOWN_OBJECT_VERSION" },
	{ 0x80041314, "SCHED_E_UNSUPPORTED_ACCOUNT_OPTION" },
	{ 0x80041315, "SCHED_E_SERVICE_NOT_RUNNING" },
	{ 0x80041316, "SCHED_E_UNEXPECTEDNODE" },
	{ 0x80041317, "SCHED_E_NAMESPACE" },
	{ 0x80041318, "SCHED_E_INVALIDVALUE" },
	{ 0x80041319, "SCHED_E_MISSINGNODE" },
	{ 0x8004131a, "SCHED_E_MALFORMEDXML" },
	{ 0x8004131d, "SCHED_E_TOO_MANY_NODES" },
	{ 0x8004131e, "SCHED_E_PAST_END_BOUNDARY" },
	{ 0x8004131f, "SCHED_E_ALREADY_RUNNING" },
	{ 0x80041320, "SCHED_E_USER_NOT_LOGGED_ON" },
	{ 0x80041321, "SCHED_E_INVALID_TASK_HASH" },
	{ 0x80041322, "SCHED_E_SERVICE_NOT_AVAILABLE" },
	{ 0x80041323, "SCHED_E_SERVICE_TOO_BUSY" },
	{ 0x80041324, "SCHED_E_TASK_ATTEMPTED" },
	{ 0x80041326, "SCHED_E_TASK_DISABLED" },
	{ 0x80041327, "SCHED_E_TASK_NOT_V1_COMPAT" },
	{ 0x80041328, "SCHED_E_START_ON_DEMAND" },
};

/* A server faults with codes of the protocol or with its own Win32 errors. */
static const struct code fault_codes[] = {
	{ 0x000006d8, "EPT_S_CANT_PERFORM_OP" },
	{ 0x000006d9, "EPT_S_NOT_REGISTERED" },
	{ 0x00000721, "RPC_S_SEC_PKG_ERROR" },
	{ 0x1c000001, "nca_s_fault_int_div_by_zero" },
	{ 0x1c000002, "nca_s_fault_addr_error" },
	{ 0x1c000009, "nca_s_fault_remote_no_memory" },
	{ 0x1c00000d, "nca_s_fault_cancel" },
	{ 0x1c000012, "nca_s_fault_unspec" },
	{ 0x1c00001a, "nca_s_fault_context_mismatch" },
	{ 0x1c00001c, "nca_s_fault_invalid_pres_context_id" },
	{ 0x1c00001d, "nca_s_unsupported_authn_level" },
	{ 0x1c000024, "nca_s_fault_object_not_found" },
	{ 0x1c010002, "nca_s_op_rng_error" },
	{ 0x1c010003, "nca_s_unk_if" },
	{ 0x1c01000b, "nca_s_proto_error" },
	{ 0x1c010013, "nca_s_out_args_too_big" },
	{ 0x1c010014, "nca_s_server_too_busy" },
};

static const char *
name_of(const struct code *codes, size_t n, uint32_t value)
{
	for (size_t i = 0; i < n; i++)
		if (codes[i].value == value)
			return codes[i].name;
	return NULL;
}

static const char *
win32_name(uint32_t value)
{
	return name_of(win32_codes, nitems(win32_codes), value);
}

static void
tell(struct fact *o, uint32_t value, const char *name, bool success)
{
	char text[11];

	snprintf(text, sizeof(text), "0x%08x", value);
	fact_str(o, F_STATUS, text);
	fact_str(o, F_STATUS_NAME, name);
	fact_str(o, F_OUTCOME, success ? "success" : "failure");
}

void
status_hresult(struct fact *o, uint32_t value)
{
	const char *name = name_of(hresult_codes, nitems(hresult_codes), value);

	if (name == NULL && value >> 16 == 0x8007)	/* HRESULT_FROM_WIN32 */
		name = win32_name(value & 0xffff);
	tell(o, value, name, value >> 31 == 0);
}

void
status_win32(struct fact *o, uint32_t value)
{
	tell(o, value, win32_name(value), value == 0);
}

void
status_fault(struct fact *o, uint32_t value)
{
	const char *name = name_of(fault_codes, nitems(fault_codes), value);

	tell(o, value, name != NULL || value == 0 ? name : win32_name(value), false);
}
